/** One running platform a database file. */
import { existsSync, realpathSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { messageOf, StartupError } from '../kernel/app-error.ts';

/** Another running platform holds the file. */
export class DatabaseInUse extends StartupError {}

/**
 * Holds an exclusive SQLite lock on an empty file beside the database. The operating system frees it when the
 * process ends, however it ends, so no stale lock is ever left.
 *
 * @returns what releases the lock
 * @throws DatabaseInUse when another instance holds it, StartupError when the file can't be made
 */
export function lockDatabase(databasePath: string): () => void {
  // Two names of one file (a symbolic link) share one lock.
  const file = existsSync(databasePath) ? realpathSync(databasePath) : databasePath;
  let lock: BetterSqlite.Database | undefined;
  try {
    lock = new BetterSqlite(`${file}.lock`, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) {
      throw new DatabaseInUse(
        `The database ${databasePath} is in use by another running instance. ` +
          'Stop that one first, or choose another file with --db-path.',
      );
    }
    throw new StartupError(
      `The database ${databasePath} can't be locked with the file ${file}.lock: ${messageOf(error)}. ` +
        'Check the rights of its folder, or choose another place with --data-dir or --db-path.',
      { cause: error },
    );
  }
  const held = lock;
  return () => void held.close();
}
