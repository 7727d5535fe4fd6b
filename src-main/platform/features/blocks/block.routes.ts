import { blocksRoute, selfMinedBlocksRoute } from '../../../contract/rest/blocks.routes.ts';
import { recentBlocksRoute } from '../../../contract/rest/fleet.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import type { Blocks } from './block.service.ts';

/** rest.md: `/api/monitoring/blocks/recent`, `/api/blocks`, `/api/blocks/self-mined`. */
export function mountBlocks(http: HttpServer, blocks: Blocks): void {
  http.mount(recentBlocksRoute, ({ query }) => blocks.recent(query.limit));

  http.mount(blocksRoute, async ({ query: { lease_id: leaseId, limit, offset } }) =>
    leaseId === ''
      ? { ...(await blocks.list({ limit, offset })), limit, offset }
      : blocks.ofLease(leaseId, { limit, offset }),
  );

  http.mount(selfMinedBlocksRoute, async ({ query: { worker_id: workerId, limit, offset } }) => ({
    ...(await blocks.listSelfMined(workerId, { limit, offset })),
    limit,
    offset,
  }));
}
