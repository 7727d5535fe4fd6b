/**
 * Puts a prepared database in the place of the present one, which becomes a backup. At each moment the path of the
 * database holds one of them, whole: what a kill or a power cut interrupts is brought to an end by `settleRestore`.
 */
import { constants, existsSync } from 'node:fs';
import { copyFile, chmod, link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../../kernel/whole-file.ts';
import { sealDatabase } from '../../storage/copy-database.ts';
import { lockDatabase } from '../../storage/instance-lock.ts';
import type { BackupFolder } from './backup-folder.ts';
import { preparedFileOf, removeJournal, writeJournal, type RestoreJournal } from './restore-journal.ts';

export interface Swap {
  readonly databasePath: string;
  readonly folder: BackupFolder;
  /** Without its state; `before` names the backup to make, whether or not there is a database yet. */
  readonly journal: Omit<RestoreJournal, 'state' | 'detail'>;
  /** Takes over what has to outlive the exchange; returns what it was, in words. */
  readonly carryOver: () => Promise<string>;
}

/**
 * Exchanges the files while nothing has them open; the caller holds the lock of the database.
 *
 * @returns what takes it back
 * @throws when it could not be done; everything is then as it was
 */
export async function swapDatabase({
  databasePath,
  folder,
  journal,
  carryOver,
}: Swap): Promise<() => Promise<void>> {
  const prepared = preparedFileOf(databasePath);
  const isThere = existsSync(databasePath);
  const isWhole = isThere && takeInLog(databasePath);
  const before = isThere ? journal.before : '';
  const detail = isWhole ? await carryOver() : '';
  for (const suffix of ['.lock', '.lock-journal']) await rm(`${prepared}${suffix}`, { force: true });
  const entry: RestoreJournal = { ...journal, before, detail, state: 'swapping' };
  await writeJournal(databasePath, entry);
  try {
    if (isThere) await keepBefore(databasePath, folder, before);
    for (const suffix of ['-wal', '-shm', '-journal']) await rm(`${databasePath}${suffix}`, { force: true });
    await syncFolder(dirname(databasePath));
    await rename(prepared, databasePath);
  } catch (error) {
    if (isThere) await rm(folder.partialOf(before), { force: true });
    await removeJournal(databasePath);
    throw error;
  }
  // It is done. What is left over of it, the next start does as well.
  await finish(databasePath, folder, entry).catch(() => undefined);
  return () => takeBack(databasePath, folder, entry);
}

async function finish(databasePath: string, folder: BackupFolder, entry: RestoreJournal): Promise<void> {
  await syncFolder(dirname(databasePath));
  if (entry.before !== '') await rename(folder.partialOf(entry.before), folder.fileOf(entry.before));
  await syncFolder(folder.path);
  await writeJournal(databasePath, { ...entry, state: 'swapped' });
}

/**
 * Whether the database could be opened; a damaged one is kept as it is.
 *
 * @throws Error while another process has it open: what is in its log could not be told from what is in the file
 */
function takeInLog(databasePath: string): boolean {
  try {
    sealDatabase(databasePath);
    return true;
  } catch (error) {
    const isInUse = (error as { code?: string }).code?.startsWith('SQLITE_BUSY') === true;
    if (isInUse)
      throw new Error(`Another process reads ${databasePath}; wait for its end. Nothing was changed.`, {
        cause: error,
      });
    return false;
  }
}

/** The present database under a second name: at once where the file system has links, else as a copy. */
async function keepBefore(databasePath: string, folder: BackupFolder, before: string): Promise<void> {
  const partial = folder.partialOf(before);
  await rm(partial, { force: true });
  try {
    await link(databasePath, partial);
  } catch {
    await copyFile(databasePath, partial, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  }
  await chmod(partial, 0o600);
  const file = await open(partial, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  // What a damaged database could not take in itself belongs to it.
  const log = `${databasePath}-wal`;
  if (existsSync(log)) await copyFile(log, `${folder.fileOf(before)}-wal`);
  await syncFolder(folder.path);
}

async function takeBack(databasePath: string, folder: BackupFolder, entry: RestoreJournal): Promise<void> {
  const release = lockDatabase(databasePath);
  try {
    for (const suffix of ['-wal', '-shm', '-journal']) await rm(`${databasePath}${suffix}`, { force: true });
    if (entry.before === '') await rm(databasePath, { force: true });
    else await bringBack(databasePath, folder, entry.before);
    await syncFolder(dirname(databasePath));
    await writeJournal(databasePath, {
      ...entry,
      state: 'undone',
      detail: 'the platform did not start with it; the one before is back',
    });
  } finally {
    release();
  }
}

async function bringBack(databasePath: string, folder: BackupFolder, before: string): Promise<void> {
  const kept = folder.fileOf(before);
  await rename(existsSync(kept) ? kept : folder.partialOf(before), databasePath);
  if (existsSync(`${kept}-wal`)) await rename(`${kept}-wal`, `${databasePath}-wal`);
}
