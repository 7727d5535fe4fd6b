/** The composition root: the whole platform, without a window and without process-wide effects. */
import type { Config } from '../contract/config.ts';
import type { RouteDefinition } from '../contract/rest/define-route.ts';
import type { LoadedConfig } from './config/load-config.ts';
import { messageOf } from './kernel/app-error.ts';
import type { LoggerFactory } from './kernel/logger.ts';
import type { Subscribable } from './kernel/event-bus.ts';
import {
  assemble,
  type PlatformAddresses,
  type PlatformFigures,
  type PlatformLife,
} from './wiring/assemble.ts';
import type { PlatformEvents } from './wiring/events.ts';
import { databasePathOf, silentLoggers, type PlatformOptions, type StoppedWork } from './wiring/parts.ts';

export { databasePathOf };
export type { PlatformAddresses, PlatformEvents, PlatformFigures, StoppedWork };

/** What whoever runs the platform brings, all of it optional. */
export interface PlatformSurroundings extends Omit<PlatformOptions, 'restart' | 'reconfigure'> {
  /** A restart failed and nothing runs any more. */
  readonly onLost?: (error: unknown) => void;
  /** It runs, or runs again after a restart, perhaps elsewhere. */
  readonly onRunning?: (addresses: PlatformAddresses) => void;
  /** Hears what is announced: called for each life, before it starts. */
  readonly listen?: (events: Subscribable<PlatformEvents>) => void;
}

export interface Platform {
  /**
   * Opens the database, then the broker, then the HTTP server.
   *
   * @throws StartupError in one line for the operator; nothing is left half started
   */
  start(): Promise<PlatformAddresses>;
  /** Flushes what is in memory and closes everything that `start` opened; waits for a restart under way. */
  stop(): Promise<void>;
  /**
   * Stops, runs `work` while nothing is open, and starts again on the same ports. What `work` did is taken back
   * when the platform does not start with it; it then runs as before.
   *
   * @throws what `work` or the start threw; the platform runs again, unless `onLost` was told
   */
  restart(work?: StoppedWork): Promise<void>;
  /**
   * A text that opens one session of the operator with `POST /api/auth/session/one-time`: for a window of this very
   * program, which needs no key then. Valid once and for 60 s, while this start of the platform lasts; never to be
   * shown, logged or stored.
   */
  operatorSignIn(): string;
  /** The real addresses, also for port 0. */
  readonly addresses: PlatformAddresses;
  /** The fleet in a few numbers, from memory; only while it runs. */
  figures(): PlatformFigures;
  /** Every REST call that it answers. */
  readonly routes: readonly RouteDefinition[];
}

/** Wires the platform. Nothing runs before `start`. */
export function createPlatform(config: Config, surroundings: PlatformSurroundings = {}): Platform {
  return new RestartablePlatform(config, surroundings);
}

class RestartablePlatform implements Platform {
  /** As it was given; `#config` has the real ports, so that a restart comes back on them after `--api-port 0`. */
  #given: Config;
  #config: Config;
  readonly #surroundings: PlatformSurroundings;
  #life: PlatformLife;
  /** One change of state after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #isRunning = false;

  constructor(config: Config, surroundings: PlatformSurroundings) {
    this.#given = config;
    this.#config = config;
    this.#surroundings = surroundings;
    this.#life = this.#assemble();
  }

  get addresses(): PlatformAddresses {
    return this.#life.addresses;
  }

  get routes(): readonly RouteDefinition[] {
    return this.#life.routes;
  }

  operatorSignIn(): string {
    return this.#life.operatorSignIn();
  }

  figures(): PlatformFigures {
    return this.#life.figures();
  }

  async start(): Promise<PlatformAddresses> {
    // Not in turn: a stop has to reach a start that is under way, and a second start is refused at once.
    await this.#life.start();
    this.#isRunning = true;
    this.#surroundings.onRunning?.(this.addresses);
    return this.addresses;
  }

  stop(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#life.stop();
      this.#isRunning = false;
    });
  }

  restart(work?: StoppedWork): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#isRunning) throw new Error('the platform is not running');
      await this.#restart(work);
    });
  }

  async #restart(work: StoppedWork | undefined): Promise<void> {
    this.#keepPorts();
    await this.#life.stop();
    let undo: (() => Promise<void>) | undefined;
    try {
      undo = (await work?.()) ?? undefined;
      await this.#startAnew();
    } catch (error) {
      this.#tellFailure(error);
      await this.#goBack(undo);
      throw error;
    }
  }

  async #reconfigure(next: LoadedConfig): Promise<void> {
    this.#keepPorts();
    const { settings: store } = this.#surroundings;
    const before = { given: this.#given, config: this.#config, loaded: store?.inForce };
    const undo = () => {
      this.#use(before.given, before.config);
      if (before.loaded) store?.adopt(before.loaded);
      return Promise.resolve();
    };
    await this.#life.stop();
    try {
      this.#use(next.config, withKnownPorts(next.config, before.given, before.config));
      store?.adopt(next);
      await this.#startAnew();
      if (store) store.lastError = '';
      const { apiPort, mqttPort } = this.addresses;
      this.#loggers.module('server').info({ apiPort, mqttPort }, 'runs with the settings as they are now');
    } catch (error) {
      this.#tellFailure(error);
      if (store) store.lastError = messageOf(error);
      await this.#goBack(undo);
      throw error;
    }
  }

  /** Miners, scripts and dashboards come back to where they were, also after `--api-port 0`. */
  #keepPorts(): void {
    const { apiPort, mqttPort } = this.addresses;
    this.#config = { ...this.#config, apiPort, mqttPort };
  }

  #use(given: Config, config: Config): void {
    const isOtherLog = given.logLevel !== this.#given.logLevel || given.logFormat !== this.#given.logFormat;
    if (isOtherLog) this.#loggers.configure({ level: given.logLevel, format: given.logFormat });
    this.#given = given;
    this.#config = config;
  }

  #tellFailure(error: unknown): void {
    const logger = this.#loggers.module('server');
    logger.error({ err: error }, `the restart failed, going back: ${messageOf(error)}`);
  }

  get #loggers(): LoggerFactory {
    return this.#surroundings.loggers ?? silentLoggers;
  }

  async #goBack(undo: (() => Promise<void>) | undefined): Promise<void> {
    try {
      await undo?.();
      await this.#startAnew();
    } catch (error) {
      this.#isRunning = false;
      this.#surroundings.onLost?.(error);
      throw error;
    }
  }

  async #startAnew(): Promise<void> {
    this.#life = this.#assemble();
    await this.#life.start();
    this.#surroundings.onRunning?.(this.addresses);
  }

  #assemble(): PlatformLife {
    const life = assemble(this.#config, {
      ...this.#surroundings,
      restart: (work) => this.restart(work),
      reconfigure: (next) =>
        this.#inTurn(async () => {
          if (!this.#isRunning) throw new Error('the platform is not running');
          await this.#reconfigure(next);
        }),
    });
    this.#surroundings.listen?.(life.events);
    return life;
  }

  #inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(change);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Where a port is given as before, it is the real one of before: `--api-port 0` means any only once. */
function withKnownPorts(next: Config, given: Config, real: Config): Config {
  return {
    ...next,
    apiPort: next.apiPort === given.apiPort ? real.apiPort : next.apiPort,
    mqttPort: next.mqttPort === given.mqttPort ? real.mqttPort : next.mqttPort,
  };
}
