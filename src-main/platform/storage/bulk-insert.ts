/** Inserting many rows inside a transaction. */
import { sql, type Insertable } from 'kysely';
import type { Database, DatabaseSchema } from './schema.ts';
import type { StorageAccess } from './storage.ts';

/** Rows of one statement. */
const rowsPerStatement = 500;

/** Told after each statement; what it throws ends the work. */
export type AfterRows = (count: number) => Promise<void>;

/**
 * Inserts rows of one shape: they travel as one JSON parameter a statement. Booleans and blobs are not for it.
 *
 * @throws Error when a row breaks a rule of its table
 */
export async function insertRows<Table extends keyof DatabaseSchema>(
  db: Database,
  table: Table,
  rows: readonly Insertable<DatabaseSchema[Table]>[],
  afterRows?: AfterRows,
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first) as (keyof typeof first)[];
  const values = columns.map((_, index) => `value ->> ${index}`).join(', ');
  const insertSql = sql.raw(`insert into ${table} (${columns.join(', ')}) select ${values} from json_each(`);
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    const portion = rows.slice(start, start + rowsPerStatement);
    const json = JSON.stringify(portion.map((row) => columns.map((column) => row[column])));
    await sql`${insertSql}${json})`.execute(db);
    await afterRows?.(portion.length);
  }
}

/** Repositories inside a transaction under way: what they write belongs to it. */
export function withinTransaction(db: Database): StorageAccess {
  return { read: db, write: (work) => work(db) };
}
