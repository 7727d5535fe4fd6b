import { blockRoute, blocksRoute, selfMinedBlocksRoute } from '../../../contract/rest/blocks.routes.ts';
import { recentBlocksRoute } from '../../../contract/rest/fleet.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { toMilliseconds } from '../../kernel/clock.ts';
import type { Tags } from '../tags/index.ts';
import type { Blocks } from './block.service.ts';

export interface BlockParts {
  readonly http: HttpServer;
  readonly blocks: Blocks;
  readonly tags: Pick<Tags, 'workersWith'>;
}

/** rest.md: `/api/monitoring/blocks/recent`, `/api/blocks*`. */
export function mountBlocks({ http, blocks, tags }: BlockParts): void {
  http.mount(recentBlocksRoute, ({ query }) => blocks.recent(query.limit));

  http.mount(blocksRoute, async ({ query, caller }) => {
    const { limit, offset, since, until, block_type: type, verified, counted, search, account, tag } = query;
    const filter = {
      ...{ leaseId: query.lease_id, workerId: query.worker_id, account, verified, type, counted },
      workerIds: tag === '' ? undefined : tags.workersWith(tag, caller),
      ...{ search: search.trim(), sinceMs: toMilliseconds(since), untilMs: toMilliseconds(until) },
    };
    const isFiltered = Object.values(filter).some((value) => value !== undefined && value !== '');
    const portion = { limit, offset };
    const found = isFiltered ? await blocks.search(filter, portion) : await blocks.list(portion);
    const { items, total, isExact } = found;
    return query.lease_id === '' ? { items, total, total_is_exact: isExact, ...portion } : items;
  });

  http.mount(selfMinedBlocksRoute, async ({ query: { worker_id: workerId, limit, offset } }) => ({
    ...(await blocks.listSelfMined(workerId, { limit, offset })),
    limit,
    offset,
  }));

  http.mount(blockRoute, ({ params }) => blocks.find(params.block_id));
}
