/** Makes one backup, whoever asks for it: copied, verified, and only then in the list. */
import { stat, statfs } from 'node:fs/promises';
import type { Backup, BackupTrigger } from '../../../contract/domain/backup.ts';
import { AppError } from '../../kernel/app-error.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import { removeDatabase } from '../../storage/copy-database.ts';
import { version } from '../../version.ts';
import type { BackupFolder, BackupRecord } from './backup-folder.ts';
import type { BackupContent } from './backup-tasks.ts';
import { selectExpired, type KeepRules } from './keep-backups.ts';
import { runBackupTask, type ThreadWatch } from './backup-thread.ts';

export interface NewBackup extends ThreadWatch {
  readonly databasePath: string;
  readonly folder: BackupFolder;
  readonly name: string;
  readonly trigger: Exclude<BackupTrigger, 'unknown'>;
  /** Whether to empty the database's log afterwards; only in the process that writes it. */
  readonly emptiesLog: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: () => number;
}

/** Left free on the disk, so that the platform itself goes on. */
const spareBytes = 64 * 1024 * 1024;

const mebibyte = 1024 * 1024;

/** `1234 MiB`. */
export function showMebibytes(bytes: number): string {
  return `${Math.ceil(bytes / mebibyte)} MiB`;
}

/** The bytes of a file and of its log. */
export async function sizeOfDatabase(path: string): Promise<number> {
  const sizes = await Promise.all(
    [path, `${path}-wal`].map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Bytes that may still be written below a folder; 0 when it is not there. */
export async function freeBytesOf(folder: string): Promise<number> {
  const figures = await statfs(folder).catch(() => undefined);
  return figures ? figures.bavail * figures.bsize : 0;
}

/** @throws AppError `insufficient_storage` when a copy of this size would not leave enough below the folder */
export async function requireSpace(folder: string, neededBytes: number): Promise<void> {
  const freeBytes = await freeBytesOf(folder);
  if (freeBytes >= neededBytes + spareBytes) return;
  throw new AppError(
    'insufficient_storage',
    `The copy needs ${showMebibytes(neededBytes)}, and ${showMebibytes(spareBytes)} have to stay free, but in ` +
      `${folder} only ${showMebibytes(freeBytes)} are free. Free some, or choose another place.`,
  );
}

/** What is written down of a file that was verified. */
export function toRecord(
  content: BackupContent,
  made: Pick<BackupRecord, 'created_at' | 'trigger' | 'program_version' | 'duration_sec'>,
  verifiedAtMs: number,
): BackupRecord {
  const { created_at, trigger, program_version, duration_sec } = made;
  return {
    ...{ created_at, trigger, program_version, duration_sec },
    sha256: content.sha256,
    schema_version: content.schemaVersion,
    rows: { ...content.rows },
    verification: {
      ok: content.problems.length === 0,
      at: toUnixSeconds(verifiedAtMs),
      problems: [...content.problems],
      ledger: content.ledger,
    },
  };
}

/**
 * Copies and verifies; the folder is locked by the caller. A backup that turns out to be wrong is kept, and says so.
 *
 * @throws Error when it could not be made, or was stopped; nothing is left of it then
 */
export async function makeBackup(backup: NewBackup): Promise<Backup> {
  const { databasePath, folder, name, trigger, nowMs } = backup;
  const startedMs = nowMs();
  const partial = folder.partialOf(name);
  try {
    const content = await runBackupTask(
      { kind: 'copy', source: databasePath, target: partial, emptiesLog: backup.emptiesLog },
      backup,
    );
    const made = {
      created_at: toUnixSeconds(startedMs),
      trigger,
      program_version: version,
      duration_sec: (nowMs() - startedMs) / 1000,
    };
    const record = toRecord(content, made, nowMs());
    await folder.admit(name, record);
    return { ...record, name, size_bytes: content.sizeBytes };
  } catch (error) {
    removeDatabase(partial);
    throw error;
  }
}

/**
 * Deletes backups of the schedule that are no longer kept; only after a good backup, so that a platform that can't
 * make any more keeps those that it has.
 *
 * @returns their names
 */
export async function pruneBackups(folder: BackupFolder, keep: KeepRules): Promise<string[]> {
  const expired = selectExpired(await folder.list(), keep).map(({ name }) => name);
  for (const name of expired) await folder.remove(name);
  return expired;
}
