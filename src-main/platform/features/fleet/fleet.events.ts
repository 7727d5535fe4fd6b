import type { LiveWorker } from './live-worker.ts';

/** Facts that the fleet announces. */
export interface FleetEvents {
  /** A worker registered, for the first time or again. */
  'worker.registered': { worker: LiveWorker };
  /** What a worker's row shows changed: its state, or whether it is offline. */
  'worker.changed': { worker: LiveWorker };
  heartbeat: { worker: LiveWorker };
}
