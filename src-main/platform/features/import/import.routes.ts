import { importReportRoute } from '../../../contract/rest/import.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { ImportReportRepository } from './import-report.repository.ts';

/** `/api/admin/import`. */
export function mountImport(http: HttpServer, importReports: ImportReportRepository): void {
  http.mount(importReportRoute, async () => {
    const report = await importReports.last();
    if (!report)
      throw new AppError('not_found', 'This database was not taken over from the earlier platform.');
    return report;
  });
}
