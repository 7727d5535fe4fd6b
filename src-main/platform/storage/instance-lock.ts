/** One running platform a database file. */
import BetterSqlite from 'better-sqlite3';
import { StartupError } from '../kernel/app-error.ts';

/**
 * Holds an exclusive SQLite lock on an empty file beside the database. The operating system frees it when the
 * process ends, however it ends, so no stale lock is ever left.
 *
 * @returns what releases the lock
 * @throws StartupError when another instance holds it
 */
export function lockDatabase(databasePath: string): () => void {
  const lock = new BetterSqlite(`${databasePath}.lock`, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) {
      throw new StartupError(
        `The database ${databasePath} is in use by another running instance. ` +
          'Stop that one first, or choose another file with --db-path.',
      );
    }
    throw error;
  }
  return () => void lock.close();
}
