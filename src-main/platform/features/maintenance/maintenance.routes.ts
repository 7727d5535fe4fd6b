import { storageCleanupRoute, storageRoute } from '../../../contract/rest/storage.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import type { Maintenance } from './maintenance.service.ts';

/** `/api/admin/storage*`. */
export function mountMaintenance(http: HttpServer, maintenance: Maintenance): void {
  http.mount(storageRoute, () => maintenance.report());
  http.mount(storageCleanupRoute, () => maintenance.cleanUp());
}
