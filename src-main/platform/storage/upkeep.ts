/** Upkeep of a database that is in use, on a connection of its own, for threads that may block. */
import BetterSqlite from 'better-sqlite3';

/** Rows that are looked at of each index; more makes the planner hardly wiser. */
const rowsPerIndex = 100;

/**
 * Writes the log of a database back into its file, as far as nobody reads it; the writer does not wait for it.
 *
 * @param truncates whether to give its room back too, for which the writer may wait a moment; nothing when it is in use
 */
export function emptyLog(path: string, truncates = false): void {
  const handle = new BetterSqlite(path, { fileMustExist: true, timeout: 0 });
  try {
    handle.pragma('wal_checkpoint(PASSIVE)');
    if (truncates) handle.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    handle.close();
  }
}

/** Refreshes the query planner's figures where they are out of date; holds the writer up for milliseconds. */
export function optimizeDatabase(path: string): void {
  const handle = new BetterSqlite(path, { fileMustExist: true });
  try {
    handle.pragma(`analysis_limit = ${rowsPerIndex}`);
    // 0x10000: also tables that this connection never used.
    handle.pragma('optimize = 0x10002');
  } finally {
    handle.close();
  }
}
