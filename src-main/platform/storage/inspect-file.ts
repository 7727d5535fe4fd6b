/** Looks at a database file before anything is changed in it. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { DatabaseProblem, messageOf, StartupError } from '../kernel/app-error.ts';
import { applicationId } from './sqlite-connection.ts';

const sqliteMagic = 'SQLite format 3\0';

/** Files up to this size are checked whole at each start; larger ones by header, schema and free list. */
const fullCheckMaxBytes = 64 * 1024 * 1024;

/** A file that the earlier Python platform made: it can be taken over. */
export class EarlierPlatformDatabase extends StartupError {}

/** Makes the folder of the file, and checks that both can be written. */
export function prepareFolder(path: string): void {
  const folder = dirname(path);
  try {
    makeFolder(folder);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw new DatabaseProblem(
      `The database ${path} can't be written: ${messageOf(error)}. ` +
        'Check the rights of the folder and the file, or choose another place with --data-dir or --db-path.',
    );
  }
}

/** Not `recursive`: Node never returns from that where the file system answers ENOENT to each try, as /proc does. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/**
 * Refuses, with nothing touched, what can't be opened safely.
 *
 * @param known the names of this version's migrations
 * @returns the names of the migrations that the file has seen; undefined when there is no database yet
 * @throws EarlierPlatformDatabase for one that can be taken over, whatever its state
 * @throws StartupError for a folder, a file that is no database, a corrupt one, one of another program or of a newer version
 */
export function inspectDatabaseFile(path: string, known: readonly string[]): string[] | undefined {
  if (!existsSync(path)) return undefined;
  const stat = statSync(path);
  if (stat.isDirectory()) {
    throw new DatabaseProblem(`The database path ${path} is a folder; name a file with --db-path.`);
  }
  if (!stat.isFile()) {
    throw new DatabaseProblem(
      `The database path ${path} is not a regular file; name another with --db-path.`,
    );
  }
  if (stat.size === 0) return undefined;
  if (!isSqliteFile(path)) {
    throw new DatabaseProblem(
      `The file ${path} is not a SQLite database; it was left as it is. ` +
        'Choose another file with --db-path, or put a backup in its place.',
    );
  }
  const hadLog = existsSync(`${path}-wal`);
  let handle: BetterSqlite.Database | undefined;
  try {
    handle = new BetterSqlite(path, { readonly: true, fileMustExist: true });
    const seen = readMigrations(handle, path);
    if (stat.size <= fullCheckMaxBytes) requireSound(handle, path);
    requireKnown(seen ?? [], known, path);
    handle.close();
    return seen;
  } catch (error) {
    handle?.close();
    if (!hadLog && existsSync(`${path}-wal`)) removeEmptyLog(path);
    if (error instanceof StartupError) throw error;
    throw corrupt(path, messageOf(error));
  }
}

/**
 * Looking into a WAL database leaves an empty log and its index beside it. A connection that may write lets
 * SQLite take them away again, unless another program uses them.
 */
export function removeEmptyLog(path: string): void {
  try {
    const handle = new BetterSqlite(path, { fileMustExist: true, timeout: 0 });
    try {
      handle.pragma('schema_version');
    } finally {
      handle.close();
    }
  } catch {
    // A corrupt file can't be opened; then there is nothing that SQLite left behind.
  }
}

/** Whether a file begins like a SQLite database. */
export function isSqliteFile(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(sqliteMagic.length);
    readSync(file, bytes, 0, bytes.length, 0);
    return bytes.toString('latin1') === sqliteMagic;
  } finally {
    closeSync(file);
  }
}

function requireSound(handle: BetterSqlite.Database, path: string): void {
  const verdict = handle.pragma('quick_check(1)', { simple: true });
  if (verdict !== 'ok') throw corrupt(path, String(verdict));
}

function corrupt(path: string, detail: string): DatabaseProblem {
  return new DatabaseProblem(
    `The database ${path} is corrupt (${detail.replace(/\s+/g, ' ')}); it was left as it is. ` +
      'Put a backup in its place, or choose another file with --db-path.',
  );
}

function requireKnown(seen: readonly string[], known: readonly string[], path: string): void {
  const unknown = seen.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new DatabaseProblem(
    `The database ${path} was made by a newer version of this program (it has ${unknown}); it was left as it is. ` +
      'Install the newer version, or choose another file with --db-path.',
  );
}

function readMigrations(handle: BetterSqlite.Database, path: string): string[] | undefined {
  const tables = handle
    .prepare("select name from sqlite_schema where type = 'table'")
    .pluck()
    .all() as string[];
  if (tables.length === 0) return undefined;
  if (handle.pragma('application_id', { simple: true }) === applicationId) {
    return tables.includes('schema_version')
      ? (handle.prepare('select name from schema_version order by name').pluck().all() as string[])
      : [];
  }
  if (tables.includes('schema_version') && tables.includes('workers')) {
    throw new EarlierPlatformDatabase(
      `The database ${path} was made by the earlier Python platform; it was left as it is. A start of the platform ` +
        'takes it over after a backup, and so does the command "migrate" (look first with --dry-run); ' +
        'or choose another file with --db-path.',
    );
  }
  throw new DatabaseProblem(
    `The database ${path} belongs to another program; it was left as it is. Choose another file with --db-path.`,
  );
}
