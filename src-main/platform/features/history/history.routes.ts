import { hashrateHistoryRoute } from '../../../contract/rest/fleet.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import { roundHashrate } from '../fleet/index.ts';
import type { History } from './history.service.ts';

/** rest.md: `/api/monitoring/hashrate-history`. */
export function mountHistory(http: HttpServer, history: History): void {
  http.mount(hashrateHistoryRoute, async ({ query }) => {
    const points = await history.series(query.worker_id, query.hours);
    return points.map(({ hashrate, activeGpus, takenAtMs, onlineWorkers }) => ({
      worker_id: query.worker_id,
      hashrate: roundHashrate(hashrate),
      active_gpus: Math.round(activeGpus),
      timestamp: toUnixSeconds(takenAtMs),
      ...(onlineWorkers === undefined ? {} : { online_workers: Math.round(onlineWorkers * 10) / 10 }),
    }));
  });
}
