/** Creates every part of the platform; nothing runs yet. */
import type { Config } from '../../contract/config.ts';
import { systemClock, type Clock } from '../kernel/clock.ts';
import type { ConfigStore } from '../config/config-store.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { ProbeLogin } from '../features/diagnostics/index.ts';
import { EventBus } from '../kernel/event-bus.ts';
import { createLogger, type LoggerFactory } from '../kernel/logger.ts';
import { createAlerts, type AlertSurroundings } from './alerts.ts';
import type { PlatformEvents } from './events.ts';
import { createChain } from './chain.ts';
import { databasePathOf } from './database-path.ts';
import { createFleet } from './fleet.ts';
import { createIdentity } from './identity.ts';
import { createStorage } from './import.ts';
import { createLeasing } from './leasing.ts';
import { createFigures, createMarket } from './market.ts';
import { createBlocks, createProofs } from './proof.ts';
import { createOperation } from './operation.ts';
import { createOnboarding } from './onboarding.ts';
import { createRecords } from './records.ts';
import { createOrdering } from './templates.ts';
import { createSimulator } from './simulator.ts';
import { createTags } from './tags.ts';
import { createBroker, createFeed, createHttp } from './servers.ts';

/** Work that needs everything closed; it may return what takes it back. */
export type StoppedWork = () => Promise<(() => Promise<void>) | void>;

export interface PlatformOptions extends AlertSurroundings {
  /** The machine's clock unless a test brings its own. */
  readonly clock?: Clock;
  /** Silent unless given. */
  readonly loggers?: LoggerFactory;
  /** Aborted: a start under way ends soon, with nothing half done. */
  readonly signal?: AbortSignal;
  /** The folder of the built dashboard; where the build puts it unless given. */
  readonly dashboardFolder?: string;
  /** Stops the platform, runs the work, and starts it again; settles when it runs again. */
  readonly restart: (work?: StoppedWork) => Promise<void>;
  /** Where the settings come from; without it they are shown, and can't be changed. */
  readonly settings?: ConfigStore;
  /** Starts the platform again with other settings; with those before, when it does not start with them. */
  readonly reconfigure: (next: LoadedConfig) => Promise<void>;
}

export { databasePathOf };

export const silentLoggers: LoggerFactory = createLogger({
  level: 'silent',
  format: 'json',
  write: () => undefined,
});

export type Parts = ReturnType<typeof createParts>;

export function createParts(config: Config, options: PlatformOptions) {
  const { clock = systemClock, loggers = silentLoggers, signal, dashboardFolder } = options;
  const bus = new EventBus<PlatformEvents>(loggers.module('bus'));
  const storage = createStorage(databasePathOf(config), { clock, loggers, signal });
  const core = { storage, bus, clock, loggers };
  const { fleet, view, history } = createFleet(config, {
    ...core,
    isTaken: (workerId) => leasing.leases.isTaken(workerId),
    watcher: {
      registered: (worker) => leasing.leaseWatch.registered(worker),
      heartbeat: (worker) => leasing.leaseWatch.heartbeat(worker),
      reported: (worker, message) => leasing.leaseWatch.reported(worker, message),
    },
  });
  const proof = createProofs(config, { clock, chainDifficulty: () => chain?.difficultyKib });
  const blocks = createBlocks(config, {
    ...core,
    fleet,
    proofs: proof.proofs,
    minedFor: (leaseId) => leasing.leaseWatch.blockCounted(leaseId),
    minedForNobody: (workerId, leaseId) => leasing.leaseWatch.minedForNobody(workerId, leaseId),
  });
  const chain = createChain(config, { ...core, ...proof, blocks });
  const feedStart = () => ({ workers: view.feedWorkers(), recent_blocks: blocks.recent(20) });
  const feed = createFeed(config, core, feedStart);
  const probeLogin = new ProbeLogin();
  const broker = createBroker(config, core, () => identity.logins, probeLogin);
  const leasing = createLeasing({
    ...core,
    broker,
    workers: () => fleet.all(),
    workerOf: (workerId) => fleet.get(workerId),
    isListed: (worker) => trade.market.isAvailable(worker),
    candidates: (durationSec) => trade.market.candidates(durationSec),
    blocksOf: (leaseId) => blocks.ofLease(leaseId),
  });
  const trade = createMarket(config, { fleet, view, leases: leasing.leases, clock });
  const labels = createTags({ ...core, ...leasing, fleet, view, payouts: () => figures.payouts });
  const { tagsOf } = labels.tags;
  const ordering = createOrdering({ ...core, ...leasing, fleet, view, broker, tagsOf });
  const { control } = ordering;
  const identity = createIdentity(config, {
    ...core,
    broker,
    ownerOf: (workerId) => fleet.get(workerId)?.accountId,
    partiesOf: (leaseId) => leasing.leaseRepository.parties(leaseId),
    commandOwnerOf: (commandId) => control.ownerOf(commandId),
    isWorker: (workerId) => fleet.get(workerId) !== undefined,
    ownWorkers: () => simulator,
  });
  const records = createRecords(config, { storage, clock, loggers });
  const http = createHttp(config, loggers, identity, records, dashboardFolder);
  const simulator = createSimulator(config, { ...core, ...proof, broker, http, fleet });
  const figures = createFigures(config, { ...core, fleet, view, blocks, ...leasing, ...identity, tagsOf });
  const servers = { broker, http, feed };
  const operation = createOperation(config, options, {
    ...{ ...core, ...servers, ...records, ...proof, ...figures },
    ...{ fleet, view, history, ...ordering, blocks, simulator, probeLogin },
  });
  return {
    ...core,
    ...servers,
    ...identity,
    ...records,
    ...proof,
    ...leasing,
    ...trade,
    ...labels,
    access: config.access,
    ...{ fleet, view, blocks, history, chain, ...ordering, simulator },
    ...figures,
    ...createOnboarding(config, { ...servers, loggers }),
    ...operation,
    ...createAlerts(config, options, {
      ...{ ...core, ...records, ...operation, ...leasing, fleet, view, control, broker },
      tagsOf,
    }),
  };
}
