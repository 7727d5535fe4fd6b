/** A view of the database at one moment, on a connection of its own, for work that takes many turns. */
import { existsSync } from 'node:fs';
import { messageOf, StartupError } from '../kernel/app-error.ts';
import { inspectDatabaseFile, removeEmptyLog } from './inspect-file.ts';
import { migrations } from './migrations/index.ts';
import type { Database } from './schema.ts';
import { openReader } from './sqlite-connection.ts';

export interface Snapshot {
  /** Sees what was committed when it was opened, and nothing that came later. */
  readonly db: Database;
  close(): void;
}

/** Opens a snapshot of a file that this process, or another one, may be writing. */
export function openSnapshot(path: string): Snapshot {
  const { handle, db } = openReader(path);
  try {
    // The moment is that of the first read.
    handle.exec('BEGIN');
    handle.prepare('select count(*) from sqlite_schema').get();
  } catch (error) {
    handle.close();
    throw error;
  }
  return { db, close: () => void handle.close() };
}

/**
 * Opens a snapshot of a file that may belong to nobody: it is looked at first, and left as it was.
 *
 * @throws StartupError when there is no database of this version
 */
export function openSnapshotOfFile(path: string): Snapshot {
  const known = Object.keys(migrations);
  const hadLog = existsSync(`${path}-wal`);
  const seen = inspectDatabaseFile(path, known);
  if (!seen) throw new StartupError(`There is no database ${path}; name it with --data-dir or --db-path.`);
  if (seen.length < known.length)
    throw new StartupError(
      `The database ${path} is of an older version; a start of the platform upgrades it.`,
    );
  try {
    const snapshot = openSnapshot(path);
    return {
      db: snapshot.db,
      close() {
        snapshot.close();
        if (!hadLog) removeEmptyLog(path);
      },
    };
  } catch (error) {
    throw new StartupError(`The database ${path} can't be read: ${messageOf(error)}.`, { cause: error });
  }
}
