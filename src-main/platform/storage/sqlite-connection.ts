/** better-sqlite3 connections, opened with the platform's pragmas and dressed as a Kysely database. */
import { closeSync, openSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import type { Database, DatabaseSchema } from './schema.ts';

/** The native connection. Synchronous: whatever runs on it blocks the event loop while it runs. */
export type SqliteHandle = BetterSqlite.Database;

/** Written into the file's header: this file is ours ("XENB"). */
export const applicationId = 0x58454e42;

const busyTimeoutMs = 5000;
const maxCachedStatements = 500;

export interface SqliteConnection {
  readonly handle: SqliteHandle;
  readonly db: Database;
}

/**
 * Kysely prepares a query each time it runs it. This keeps the prepared statements, so that a hot query costs a
 * map look-up.
 */
function withStatementCache(handle: SqliteHandle) {
  const statements = new Map<string, BetterSqlite.Statement>();
  return {
    prepare(sql: string) {
      const cached = statements.get(sql);
      if (cached) return cached;
      const statement = handle.prepare(sql);
      if (statements.size >= maxCachedStatements) statements.delete(statements.keys().next().value as string);
      statements.set(sql, statement);
      return statement;
    },
    close: () => void handle.close(),
  };
}

function toConnection(handle: SqliteHandle): SqliteConnection {
  return {
    handle,
    db: new Kysely<DatabaseSchema>({
      dialect: new SqliteDialect({ database: withStatementCache(handle) }),
    }),
  };
}

/** Opens the connection that writes. WAL; syncs at each checkpoint unless a transaction asks for more. */
export function openWriter(path: string): SqliteConnection {
  // A new file is for its owner alone; what SQLite puts beside it takes its mode over.
  closeSync(openSync(path, 'a', 0o600));
  const handle = new BetterSqlite(path, { timeout: busyTimeoutMs });
  handle.pragma('auto_vacuum = INCREMENTAL');
  handle.pragma('journal_mode = WAL');
  handle.pragma('foreign_keys = ON');
  handle.pragma('synchronous = NORMAL');
  handle.pragma('journal_size_limit = 67108864');
  return toConnection(handle);
}

/** Opens a connection that only reads: it sees the last commit, never a transaction under way. */
export function openReader(path: string): SqliteConnection {
  const handle = new BetterSqlite(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
  return toConnection(handle);
}
