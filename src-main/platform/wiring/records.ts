/** Creates what proves afterwards who did what. */
import { AuditLog, AuditRepository } from '../features/audit/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import type { Storage } from '../storage/storage.ts';

export interface RecordsSources {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly loggers: LoggerFactory;
}

/** The audit log. */
export function createRecords({ storage, clock, loggers }: RecordsSources) {
  const audit = new AuditLog({
    repository: new AuditRepository(storage),
    clock,
    logger: loggers.module('audit'),
  });
  return { audit };
}
