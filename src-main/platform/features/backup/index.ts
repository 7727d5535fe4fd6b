export { BackupFolder } from './backup-folder.ts';
export { BackupJobs } from './backup-jobs.ts';
export { mountBackups } from './backup.routes.ts';
export { Backups, type BackupFigures } from './backup.service.ts';
export { makeBackup, pruneBackups, requireSpace, sizeOfDatabase } from './make-backup.ts';
export { readJournal, removeJournal, settleRestore } from './restore-journal.ts';
export {
  admitBefore,
  exchangeDatabase,
  prepareRestore,
  readOutcome,
  realDatabasePath,
  Restores,
} from './restore.service.ts';
export { verifyBackup } from './verify-backup.ts';
