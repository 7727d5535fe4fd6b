import { join } from 'node:path';
import { createLogger } from '../../src-main/platform/kernel/logger.ts';
import { Storage, type StorageOptions } from '../../src-main/platform/storage/storage.ts';
import { temporaryFolder } from './test-platform.ts';

export const silentLogger = createLogger({
  level: 'silent',
  format: 'json',
  write: () => undefined,
}).module('storage');

/** A storage on a file, in a new folder unless one is given. */
export function storageAt(path?: string, options: Partial<StorageOptions> = {}): Storage & { path: string } {
  const file = path ?? join(temporaryFolder(), 'marketplace.db');
  return Object.assign(new Storage({ path: file, logger: silentLogger, ...options }), { path: file });
}

/** The path of a database with all tables, closed. */
export async function migratedDatabase(): Promise<string> {
  const storage = storageAt();
  await storage.start();
  await storage.stop();
  return storage.path;
}
