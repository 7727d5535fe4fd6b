import { closeSync, openSync, writeSync } from 'node:fs';
import type { BackupJob, BackupList } from '../../src-main/contract/domain/backup.ts';
import { admin, call, ok } from './accounts.ts';
import type { TestPlatform } from './test-platform.ts';
import { waitFor } from './wait-for.ts';

type Reached = Pick<TestPlatform, 'apiUrl' | 'dataDir'>;

/** What the operator sees of the backups. */
export const backupsOf = (platform: Reached) =>
  ok<BackupList>(platform, 'GET', '/api/admin/backups', { who: admin(platform) });

/** A call on backups by the operator. */
export const askBackups = <Body = BackupJob & { detail: string }>(
  platform: Reached,
  method: string,
  path = '',
) => call<Body>(platform, method, `/api/admin/backups${path}`, { who: admin(platform) });

/** Waits until nothing is under way. */
export const idle = (platform: Reached) =>
  waitFor(async () => {
    const list = await backupsOf(platform);
    return list.running === null && list;
  }, 'the end of what is done with backups');

/** Makes a backup and returns its name. */
export async function madeBackup(platform: Reached): Promise<string> {
  return waitFor(async () => {
    const { status, body } = await askBackups(platform, 'POST');
    if (status !== 202) return false;
    const { items } = await idle(platform);
    return items.some(({ name }) => name === body.name) && body.name;
  }, 'a backup');
}

/** Overwrites a page in the middle of a file. */
export function damage(path: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, 8 * 4096);
  closeSync(file);
}
