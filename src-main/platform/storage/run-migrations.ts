/** Bringing the tables of a database up to this version. */
import { Migrator, type Migration } from 'kysely/migration';
import { messageOf } from '../kernel/app-error.ts';
import { migrations as allMigrations } from './migrations/index.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

/**
 * All migrations or none: SQLite can take back changes of tables too. Foreign keys are checked at the end, so that a
 * migration may rebuild a table without losing the rows that refer to it.
 *
 * @param provided migrations by name; all of this version unless given
 * @returns the names of those that were run
 * @throws Error when one fails; nothing was changed then
 */
export async function runMigrations(
  { handle, db }: SqliteConnection,
  provided: Readonly<Record<string, Migration>> = allMigrations,
): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...provided }) },
    migrationTableName: 'schema_version',
    migrationLockTableName: 'schema_version_lock',
  });
  handle.pragma('foreign_keys = OFF');
  handle.exec('BEGIN IMMEDIATE');
  try {
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error) throw error instanceof Error ? error : new Error(messageOf(error));
    const orphans = results.length > 0 ? (handle.pragma('foreign_key_check') as unknown[]).length : 0;
    if (orphans > 0) throw new Error(`the upgrade would leave ${orphans} rows without what they refer to`);
    handle.exec('COMMIT');
    return results.map(({ migrationName }) => migrationName);
  } finally {
    if (handle.inTransaction) handle.exec('ROLLBACK');
    handle.pragma('foreign_keys = ON');
  }
}
