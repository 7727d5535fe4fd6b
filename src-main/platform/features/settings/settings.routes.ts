import { changeSettingsRoute, restartRoute, settingsRoute } from '../../../contract/rest/settings.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import type { Settings } from './settings.service.ts';

/** `/api/admin/settings`, `/api/admin/restart`. */
export function mountSettings(http: HttpServer, settings: Settings): void {
  http.mount(settingsRoute, () => settings.view());

  http.mount(changeSettingsRoute, async ({ body }) => ({
    restart_needed: await settings.change(body.changes),
  }));

  http.mount(restartRoute, ({ caller }) => ({
    restarting: true as const,
    changes: settings.beginRestart(caller.accountId),
  }));
}
