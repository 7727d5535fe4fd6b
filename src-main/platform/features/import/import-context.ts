/** What all parts of an import share. */
import { randomBytes } from 'node:crypto';
import {
  importTables,
  type ImportFindingCode,
  type ImportTable,
} from '../../../contract/domain/import-report.ts';
import { ImportFindings } from './import-findings.ts';
import type { ImportPace } from './import-pace.ts';
import type { ImportTarget } from './import-target.repository.ts';
import { MovedMoney } from './moved-money.ts';
import type { SourceRow } from './source-row.ts';

/** What became of the rows of a table. */
export interface TableTally {
  rows: number;
  imported: number;
  leftovers: number;
  tooOld: number;
}

/** Columns whose values are secrets. */
const secretColumns = ['api_key'];

export class ImportContext {
  readonly target: ImportTarget;
  readonly findings = new ImportFindings();
  readonly pace: ImportPace;
  /** The moment of the import. */
  readonly nowMs: number;
  /** What transactions moved. */
  readonly moved = new MovedMoney();
  readonly #tallies: Record<ImportTable, TableTally>;

  constructor(target: ImportTarget, pace: ImportPace, nowMs: number) {
    this.target = target;
    this.pace = pace;
    this.nowMs = nowMs;
    this.#tallies = Object.fromEntries(
      importTables.map((table) => [table, { rows: 0, imported: 0, leftovers: 0, tooOld: 0 }]),
    ) as Record<ImportTable, TableTally>;
  }

  readonly tally = (table: ImportTable): TableTally => this.#tallies[table];

  readonly newKeyId = (): string => randomBytes(6).toString('hex');

  /**
   * Keeps a row as text that has no place elsewhere, or whose values could not all be kept.
   *
   * @param isWhole false: the row itself was taken over
   */
  readonly leaveOver = (
    table: ImportTable,
    row: SourceRow,
    code: ImportFindingCode,
    detail: string,
    isWhole = true,
  ): void => {
    if (isWhole) {
      this.#tallies[table].leftovers += 1;
      this.findings.add(code, row.where, detail);
    }
    this.target.insert('import_leftovers', {
      source_table: table,
      source_rowid: row.rowid,
      reason: code,
      row_json: toJson(row),
    });
  };
}

/** JSON knows no infinity and no bytes. */
function toJson({ values }: SourceRow): string {
  const shown = Object.entries(values).filter(([column]) => !secretColumns.includes(column));
  return JSON.stringify(Object.fromEntries(shown), (_column, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
    return value;
  });
}
