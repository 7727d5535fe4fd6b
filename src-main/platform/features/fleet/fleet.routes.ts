import { toCredits } from '../../../contract/domain/money.ts';
import { fleetRoute, fleetStatsRoute, workersRoute } from '../../../contract/rest/fleet.routes.ts';
import type { Reputation, Worker } from '../../../contract/domain/worker.ts';
import { toPage, type HttpServer } from '../../http/http-server.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import type { Fleet } from './fleet.service.ts';
import type { FleetView } from './fleet-view.ts';
import { shownState, type LiveWorker } from './live-worker.ts';

export interface FleetRoutesOptions {
  readonly http: HttpServer;
  readonly fleet: Fleet;
  readonly view: FleetView;
  readonly reputationOf: (worker: LiveWorker) => Reputation;
  /** Blocks that are not rejected: all, and those of the last hour. */
  readonly blockCounts: () => { total: number; lastHour: number };
}

/** rest.md: `/api/monitoring/fleet`, `/api/monitoring/stats`, `/api/workers`. */
export function mountFleet({ http, fleet, view, reputationOf, blockCounts }: FleetRoutesOptions): void {
  http.mount(fleetRoute, ({ query }) => {
    const { page, limit, sort, eth_address: ethAddress, state, online, search, honesty } = query;
    const filter = { ethAddress, state, online, search, isFlagged: honesty === 'flagged' };
    return toPage(view.page(filter, sort, page, limit), page, limit);
  });

  http.mount(fleetStatsRoute, () => {
    const totals = view.totals();
    const blocks = blockCounts();
    return {
      total_workers: totals.total,
      online: totals.online,
      offline: totals.total - totals.online,
      total_hashrate: totals.hashrate,
      total_gpus: totals.gpus,
      active_gpus: totals.activeGpus,
      total_blocks: blocks.total,
      blocks_last_hour: blocks.lastHour,
    };
  });

  http.mount(workersRoute, () => [...fleet.all()].map((worker) => toWorker(worker)));

  function toWorker(worker: LiveWorker): Worker {
    return {
      worker_id: worker.workerId,
      eth_address: worker.ethAddress,
      gpu_count: worker.gpuCount,
      total_memory_gb: worker.totalMemoryGb,
      gpus: worker.gpus,
      state: shownState(worker),
      online: view.isOnline(worker),
      hashrate: worker.hashrate,
      active_gpus: worker.activeGpus,
      last_heartbeat: toUnixSeconds(worker.lastHeartbeatMs),
      price_per_min: toCredits(worker.pricePerMinMicro),
      min_duration_sec: worker.minDurationSec,
      max_duration_sec: worker.maxDurationSec,
      self_blocks_found: worker.selfBlocksFound,
      honesty: view.honesty(worker),
      difficulty: worker.difficulty,
      current_address: worker.currentAddress,
      current_prefix: worker.currentPrefix,
      current_block_pattern: worker.currentBlockPattern,
      reputation: reputationOf(worker),
    };
  }
}
