/** Cleaning a database up without a running platform. */
import { existsSync } from 'node:fs';
import type { Config } from '../../contract/config.ts';
import type { CleanupReport } from '../../contract/domain/storage.ts';
import { cleanUp } from '../features/maintenance/index.ts';
import { StartupError } from '../kernel/app-error.ts';
import { systemClock } from '../kernel/clock.ts';
import { createLogger } from '../kernel/logger.ts';
import { DatabaseInUse, Storage } from '../storage/storage.ts';
import { databasePathOf } from '../wiring/database-path.ts';
import { offlineForgettings } from '../wiring/maintenance.ts';

const silent = createLogger({ level: 'silent', format: 'json', write: () => undefined });

export interface CleanUpWatch {
  /** Aborted: it ends soon; what was done is done. */
  readonly signal: AbortSignal;
  /** @param share of the phase, 0 to 1 */
  readonly onProgress: (phase: 'deleting' | 'vacuuming', share: number) => void;
}

/**
 * Deletes what is older than it is kept, and gives free pages back to the disk.
 *
 * @throws StartupError when a platform holds the database, or there is none
 */
export async function cleanUpFile(
  config: Pick<Config, 'dataDir' | 'dbPath'>,
  watch: CleanUpWatch,
): Promise<CleanupReport> {
  const databasePath = databasePathOf(config);
  if (!existsSync(databasePath))
    throw new StartupError(`There is no database ${databasePath}; name it with --data-dir or --db-path.`);
  const storage = new Storage({ path: databasePath, logger: silent.module('storage') });
  try {
    await storage.start();
    const forgettings = offlineForgettings(storage, systemClock.nowMs());
    return await cleanUp({ storage, databasePath, forgettings, ...watch });
  } catch (error) {
    if (!(error instanceof DatabaseInUse)) throw error;
    throw new StartupError(
      `A running platform holds the database ${databasePath}: clean up with POST /api/admin/storage/cleanup there, ` +
        'or stop it first.',
    );
  } finally {
    await storage.stop();
  }
}
