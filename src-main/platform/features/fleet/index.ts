export { connectFleet } from './fleet.mqtt.ts';
export type { FleetEvents } from './fleet.events.ts';
export type { FleetWatcher } from './fleet-watcher.ts';
export { FleetRepository } from './fleet.repository.ts';
export { Fleet, type WorkerTerms } from './fleet.service.ts';
export { FleetView, roundHashrate, toWorker, type FleetFilter } from './fleet-view.ts';
export { isOnline, shownState, type LiveWorker } from './live-worker.ts';
export { mountFleet } from './fleet.routes.ts';
export { WorkerOrder } from './worker-order.ts';
