/** Creates what backs the database up and restores it. */
import { join, resolve } from 'node:path';
import type { Config } from '../../contract/config.ts';
import type { AuditLog } from '../features/audit/index.ts';
import { BackupFolder, BackupJobs, Backups, readOutcome, Restores } from '../features/backup/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Component } from '../kernel/component.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import { backupSchedule } from './schedules.ts';
import type { Storage } from '../storage/storage.ts';

export interface BackupSources {
  readonly storage: Storage;
  readonly databasePath: string;
  readonly clock: Clock;
  readonly loggers: LoggerFactory;
  readonly audit: AuditLog;
  readonly restart: (work: () => Promise<() => Promise<void>>) => Promise<void>;
}

/** The folder of the backups. */
export function backupFolderOf({ backupDir, dataDir }: Pick<Config, 'backupDir' | 'dataDir'>): string {
  return resolve(backupDir ?? join(dataDir, 'backups'));
}

/** Backups, their schedule, and restores. */
export function createBackups(config: Config, sources: BackupSources) {
  const { storage, databasePath, clock, loggers, audit, restart } = sources;
  const logger = loggers.module('backup');
  const folder = new BackupFolder(backupFolderOf(config));
  const schedule = backupSchedule(config);
  const jobs = new BackupJobs(folder, clock);
  const backups = new Backups({
    ...{ databasePath, folder, jobs, clock, logger, schedule },
    keep: { daily: config.backupKeepDaily, weekly: config.backupKeepWeekly },
    lastRestore: () => readOutcome(folder),
    copying: (isUnderWay) => storage.holdCheckpoints(isUnderWay),
  });
  const restores = new Restores({
    ...{ databasePath, folder, jobs, backups, clock, logger, restart },
    recordChange: (change) => audit.record(change),
  });
  /** Before the database is opened. */
  const backupPreparation: Component = {
    name: 'backup-preparation',
    async start() {
      schedule.prepare();
      await restores.recover();
    },
    stop: () => undefined,
  };
  return { backups, restores, backupPreparation };
}
