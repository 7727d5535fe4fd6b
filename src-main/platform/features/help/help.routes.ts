import { databaseUseRoute, portUseRoute, workerVisibilityRoute } from '../../../contract/rest/help.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import type { Storage } from '../../storage/storage.ts';
import { databaseUseOf } from './database-use.ts';
import { portUseOf } from './port-use.ts';
import { visibilityOf, type VisibilitySources } from './worker-visibility.ts';

export interface HelpOptions extends Omit<VisibilitySources, 'settings'> {
  readonly http: HttpServer;
  readonly storage: Storage;
  readonly databasePath: string;
  readonly listening: VisibilitySources['settings'];
}

/** `/api/admin/help/*`. */
export function mountHelp({ http, storage, databasePath, listening, ...sources }: HelpOptions): void {
  const known = { ...sources, settings: listening };

  http.mount(workerVisibilityRoute, ({ query }) => visibilityOf(query.worker_id, known));

  http.mount(portUseRoute, ({ query }) =>
    portUseOf(query.port, { api: http.port, mqtt: sources.broker.port }),
  );

  http.mount(databaseUseRoute, () => databaseUseOf(databasePath, storage));
}
