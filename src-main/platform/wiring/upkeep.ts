/** Creates what keeps the data: backups, restores, and the upkeep of the database. */
import type { Config } from '../../contract/config.ts';
import { createBackups, type BackupSources } from './backups.ts';
import { createMaintenance, type MaintenanceSources } from './maintenance.ts';
import { databasePathOf } from './database-path.ts';

export type UpkeepSources = Omit<BackupSources & MaintenanceSources, 'databasePath' | 'backups'>;

export function createUpkeep(config: Config, sources: UpkeepSources) {
  const databasePath = databasePathOf(config);
  const keeping = createBackups(config, { ...sources, databasePath });
  return { ...keeping, ...createMaintenance({ ...sources, ...keeping, databasePath }) };
}
