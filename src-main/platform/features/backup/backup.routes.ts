import {
  backupDeleteRoute,
  backupDownloadRoute,
  backupRestoreRoute,
  backupRoute,
  backupsRoute,
  backupVerifyRoute,
} from '../../../contract/rest/backups.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { sendFile } from '../../http/files.ts';
import type { Backups } from './backup.service.ts';
import type { Restores } from './restore.service.ts';

export interface BackupRoutes {
  readonly http: HttpServer;
  readonly backups: Backups;
  readonly restores: Restores;
}

/** `/api/admin/backups*`. */
export function mountBackups({ http, backups, restores }: BackupRoutes): void {
  http.mount(backupsRoute, () => backups.list());
  http.mount(backupRoute, () => backups.begin('manual'));
  http.mount(backupVerifyRoute, ({ params }) => backups.beginVerification(params.name));
  http.mount(backupRestoreRoute, ({ params, caller, request }) =>
    restores.begin(params.name, caller, request.ip ?? ''),
  );

  http.mount(backupDeleteRoute, async ({ params }) => {
    await backups.remove(params.name);
    return { deleted: params.name };
  });

  http.mount(backupDownloadRoute, async ({ params, response }) => {
    await sendFile(response, await backups.fileOf(params.name), params.name, 'application/vnd.sqlite3');
    return undefined;
  });
}
