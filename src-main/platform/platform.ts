/** The composition root: the whole platform, without a window and without process-wide effects. */
import { join } from 'node:path';
import type { Config } from '../contract/config.ts';
import { Broker } from './broker/broker.ts';
import {
  BlockRepository,
  Blocks,
  connectBlocks,
  mountBlocks,
  type BlockEvents,
} from './features/blocks/index.ts';
import {
  connectFleet,
  Fleet,
  FleetRepository,
  FleetView,
  mountFleet,
  type FleetEvents,
  type LiveWorker,
} from './features/fleet/index.ts';
import { History, HistoryRepository, mountHistory } from './features/history/index.ts';
import { LeaseRepository, Leases } from './features/leases/index.ts';
import { mountOverview, OverviewRepository } from './features/overview/index.ts';
import { computeReputation } from './features/reputation/index.ts';
import { EventLoopDelay, mountSystem } from './features/system/index.ts';
import { HttpServer } from './http/http-server.ts';
import { systemClock, type Clock } from './kernel/clock.ts';
import { ComponentStack, type Component } from './kernel/component.ts';
import { EventBus } from './kernel/event-bus.ts';
import { createLogger, type LoggerFactory } from './kernel/logger.ts';
import { FeedGateway } from './realtime/feed-gateway.ts';
import { Storage } from './storage/storage.ts';
import { version } from './version.ts';

/** All facts that features announce. */
export interface PlatformEvents extends FleetEvents, BlockEvents {}

/** Where a started platform is reached. */
export interface PlatformAddresses {
  readonly apiHost: string;
  readonly apiPort: number;
  readonly mqttHost: string;
  readonly mqttPort: number;
  readonly databasePath: string;
}

export interface Platform {
  /**
   * Opens the database, then the broker, then the HTTP server.
   *
   * @throws StartupError in one line for the operator; nothing is left half started
   */
  start(): Promise<PlatformAddresses>;
  /** Flushes what is in memory and closes everything that `start` opened. */
  stop(): Promise<void>;
  /** The real addresses, also for port 0. */
  readonly addresses: PlatformAddresses;
}

export interface PlatformOptions {
  /** The machine's clock unless a test brings its own. */
  readonly clock?: Clock;
  /** Silent unless given. */
  readonly loggers?: LoggerFactory;
}

/** Workers that are offline are told of this often. */
const healthEveryMs = 60_000;

const silent: LoggerFactory = createLogger({ level: 'silent', format: 'json', write: () => undefined });

/** The SQLite file of a configuration. */
export function databasePathOf(config: Pick<Config, 'dataDir' | 'dbPath'>): string {
  return config.dbPath ?? join(config.dataDir, 'marketplace.db');
}

/** Wires the platform. Nothing runs before `start`. */
export function createPlatform(config: Config, options: PlatformOptions = {}): Platform {
  const parts = createParts(config, options);
  mountRoutes(parts);
  connectFleet(parts.broker, parts.fleet, parts.loggers.module('fleet'));
  connectBlocks(parts.broker, parts.blocks);
  const stack = new ComponentStack([
    parts.eventLoop,
    parts.storage,
    parts.leases,
    parts.fleet,
    parts.blocks,
    parts.history,
    parts.broker,
    parts.http,
    // Stopped first: feed clients hold connections of the HTTP server.
    parts.feed,
    feedEvents(parts),
  ]);
  return {
    async start() {
      parts.markStarted();
      await stack.start();
      return this.addresses;
    },
    stop: () => stack.stop(),
    get addresses() {
      return {
        apiHost: config.apiHost,
        apiPort: parts.http.port,
        mqttHost: config.mqttHost,
        mqttPort: parts.broker.port,
        databasePath: databasePathOf(config),
      };
    },
  };
}

type Parts = ReturnType<typeof createParts>;

