export { mountSystemAdmin } from './admin.routes.ts';
export { EventLoopDelay } from './event-loop-delay.ts';
export { SystemHealth } from './system-health.ts';
export { mountSystem } from './system.routes.ts';
