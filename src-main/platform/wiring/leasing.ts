/** Creates what knows when workers were away and who rents them. */
import type { Block } from '../../contract/domain/block.ts';
import type { Broker } from '../broker/broker.ts';
import type { LiveWorker } from '../features/fleet/index.ts';
import {
  LeaseArchive,
  LeaseListRepository,
  LeaseRepository,
  Leases,
  LeaseWatch,
  SendTask,
  type LeaseEvents,
} from '../features/leases/index.ts';
import { SessionLog, SessionRepository } from '../features/sessions/index.ts';
import { StateLog, StateRepository } from '../features/worker-states/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Announcer } from '../kernel/event-bus.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import type { Storage } from '../storage/storage.ts';

export interface LeasingSources {
  readonly storage: Storage;
  readonly bus: Announcer<LeaseEvents>;
  readonly clock: Clock;
  readonly loggers: LoggerFactory;
  readonly broker: Broker;
  readonly workers: () => Iterable<LiveWorker>;
  readonly workerOf: (workerId: string) => LiveWorker | undefined;
  readonly isListed: (worker: LiveWorker) => boolean;
  readonly candidates: (durationSec: number) => readonly LiveWorker[];
  readonly blocksOf: (leaseId: string) => Promise<Block[]>;
}

/** Session log, states of workers, leases, their watch and their archive. */
export function createLeasing(sources: LeasingSources) {
  const { storage, bus, clock, loggers, broker, workers, workerOf, isListed, candidates, blocksOf } = sources;
  const logger = loggers.module('leases');
  const sessions = new SessionLog({ repository: new SessionRepository(storage), clock, logger, workers });
  const states = new StateLog({
    ...{ repository: new StateRepository(storage), clock, workers },
    attentiveSinceMs: () => sessions.attentiveSinceMs,
    logger: loggers.module('fleet'),
  });
  const repository = new LeaseRepository(storage);
  const lists = new LeaseListRepository(storage);
  const sendTask = new SendTask({
    publish: (workerId, message) => broker.publish(workerId, 'task', message),
    logger,
  });
  const leases = new Leases({ repository, bus, clock, logger, sendTask, workerOf, isListed, candidates });
  const leaseWatch = new LeaseWatch({ leases, sessions, clock, sendTask });
  const leaseArchive = new LeaseArchive({ leases, repository, lists, clock, blocksOf });
  return {
    sessions,
    states,
    leases,
    leaseWatch,
    leaseArchive,
    leaseLists: lists,
    leaseRepository: repository,
  };
}
