/** The fleet as the feed tells it: plain objects that nobody watches, so that a heartbeat costs next to nothing. */
import { onlineWindowMs, type FeedWorker } from '../../src-main/contract/domain/worker.ts';
import type { FeedFrame } from '../../src-main/contract/ws/feed.ts';

/** Totals over all workers. */
export interface FleetTotals {
  readonly workers: number;
  readonly online: number;
  /** H/s, of those online. */
  readonly hashrate: number;
  readonly gpus: number;
  readonly activeGpus: number;
}

export class LiveFleet {
  readonly workers = new Map<string, FeedWorker>();

  /** Takes over what a frame says of workers. */
  apply(frame: FeedFrame): void {
    switch (frame.type) {
      case 'snapshot':
        this.workers.clear();
        for (const worker of frame.data.workers) this.workers.set(worker.worker_id, worker);
        break;
      case 'workers':
        for (const worker of frame.data) this.workers.set(worker.worker_id, worker);
        break;
      case 'heartbeats':
        for (const { worker_id, hashrate, active_gpus } of frame.data) {
          const worker = this.workers.get(worker_id);
          if (!worker) continue;
          Object.assign(worker, { hashrate, active_gpus, online: true, last_heartbeat: frame.ts });
        }
        break;
      default:
    }
  }

  /** @param nowSec the platform's time in Unix seconds */
  totals(nowSec: number): FleetTotals {
    const oldest = nowSec - onlineWindowMs / 1000;
    const sum = { workers: this.workers.size, online: 0, hashrate: 0, gpus: 0, activeGpus: 0 };
    for (const worker of this.workers.values()) {
      sum.gpus += worker.gpu_count;
      if (!worker.online || worker.last_heartbeat < oldest) continue;
      sum.online += 1;
      sum.hashrate += worker.hashrate;
      sum.activeGpus += worker.active_gpus;
    }
    return sum;
  }
}
