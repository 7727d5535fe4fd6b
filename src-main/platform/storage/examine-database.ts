/** Looks at every page of a database file. */
import { existsSync, statSync } from 'node:fs';
import { messageOf } from '../kernel/app-error.ts';
import { summarize, type DatabaseSummary } from './copy-database.ts';
import { isSqliteFile, removeEmptyLog } from './inspect-file.ts';
import { migrations } from './migrations/index.ts';
import { applicationId, openReader, type SqliteHandle } from './sqlite-connection.ts';

/** What a database file is to this version of the program. */
export type DatabaseKind = 'current' | 'older' | 'newer' | 'foreign' | 'unreadable';

export interface DatabaseFile {
  readonly kind: DatabaseKind;
  /** Names of the migrations that it has seen, in order. */
  readonly migrations: readonly string[];
  /** Why it can't be used; empty when it can. */
  readonly refusal: string;
}

const maxProblems = 20;

/** Says what a file is, from its header and its schema: quick, whatever its size. The file is left as it was. */
export function identifyDatabase(path: string): DatabaseFile {
  const unreadable = (refusal: string): DatabaseFile => ({ kind: 'unreadable', migrations: [], refusal });
  if (!existsSync(path)) return unreadable('the file is not there');
  if (!statSync(path).isFile()) return unreadable('it is not a regular file');
  if (!isSqliteFile(path)) return unreadable('it is not a SQLite database');
  try {
    return reading(path, identify);
  } catch (error) {
    return unreadable(`it can't be read: ${messageOf(error)}`);
  }
}

/**
 * Checks every page and index of a database and counts its rows. Blocks its thread for seconds a gigabyte.
 *
 * @returns what is wrong, in words; empty when nothing is
 */
export function examineDatabase(path: string): { problems: string[]; summary: DatabaseSummary } {
  try {
    return reading(path, (handle) => {
      const problems = (handle.pragma(`integrity_check(${maxProblems})`) as { integrity_check: string }[])
        .map((row) => row.integrity_check)
        .filter((verdict) => verdict !== 'ok');
      const orphans = problems.length === 0 ? (handle.pragma('foreign_key_check') as unknown[]).length : 0;
      if (orphans > 0) problems.push(`${orphans} rows refer to rows that are not there`);
      return { problems, summary: summarize(handle) };
    });
  } catch (error) {
    return { problems: [`it can't be read: ${messageOf(error)}`], summary: { rows: {}, migrations: [] } };
  }
}

/** Runs `look` on a file that is left as it was. */
export function reading<Result>(path: string, look: (handle: SqliteHandle) => Result): Result {
  const hadLog = existsSync(`${path}-wal`);
  const { handle } = openReader(path);
  try {
    return look(handle);
  } finally {
    handle.close();
    if (!hadLog && existsSync(`${path}-wal`)) removeEmptyLog(path);
  }
}

function identify(handle: SqliteHandle): DatabaseFile {
  const tables = handle.prepare("select name from sqlite_schema where type = 'table'").pluck().all();
  if (handle.pragma('application_id', { simple: true }) !== applicationId) {
    const isEarlier = tables.includes('schema_version') && tables.includes('workers');
    const refusal = isEarlier
      ? 'it is a database of the earlier Python platform: open it with --db-path instead'
      : 'it belongs to another program';
    return { kind: 'foreign', migrations: [], refusal };
  }
  const seen = tables.includes('schema_version')
    ? (handle.prepare('select name from schema_version order by name').pluck().all() as string[])
    : [];
  const known = Object.keys(migrations);
  const unknown = seen.find((name) => !known.includes(name));
  if (unknown !== undefined)
    return {
      kind: 'newer',
      migrations: seen,
      refusal: `it was made by a newer version of this program (it has ${unknown}); install that one`,
    };
  if (seen.length === 0) return { kind: 'foreign', migrations: [], refusal: 'it has no tables yet' };
  return { kind: seen.length < known.length ? 'older' : 'current', migrations: seen, refusal: '' };
}
