export { EventLoopDelay } from './event-loop-delay.ts';
export { mountSystem } from './system.routes.ts';
