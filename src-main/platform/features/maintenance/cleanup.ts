/** A forced cleanup, whoever runs it: retention now, free pages back to the disk, the log emptied. */
import type { CleanupReport } from '../../../contract/domain/storage.ts';
import type { Storage } from '../../storage/storage.ts';
import { runMaintenanceTask } from './maintenance-tasks.ts';

/** What deletes the old rows of a table. */
export interface Forgetting {
  readonly table: string;
  /** Returns how many rows there were. */
  readonly forget: () => Promise<number>;
}

export interface Cleanup {
  readonly storage: Pick<Storage, 'sizes' | 'releasePages'>;
  readonly databasePath: string;
  readonly forgettings: readonly Forgetting[];
  /** Aborted: it ends soon; what was done is done. */
  readonly signal?: AbortSignal;
  /** @param share 0 to 1 */
  readonly onProgress?: (phase: 'deleting' | 'vacuuming', share: number) => void;
}

/** Pages in one transaction, so that none holds the event loop for long. */
export const pagesPerSlice = 32;

/** @throws the signal's reason when it was stopped */
export async function cleanUp({
  storage,
  databasePath,
  forgettings,
  signal,
  onProgress,
}: Cleanup): Promise<CleanupReport> {
  const begin = performance.now();
  const before = storage.sizes();
  const deleted: Record<string, number> = {};
  for (const [index, { table, forget }] of forgettings.entries()) {
    signal?.throwIfAborted();
    onProgress?.('deleting', index / forgettings.length);
    deleted[table] = await forget();
  }
  onProgress?.('deleting', 1);
  await vacuum(storage, signal, (share) => onProgress?.('vacuuming', share));
  await runMaintenanceTask({ kind: 'empty-log', path: databasePath, truncates: true });
  await runMaintenanceTask({ kind: 'optimize', path: databasePath });
  const after = storage.sizes();
  return {
    deleted,
    database_bytes_before: before.databaseBytes,
    database_bytes: after.databaseBytes,
    wal_bytes: after.walBytes,
    freed_bytes: Math.max(0, before.databaseBytes + before.walBytes - after.databaseBytes - after.walBytes),
    duration_sec: Math.round(performance.now() - begin) / 1000,
  };
}

async function vacuum(
  storage: Cleanup['storage'],
  signal: AbortSignal | undefined,
  onProgress: (share: number) => void,
): Promise<void> {
  const total = storage.sizes().freePages;
  for (let left = total; left > 0;) {
    signal?.throwIfAborted();
    onProgress(1 - left / total);
    await storage.releasePages(pagesPerSlice);
    const now = storage.sizes().freePages;
    // Others free and use pages meanwhile: it ends when nothing gets less any more.
    if (now >= left) break;
    left = now;
  }
  onProgress(1);
}
