export { mountSystemAdmin } from './admin.routes.ts';
export { EventLoopDelay } from './event-loop-delay.ts';
export { pageOfClients } from './client-list.ts';
export { textOfLog } from './log-view.ts';
export { SystemHealth } from './system-health.ts';
export { mountSystem } from './system.routes.ts';
