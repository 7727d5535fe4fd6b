/** All SQL that measures tables. It reads every page: only for a thread of its own. */
import { sql } from 'kysely';
import type { Database } from '../../storage/schema.ts';

export interface MeasuredTable {
  readonly name: string;
  readonly rows: number;
  /** With its indexes. */
  readonly bytes: number;
  /** New rows since a moment; undefined where rows have no time. */
  readonly newRows: number | undefined;
}

/** A database at one moment. */
export interface Measurement {
  readonly tables: readonly MeasuredTable[];
  /** The oldest time in it, in milliseconds. */
  readonly bornAtMs: number;
}

export const nothingMeasured: Measurement = { tables: [], bornAtMs: 0 };

export class TableSizeRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * All tables.
   *
   * @param timeColumns the column that says when a row was made, by table
   */
  async measure(timeColumns: Readonly<Record<string, string>>, sinceMs: number): Promise<Measurement> {
    const { rows: sizes } = await sql<{ name: string; bytes: number }>`
      select sqlite_schema.tbl_name as name, sum(dbstat.pgsize) as bytes
      from dbstat join sqlite_schema on sqlite_schema.name = dbstat.name
      where dbstat.aggregate = true and sqlite_schema.tbl_name not like 'sqlite\\_%' escape '\\'
      group by sqlite_schema.tbl_name`.execute(this.#db);
    const measured: MeasuredTable[] = [];
    for (const { name, bytes } of sizes) {
      const column = timeColumns[name];
      measured.push({
        name,
        bytes,
        rows: await this.#count(name),
        newRows: column === undefined ? undefined : await this.#countSince(name, column, sinceMs),
      });
    }
    return { tables: measured, bornAtMs: await this.#bornAtMs() };
  }

  async #bornAtMs(): Promise<number> {
    const accounts = await this.#db
      .selectFrom('accounts')
      .where('created_at_ms', '>', 0)
      .select(({ fn }) => fn.min<number | null>('created_at_ms').as('at'))
      .executeTakeFirst();
    const file = await this.#db
      .selectFrom('schema_version')
      .select(({ fn }) => fn.min<string | null>('timestamp').as('at'))
      .executeTakeFirst();
    const madeAtMs = Date.parse(file?.at ?? '');
    return Math.min(accounts?.at ?? Number.POSITIVE_INFINITY, Number.isNaN(madeAtMs) ? 0 : madeAtMs);
  }

  async #count(table: string): Promise<number> {
    const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(
      this.#db,
    );
    return rows[0]?.count ?? 0;
  }

  async #countSince(table: string, column: string, sinceMs: number): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from ${sql.table(table)} where ${sql.ref(column)} >= ${sinceMs}`.execute(
      this.#db,
    );
    return rows[0]?.count ?? 0;
  }
}
