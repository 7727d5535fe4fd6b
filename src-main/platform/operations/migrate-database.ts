/** Taking a database of the earlier platform over without starting the platform. */
import { existsSync } from 'node:fs';
import type { Config } from '../../contract/config.ts';
import type { ImportReport } from '../../contract/domain/import-report.ts';
import { importDatabase, type ImportWatch } from '../features/import/index.ts';
import { StartupError } from '../kernel/app-error.ts';
import { systemClock } from '../kernel/clock.ts';
import { EarlierPlatformDatabase, inspectDatabaseFile, prepareFolder } from '../storage/inspect-file.ts';
import { lockDatabase } from '../storage/instance-lock.ts';
import { migrations } from '../storage/migrations/index.ts';
import { finishReplacement, isReplacementPending } from '../storage/replace-database.ts';
import { databasePathOf } from '../wiring/parts.ts';

export { importSteps } from '../features/import/index.ts';
export { toSummary } from '../features/import/index.ts';

export interface Migration {
  readonly path: string;
  /** Undefined: the database is one of this platform already. */
  readonly report: ImportReport | undefined;
}

/**
 * Takes the database over, or (a trial) says what would become of it and changes nothing.
 *
 * @throws StartupError in one line; the database is then as it was
 */
export async function migrateDatabase(
  config: Pick<Config, 'dataDir' | 'dbPath'>,
  { isTrial, ...watch }: ImportWatch & { readonly isTrial: boolean },
): Promise<Migration> {
  const path = databasePathOf(config);
  const job = { path, nowMs: systemClock.nowMs(), isTrial };
  if (isTrial) return { path, report: isEarlier(path) ? await importDatabase(job, watch) : undefined };
  if (!existsSync(path) && !isReplacementPending(path)) throw noDatabase(path);
  prepareFolder(path);
  const unlock = lockDatabase(path);
  try {
    if (isReplacementPending(path)) finishReplacement(path);
    return { path, report: isEarlier(path) ? await importDatabase(job, watch) : undefined };
  } finally {
    unlock();
  }
}

/** @throws StartupError when there is no database, or one that is of no use */
function isEarlier(path: string): boolean {
  try {
    if (inspectDatabaseFile(path, Object.keys(migrations))) return false;
  } catch (error) {
    if (error instanceof EarlierPlatformDatabase) return true;
    throw error;
  }
  throw noDatabase(path);
}

function noDatabase(path: string): StartupError {
  return new StartupError(`There is no database ${path}; name it with --data-dir or --db-path.`);
}
