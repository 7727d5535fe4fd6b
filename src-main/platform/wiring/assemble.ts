/** One life of the platform: every part created, connected, and put in the order in which they start. */
import type { Config } from '../../contract/config.ts';
import type { RouteDefinition } from '../../contract/rest/define-route.ts';
import { connectBlocks } from '../features/blocks/index.ts';
import { operatorKeyFile } from '../features/auth/index.ts';
import { connectFleet } from '../features/fleet/index.ts';
import { ComponentStack } from '../kernel/component.ts';
import type { Subscribable } from '../kernel/event-bus.ts';
import type { PlatformEvents } from './events.ts';
import { createParts, databasePathOf, type PlatformOptions } from './parts.ts';
import { feedEvents } from './feed-events.ts';
import { mountRoutes } from './routes.ts';

/** Where a started platform is reached. */
export interface PlatformAddresses {
  readonly apiHost: string;
  readonly apiPort: number;
  readonly mqttHost: string;
  readonly mqttPort: number;
  readonly databasePath: string;
  /** The operator's key when this start made it: to be shown once, to nobody but the operator. */
  readonly generatedAdminKey: string | undefined;
  /** Where the operator finds it later. */
  readonly adminKeyFile: string;
}

/** The fleet in a few numbers. */
export interface PlatformFigures {
  readonly workers: number;
  readonly online: number;
  /** H/s of the online workers. */
  readonly hashrate: number;
  readonly activeLeases: number;
  /** Incidents that nobody has acknowledged. */
  readonly openIncidents: number;
  readonly isSimulating: boolean;
}

/** A platform that starts once and stops once. */
export interface PlatformLife {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** See `Platform.operatorSignIn`. */
  operatorSignIn(): string;
  readonly addresses: PlatformAddresses;
  readonly routes: readonly RouteDefinition[];
  /** What its features announce. */
  readonly events: Subscribable<PlatformEvents>;
  figures(): PlatformFigures;
}

/** Wires one life. Nothing runs before `start`. */
export function assemble(config: Config, options: PlatformOptions): PlatformLife {
  const parts = createParts(config, options);
  mountRoutes(parts);
  connectFleet(parts.broker, parts.fleet, parts.loggers.module('fleet'));
  connectBlocks(parts.broker, parts.blocks);
  const stack = new ComponentStack([
    parts.eventLoop,
    parts.backupPreparation,
    parts.storage,
    parts.audit,
    parts.ledger,
    parts.accounts,
    parts.keys,
    parts.operatorKey,
    parts.auth,
    parts.browserSessions,
    parts.credentials,
    parts.fleet,
    parts.tags,
    parts.savedViews,
    parts.sessions,
    parts.states,
    parts.leases,
    parts.leaseWatch,
    ...(parts.chain ? [parts.chain] : []),
    parts.blocks,
    // Stopped before what waits for its results.
    parts.proofs,
    parts.history,
    parts.wallets,
    parts.earningRecorder,
    parts.control,
    parts.jobRunner,
    parts.restores,
    parts.backups,
    parts.maintenance,
    parts.health.activity,
    parts.broker,
    // Stopped while the workers are still there: their goodbyes are no news.
    parts.alerts,
    parts.http,
    parts.announcement,
    // Stopped while the broker still hears the goodbyes of its workers.
    parts.simulator,
    // Stopped first: feed clients hold connections of the HTTP server.
    parts.feed,
    feedEvents(parts),
  ]);
  return {
    async start() {
      parts.markStarted();
      await stack.start();
    },
    stop: () => stack.stop(),
    operatorSignIn: () => parts.browserSessions.createOneTimeToken(),
    events: parts.bus,
    figures() {
      const { total, online, hashrate } = parts.view.totals();
      const { running: isSimulating } = parts.simulator.view();
      return {
        ...{ workers: total, online, hashrate, isSimulating },
        activeLeases: parts.leases.activeCount,
        openIncidents: parts.incidents.summary().open,
      };
    },
    get routes() {
      return parts.http.routes;
    },
    get addresses() {
      return {
        apiHost: config.apiHost,
        apiPort: parts.http.port,
        mqttHost: config.mqttHost,
        mqttPort: parts.broker.port,
        databasePath: databasePathOf(config),
        generatedAdminKey: parts.operatorKey.generated,
        adminKeyFile: operatorKeyFile(config.dataDir),
      };
    },
  };
}
