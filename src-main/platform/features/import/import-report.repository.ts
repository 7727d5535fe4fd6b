/** All SQL of the reports on imports. */
import type { ImportReport } from '../../../contract/domain/import-report.ts';
import type { StorageAccess } from '../../storage/storage.ts';

export class ImportReportRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** The last one; undefined: nothing was ever imported. */
  async last(): Promise<ImportReport | undefined> {
    const row = await this.#storage.read
      .selectFrom('import_reports')
      .select('report')
      .orderBy('report_id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && (JSON.parse(row.report) as ImportReport);
  }

  async save(report: ImportReport): Promise<void> {
    await this.#storage.write((db) =>
      db
        .insertInto('import_reports')
        .values({ imported_at_ms: Math.round(report.imported_at * 1000), report: JSON.stringify(report) })
        .execute(),
    );
  }
}
