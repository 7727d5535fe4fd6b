import { reputationRoute } from '../../../contract/rest/market.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import type { Reputations } from './reputations.ts';

/** rest.md: `/api/workers/{id}/reputation`. */
export function mountReputation(http: HttpServer, reputations: Reputations): void {
  http.mount(reputationRoute, ({ params }) => reputations.require(params.worker_id));
}
