/** The composition root: the whole platform, without a window and without process-wide effects. */
import type { Config } from '../contract/config.ts';
import type { RouteDefinition } from '../contract/rest/define-route.ts';
import { connectBlocks } from './features/blocks/index.ts';
import { operatorKeyFile } from './features/auth/index.ts';
import { connectFleet } from './features/fleet/index.ts';
import { ComponentStack } from './kernel/component.ts';
import { createParts, databasePathOf, type PlatformOptions } from './wiring/parts.ts';
import { feedEvents } from './wiring/feed-events.ts';
import { mountRoutes } from './wiring/routes.ts';

export { databasePathOf, type PlatformOptions };
export type { PlatformEvents } from './wiring/events.ts';

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
  /** Every REST call that it answers. */
  readonly routes: readonly RouteDefinition[];
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
    parts.audit,
    parts.accounts,
    parts.keys,
    parts.operatorKey,
    parts.auth,
    parts.credentials,
    parts.fleet,
    parts.sessions,
    parts.leases,
    parts.leaseWatch,
    ...(parts.chain ? [parts.chain] : []),
    parts.blocks,
    // Stopped before what waits for its results.
    parts.proofs,
    parts.history,
    parts.wallets,
    parts.control,
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
