import type { MinerMessages } from '../../../contract/mqtt/miner-messages.ts';
import type { LiveWorker } from './live-worker.ts';

/** Who has to act at once when a worker speaks: called directly, before the fact is announced to others. */
export interface FleetWatcher {
  /** It registered, for the first time or again. Returns whether it may be answered now; else the watcher does it. */
  registered(worker: LiveWorker): boolean;
  heartbeat(worker: LiveWorker): void;
  /** It named its state; `offline` too. The sender's PUBACK waits for the promise. */
  reported(worker: LiveWorker, message: MinerMessages['status']): Promise<void> | void;
}
