export { cleanUp, type Forgetting } from './cleanup.ts';
export { mountMaintenance } from './maintenance.routes.ts';
export { Maintenance } from './maintenance.service.ts';
export type { FleetSize } from './retention-rules.ts';
