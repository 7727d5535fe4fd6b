/** Creates what proves afterwards who did what. */
import { join } from 'node:path';
import type { Config } from '../../contract/config.ts';
import { AuditLog, AuditRepository } from '../features/audit/index.ts';
import { ImportReportRepository } from '../features/import/index.ts';
import { Ledger, LedgerListRepository } from '../features/ledger/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import type { Storage } from '../storage/storage.ts';
import { ledgerCheckSchedule } from './schedules.ts';

export interface RecordsSources {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly loggers: LoggerFactory;
}

/** The audit log, and the ledger as a whole. */
export function createRecords(config: Config, { storage, clock, loggers }: RecordsSources) {
  const audit = new AuditLog({
    repository: new AuditRepository(storage),
    clock,
    logger: loggers.module('audit'),
  });
  const ledger = new Ledger({
    openSnapshot: () => storage.openSnapshot(),
    repository: new LedgerListRepository(storage),
    schedule: ledgerCheckSchedule(config),
    lastCheckFile: join(config.dataDir, 'ledger-check.json'),
    clock,
    logger: loggers.module('ledger'),
  });
  return { audit, ledger, importReports: new ImportReportRepository(storage) };
}
