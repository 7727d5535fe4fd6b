import {
  createCredentialsRoute,
  credentialsRoute,
  revokeCredentialsRoute,
} from '../../../contract/rest/credentials.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import type { WorkerCredentials } from './credential.service.ts';

/** `/api/workers/{worker_id}/credentials`. */
export function mountCredentials(http: HttpServer, credentials: WorkerCredentials): void {
  http.mount(credentialsRoute, ({ params: { worker_id } }) => {
    const createdAtMs = credentials.createdAtMs(worker_id);
    const created_at = createdAtMs === undefined ? null : toUnixSeconds(createdAtMs);
    return { worker_id, has_credentials: created_at !== null, created_at };
  });

  http.mount(createCredentialsRoute, async ({ params: { worker_id } }) => ({
    worker_id,
    ...(await credentials.create(worker_id)),
  }));

  http.mount(revokeCredentialsRoute, async ({ params: { worker_id } }) => {
    await credentials.revoke(worker_id);
    return { worker_id, revoked: true as const };
  });
}
