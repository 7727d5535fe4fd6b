/** Copies of a database file that others may be writing meanwhile. */
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { removeEmptyLog } from './inspect-file.ts';
import { openReader, type SqliteHandle } from './sqlite-connection.ts';

/** How far a copy is; called after each portion. Throwing ends the copy. */
export type WatchCopy = (copiedBytes: number, totalBytes: number) => void;

/** A database as a whole. */
export interface DatabaseSummary {
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Names of the migrations that it has seen, in order. */
  readonly migrations: readonly string[];
}

const portionBytes = 1024 * 1024;

/**
 * Copies the last commit of a database into a new file, with the backup API of SQLite. A read transaction is held
 * all the time: a writer neither waits nor makes the copy begin again, but its log can't be emptied meanwhile.
 * Blocks its thread.
 *
 * @param target must not exist; mode 600; what is there of it is the caller's to remove when this throws
 * @param read looks at the source at the moment of the copy
 * @returns what it saw
 */
export async function copyDatabase<Summary>(
  source: string,
  target: string,
  watch: WatchCopy,
  read: (source: SqliteHandle) => Summary,
): Promise<Summary> {
  const hadLog = existsSync(`${source}-wal`);
  const { handle } = openReader(source);
  try {
    // The moment is that of the first read.
    handle.exec('BEGIN');
    const summary = read(handle);
    const pageBytes = handle.pragma('page_size', { simple: true }) as number;
    closeSync(openSync(target, 'wx', 0o600));
    await handle.backup(target, {
      progress({ totalPages, remainingPages }) {
        watch((totalPages - remainingPages) * pageBytes, totalPages * pageBytes);
        return Math.max(1, Math.floor(portionBytes / pageBytes));
      },
    });
    return summary;
  } finally {
    handle.close();
    if (!hadLog && existsSync(`${source}-wal`)) removeEmptyLog(source);
  }
}

/** Takes what is in the log of a file into the file, so that it is whole by itself; the file must be nobody's. */
export function sealDatabase(path: string): void {
  const handle = new BetterSqlite(path, { fileMustExist: true });
  try {
    handle.pragma('journal_mode = DELETE');
  } finally {
    handle.close();
  }
}

/** Removes a file with what SQLite puts beside it. */
export function removeDatabase(path: string): void {
  for (const suffix of ['-wal', '-shm', '-journal', '.lock-journal', '.lock', ''])
    rmSync(`${path}${suffix}`, { force: true });
}

/** Counts the rows of all tables. */
export function summarize(handle: SqliteHandle): DatabaseSummary {
  const tables = handle
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'")
    .pluck()
    .all() as string[];
  const count = (table: string) =>
    handle
      .prepare(`select count(*) from "${table.replaceAll('"', '""')}"`)
      .pluck()
      .get() as number;
  return {
    rows: Object.fromEntries(tables.toSorted().map((table) => [table, count(table)])),
    migrations: tables.includes('schema_version')
      ? handle.prepare<[]>('select * from schema_version order by 1').pluck().all().map(String)
      : [],
  };
}
