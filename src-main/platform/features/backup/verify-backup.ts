/** Verifies a backup of the folder again, and writes down what was found. */
import type { Backup } from '../../../contract/domain/backup.ts';
import type { BackupFolder } from './backup-folder.ts';
import { runBackupTask, type ThreadWatch } from './backup-thread.ts';
import { toRecord } from './make-backup.ts';

/**
 * The folder is locked by the caller.
 *
 * @throws Error when it could not be verified, or was stopped
 */
export async function verifyBackup(
  folder: BackupFolder,
  backup: Backup,
  watch: ThreadWatch & { nowMs(): number },
): Promise<Backup> {
  const { name, sha256, rows, trigger } = backup;
  const path = folder.fileOf(name);
  const isKnown = sha256 !== '';
  // A database that a restore took out of use has to be made whole by itself first.
  const isRaw = trigger === 'before_restore' && !isKnown;
  const expected = isKnown ? { sha256, rows } : {};
  const content = await runBackupTask(
    isRaw ? { kind: 'seal', path } : { kind: 'verify', path, expected },
    watch,
  );
  const verified = toRecord(content, backup, watch.nowMs());
  // What it was when it was made stays written down: a changed file is wrong for ever.
  const record = isKnown ? { ...verified, sha256, rows } : verified;
  await folder.saveRecord(name, record);
  return { ...record, name, size_bytes: content.sizeBytes };
}
