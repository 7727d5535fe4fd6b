/** Whether another program has a database open, without touching it. */
import { linkSync, rmSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';

const suffixes = ['-wal', '-shm', '-journal', ''] as const;

const secondNameOf = (path: string) => `${path}.in-use`;

/** A process that was killed leaves the second name behind. */
export function removeSecondName(path: string): void {
  for (const suffix of suffixes) rmSync(`${secondNameOf(path)}${suffix}`, { force: true });
}

/** What file systems without hard links answer. */
const withoutLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Another program has the database open. */
export class DatabaseOpenElsewhere extends Error {}

/**
 * Runs `work` while no other connection, of any program, may use the database: SQLite's own exclusive lock is held on
 * it. A connection keeps a shared lock on a file with a write-ahead log as long as it is open, also while it does
 * nothing.
 *
 * The lock is taken through a second name of the same file: under that name it has no log, so that SQLite neither
 * applies nor removes the one that a killed program left beside the first name. Nothing is written.
 *
 * Where the file system knows no second names, nobody can be kept out: then `work` is run all the same.
 *
 * @throws DatabaseOpenElsewhere with nothing done
 */
export function withSoleUse<Result>(path: string, work: () => Result): Result {
  const name = secondNameOf(path);
  removeSecondName(path);
  if (!addSecondName(path)) return work();
  let handle: BetterSqlite.Database | undefined;
  try {
    handle = new BetterSqlite(name, { timeout: 0, fileMustExist: true });
    lockExclusively(handle);
    return work();
  } finally {
    handle?.close();
    removeSecondName(path);
  }
}

/** False where there are no second names: on FAT, and on some network folders. */
function addSecondName(path: string): boolean {
  try {
    linkSync(path, secondNameOf(path));
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (withoutLinks.includes(code)) return false;
    throw error;
  }
}

function lockExclusively(handle: BetterSqlite.Database): void {
  handle.pragma('query_only = ON');
  handle.pragma('locking_mode = EXCLUSIVE');
  try {
    // A file without a write-ahead log is locked by a transaction, one with a log by the first read.
    handle.prepare('select count(*) from sqlite_schema').get();
    if (handle.pragma('journal_mode', { simple: true }) !== 'wal') handle.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    const { code = '' } = error as { code?: string };
    if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) throw new DatabaseOpenElsewhere();
    throw error;
  }
}
