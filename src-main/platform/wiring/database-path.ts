import { join } from 'node:path';
import type { Config } from '../../contract/config.ts';

/** The SQLite file of a configuration. */
export function databasePathOf(config: Pick<Config, 'dataDir' | 'dbPath'>): string {
  return config.dbPath ?? join(config.dataDir, 'marketplace.db');
}
