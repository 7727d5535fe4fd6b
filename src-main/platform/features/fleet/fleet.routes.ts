import { fleetRoute, fleetStatsRoute, workersRoute } from '../../../contract/rest/fleet.routes.ts';
import type { Reputation } from '../../../contract/domain/worker.ts';
import type { Caller } from '../../kernel/caller.ts';
import { toPage, type HttpServer } from '../../http/http-server.ts';
import type { Fleet } from './fleet.service.ts';
import { toWorker, type FleetFilter, type FleetView } from './fleet-view.ts';
import type { LiveWorker } from './live-worker.ts';

export interface FleetRoutesOptions {
  readonly http: HttpServer;
  readonly fleet: Fleet;
  readonly view: FleetView;
  readonly reputationOf: (worker: LiveWorker) => Reputation;
  /** Blocks that are not rejected: all, and those of the last hour. */
  /** What is written on a worker, for who may see it; nothing for others. */
  readonly labelsOf: (worker: LiveWorker, caller: Caller) => { tags: readonly string[]; note: string };
  readonly blockCounts: () => { total: number; lastHour: number };
}

/** rest.md: `/api/monitoring/fleet`, `/api/monitoring/stats`, `/api/workers`. */
export function mountFleet({
  http,
  fleet,
  view,
  reputationOf,
  labelsOf,
  blockCounts,
}: FleetRoutesOptions): void {
  http.mount(fleetRoute, ({ query, caller }) => {
    const { page, limit, sort, eth_address: ethAddress, state, online, search, honesty, tag } = query;
    const filter: FleetFilter = {
      ...{ ethAddress, state, online, search, isFlagged: honesty === 'flagged' },
      ...(tag === '' ? {} : { passes: (worker) => labelsOf(worker, caller).tags.includes(tag) }),
      moreText(worker) {
        const { tags, note } = labelsOf(worker, caller);
        return [...tags, note.toLowerCase()].join('\n');
      },
    };
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