function createParts(config: Config, { clock = systemClock, loggers = silent }: PlatformOptions) {
  const bus = new EventBus<PlatformEvents>(loggers.module('bus'));
  const storage = new Storage({ path: databasePathOf(config), logger: loggers.module('storage') });
  const leases = new Leases(new LeaseRepository(storage));
  const fleet = new Fleet({
    repository: new FleetRepository(storage),
    bus,
    clock,
    logger: loggers.module('fleet'),
    maxWorkers: config.maxWorkers,
    hasActiveLease: (workerId) => leases.hasActiveLease(workerId),
  });
  const view = new FleetView(fleet, clock);
  const blocks = new Blocks({
    repository: new BlockRepository(storage),
    fleet,
    bus,
    clock,
    logger: loggers.module('blocks'),
  });
  const history = new History({
    repository: new HistoryRepository(storage),
    fleet,
    clock,
    logger: loggers.module('monitoring'),
  });
  const feed = new FeedGateway({
    clock,
    logger: loggers.module('realtime'),
    maxClients: config.wsMaxClients,
    maxQueueBytes: config.wsMaxQueueBytes,
    snapshot: () => ({ workers: view.feedWorkers(), recent_blocks: blocks.recent(20) }),
  });
  const broker = createBroker(config, loggers);
  const http = new HttpServer({
    host: config.apiHost,
    port: config.apiPort,
    access: config.access,
    trustProxy: config.trustProxy,
    allowedOrigins: config.allowedOrigin,
    maxBodyBytes: config.httpMaxBodyBytes,
    version,
    logger: loggers.module('http'),
  });
  let startedAtMs = clock.nowMs();
  return {
    bus,
    clock,
    loggers,
    storage,
    leases,
    fleet,
    view,
    blocks,
    history,
    feed,
    broker,
    http,
    eventLoop: new EventLoopDelay(),
    overview: new OverviewRepository(storage),
    markStarted: () => void (startedAtMs = clock.nowMs()),
    uptimeSec: () => (clock.nowMs() - startedAtMs) / 1000,
  };
}

function createBroker(config: Config, loggers: LoggerFactory): Broker {
  return new Broker({
    host: config.mqttHost,
    port: config.mqttPort,
    access: config.access,
    logger: loggers.module('broker'),
    maxConnections: config.mqttMaxConnections,
    maxPacketBytes: config.mqttMaxPacketBytes,
    maxTopicLevels: config.mqttMaxTopicLevels,
    connectTimeoutMs: config.mqttConnectTimeoutSec * 1000,
    maxQueueBytes: config.mqttMaxQueueBytes,
    maxMessagesPerSec: config.mqttMaxMessagesPerSec,
    maxRetained: config.mqttMaxRetained,
  });
}

function mountRoutes(parts: Parts): void {
  const { http, fleet, view, blocks, leases, history, overview, feed, clock } = parts;
  const reputationOf = (worker: LiveWorker) => {
    const tally = leases.tallyOf(worker.workerId);
    return computeReputation({
      workerId: worker.workerId,
      verifiedBlocks: worker.provenBlocks,
      completedLeases: tally.completed,
      totalLeases: tally.ended,
      onlineSec: worker.totalOnlineMs / 1000,
      secSinceRegistration: (clock.nowMs() - worker.registeredAtMs) / 1000,
    });
  };
  const blockCounts = () => ({ total: blocks.totals.total, lastHour: blocks.rates.lastHour });
  mountFleet({ http, fleet, view, reputationOf, blockCounts });
  mountBlocks(http, blocks);
  mountHistory(http, history);
  mountOverview({ http, repository: overview, view, blocks, leases });
  mountSystem({ ...parts, version });
  http.onUpgrade('/ws/dashboard', (request, socket, head) => feed.handleUpgrade(request, socket, head));
}

/** Carries facts from the bus to the feed while the platform runs. */
function feedEvents({ bus, feed, view, clock }: Parts): Component {
  let cancels: (() => void)[] = [];
  return {
    name: 'feed-events',
    start() {
      cancels = [
        bus.on('heartbeat', ({ worker }) =>
          feed.heartbeat({
            worker_id: worker.workerId,
            hashrate: worker.hashrate,
            active_gpus: worker.activeGpus,
          }),
        ),
        bus.on('worker.registered', ({ worker }) => feed.worker(view.feedWorker(worker))),
        bus.on('worker.changed', ({ worker }) => feed.worker(view.feedWorker(worker))),
        bus.on('block.recorded', ({ block }) =>
          feed.block({ worker_id: block.worker_id, hash: block.hash, lease_id: block.lease_id }),
        ),
        clock.every(healthEveryMs, () => feed.health(view.offlineWorkers())),
      ];
    },
    stop() {
      for (const cancel of cancels.splice(0)) cancel();
    },
  };
}
