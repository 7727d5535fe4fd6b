/** Creates what knows the earnings of workers. */
import { EarningRecorder, EarningRepository, Earnings, Payouts } from '../features/earnings/index.ts';
import type { Fleet } from '../features/fleet/index.ts';
import type { Leases } from '../features/leases/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import type { Storage } from '../storage/storage.ts';

export interface EarningSources {
  readonly storage: Storage;
  readonly fleet: Fleet;
  readonly leases: Pick<Leases, 'hasActiveLease'>;
  readonly tagsOf: (workerId: string) => readonly string[];
  readonly clock: Clock;
  readonly loggers: LoggerFactory;
}

export function createEarnings({ storage, fleet, leases, tagsOf, clock, loggers }: EarningSources) {
  const repository = new EarningRepository(storage);
  const workers = () => fleet.all();
  const earningRecorder = new EarningRecorder({
    repository,
    workers,
    accountOf: (workerId) => fleet.get(workerId)?.accountId,
    isLeased: (workerId) => leases.hasActiveLease(workerId),
    clock,
    logger: loggers.module('monitoring'),
  });
  const earnings = new Earnings({
    repository,
    workers,
    workerOf: (workerId) => fleet.get(workerId),
    tagsOf,
    clock,
  });
  return { earnings, earningRecorder, payouts: new Payouts(repository, clock) };
}
