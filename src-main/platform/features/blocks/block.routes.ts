import { recentBlocksRoute } from '../../../contract/rest/fleet.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import type { Blocks } from './block.service.ts';

/** rest.md: `/api/monitoring/blocks/recent`. */
export function mountBlocks(http: HttpServer, blocks: Blocks): void {
  http.mount(recentBlocksRoute, ({ query }) => blocks.recent(query.limit));
}
