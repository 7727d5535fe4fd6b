/** Creates every part of the platform; nothing runs yet. */
import { join } from 'node:path';
import type { Config } from '../../contract/config.ts';
import { Broker } from '../broker/broker.ts';
import type { Logins } from '../broker/logins.ts';
import { OverviewRepository } from '../features/overview/index.ts';
import { EventLoopDelay } from '../features/system/index.ts';
import { HttpServer } from '../http/http-server.ts';
import { systemClock, type Clock } from '../kernel/clock.ts';
import { EventBus } from '../kernel/event-bus.ts';
import { createLogger, type LoggerFactory } from '../kernel/logger.ts';
import { FeedGateway } from '../realtime/feed-gateway.ts';
import { Storage } from '../storage/storage.ts';
import { version } from '../version.ts';
import type { PlatformEvents } from './events.ts';
import { createChain } from './chain.ts';
import { createControl } from './control.ts';
import { createFleet } from './fleet.ts';
import { createIdentity } from './identity.ts';
import { createLeasing } from './leasing.ts';
import { createFigures, createMarket } from './market.ts';
import { createBlocks, createProofs } from './proof.ts';
import { createRecords } from './records.ts';

export interface PlatformOptions {
  /** The machine's clock unless a test brings its own. */
  readonly clock?: Clock;
  /** Silent unless given. */
  readonly loggers?: LoggerFactory;
}

/** The SQLite file of a configuration. */
export function databasePathOf(config: Pick<Config, 'dataDir' | 'dbPath'>): string {
  return config.dbPath ?? join(config.dataDir, 'marketplace.db');
}

const silent: LoggerFactory = createLogger({ level: 'silent', format: 'json', write: () => undefined });

export type Parts = ReturnType<typeof createParts>;

export function createParts(config: Config, { clock = systemClock, loggers = silent }: PlatformOptions) {
  const bus = new EventBus<PlatformEvents>(loggers.module('bus'));
  const storage = new Storage({ path: databasePathOf(config), logger: loggers.module('storage') });
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
  });
  const chain = createChain(config, { ...core, ...proof, blocks });
  const feed = new FeedGateway({
    clock,
    logger: loggers.module('realtime'),
    maxClients: config.wsMaxClients,
    maxQueueBytes: config.wsMaxQueueBytes,
    snapshot: () => ({ workers: view.feedWorkers(), recent_blocks: blocks.recent(20) }),
  });
  const broker = createBroker(config, loggers, () => identity.logins);
  const leasing = createLeasing({
    ...core,
    broker,
    workers: () => fleet.all(),
    workerOf: (workerId) => fleet.get(workerId),
    isListed: (worker) => trade.market.isAvailable(worker),
    candidates: (durationSec) => trade.market.candidates(durationSec),
    blocksOf: (leaseId) => blocks.ofLease(leaseId),
  });
  const trade = createMarket(config, { fleet, leases: leasing.leases, clock });
  const control = createControl({ ...core, fleet, view, broker, leases: leasing.leases });
  const identity = createIdentity(config, {
    ...core,
    broker,
    ownerOf: (workerId) => fleet.get(workerId)?.accountId,
    partiesOf: (leaseId) => leasing.leaseRepository.parties(leaseId),
    commandOwnerOf: (commandId) => control.ownerOf(commandId),
    isWorker: (workerId) => fleet.get(workerId) !== undefined,
  });
  const records = createRecords({ storage, clock, loggers });
  const http = createHttp(config, loggers, identity, records);
  let startedAtMs = clock.nowMs();
  return {
    ...identity,
    ...records,
    ...proof,
    ...leasing,
    ...trade,
    access: config.access,
    bus,
    clock,
    loggers,
    storage,
    fleet,
    view,
    blocks,
    history,
    feed,
    broker,
    chain,
    control,
    http,
    ...createFigures({ storage, fleet, clock, loggers, ...leasing, ...identity }),
    eventLoop: new EventLoopDelay(),
    overview: new OverviewRepository(storage),
    markStarted: () => void (startedAtMs = clock.nowMs()),
    uptimeSec: () => (clock.nowMs() - startedAtMs) / 1000,
  };
}

function createHttp(
  config: Config,
  loggers: LoggerFactory,
  { auth, ownership }: Pick<ReturnType<typeof createIdentity>, 'auth' | 'ownership'>,
  { audit }: ReturnType<typeof createRecords>,
): HttpServer {
  return new HttpServer({
    host: config.apiHost,
    port: config.apiPort,
    access: config.access,
    trustProxy: config.trustProxy,
    allowedOrigins: config.allowedOrigin,
    maxBodyBytes: config.httpMaxBodyBytes,
    maxSignInsPerMin: config.signInMaxPerMin,
    version,
    logger: loggers.module('http'),
    recordChange: (change) => audit.record(change),
    identities: {
      identify: (credentials) => auth.identify(credentials),
      ownersOf: (kind, id) => ownership.ownersOf(kind, id),
    },
  });
}

function createBroker(config: Config, loggers: LoggerFactory, logins: () => Logins): Broker {
  return new Broker({
    host: config.mqttHost,
    port: config.mqttPort,
    access: config.access,
    logger: loggers.module('broker'),
    logins: {
      identify: (login) => logins().identify(login),
      isGuarded: (workerId) => logins().isGuarded(workerId),
    },
    maxConnections: config.mqttMaxConnections,
    maxPacketBytes: config.mqttMaxPacketBytes,
    maxTopicLevels: config.mqttMaxTopicLevels,
    connectTimeoutMs: config.mqttConnectTimeoutSec * 1000,
    maxQueueBytes: config.mqttMaxQueueBytes,
    maxMessagesPerSec: config.mqttMaxMessagesPerSec,
    maxRetained: config.mqttMaxRetained,
  });
}
