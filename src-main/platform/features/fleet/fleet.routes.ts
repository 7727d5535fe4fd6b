import { fleetRoute, fleetStatsRoute, workersRoute } from '../../../contract/rest/fleet.routes.ts';
import type { Reputation } from '../../../contract/domain/worker.ts';
import { toPage, type HttpServer } from '../../http/http-server.ts';
import type { Fleet } from './fleet.service.ts';
import { toWorker, type FleetView } from './fleet-view.ts';
import type { LiveWorker } from './live-worker.ts';

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

  http.mount(workersRoute, () =>
    [...fleet.all()].map((worker) => toWorker(worker, view, reputationOf(worker))),
  );
}
