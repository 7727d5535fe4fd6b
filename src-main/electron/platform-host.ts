/** The platform inside of the desktop program: started, stopped, started elsewhere; its state is told, never thrown. */
import { dirname } from 'node:path';
import { ConfigStore } from '../platform/config/config-store.ts';
import { ConfigError } from '../platform/config/load-config.ts';
import { messageOf } from '../platform/kernel/app-error.ts';
import type { Subscribable } from '../platform/kernel/event-bus.ts';
import type { Logger, LoggerFactory } from '../platform/kernel/logger.ts';
import {
  createPlatform,
  type Platform,
  type PlatformAddresses,
  type PlatformEvents,
} from '../platform/platform.ts';
import { isGiven } from './program-line.ts';

export type HostState =
  | { readonly kind: 'stopped' | 'starting' }
  | { readonly kind: 'running'; readonly addresses: PlatformAddresses }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface PlatformHostOptions {
  /** Flags of the platform, as they were given at the start. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly loggers: LoggerFactory;
  /** Where the data lie, unless the flags or the environment name a folder. */
  readonly dataFolder: () => string;
  /** Hears what each life of the platform announces. */
  readonly listen: (events: Subscribable<PlatformEvents>) => void;
}

export class PlatformHost {
  readonly #options: PlatformHostOptions;
  readonly #logger: Logger;
  readonly #listeners = new Set<(state: HostState) => void>();
  #args: readonly string[];
  #settings: ConfigStore | undefined;
  #platform: Platform | undefined;
  #starting = new AbortController();
  #state: HostState = { kind: 'stopped' };
  /** One start or stop after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: PlatformHostOptions) {
    this.#options = options;
    this.#args = options.args;
    this.#logger = options.loggers.module('server');
  }

  /** The flags that are in force. */
  get args(): readonly string[] {
    return this.#args;
  }

  get state(): HostState {
    return this.#state;
  }

  /** The running platform; undefined while none runs. */
  get platform(): Platform | undefined {
    return this.#state.kind === 'running' ? this.#platform : undefined;
  }

  /** The settings of the last start; undefined when they could not be read. */
  get settings(): ConfigStore | undefined {
    return this.#settings;
  }

  /** Where the window finds the platform; undefined while it does not run. */
  get url(): string | undefined {
    if (this.#state.kind !== 'running') return undefined;
    const { apiHost, apiPort } = this.#state.addresses;
    return `http://${localHost(apiHost)}:${apiPort}`;
  }

  /** The folder of the data, whether the platform runs or not. */
  get dataFolder(): string {
    const { settings } = this;
    return settings ? dirname(settings.inForce.settingsPath) : this.#options.dataFolder();
  }

  /** Whether the folder was chosen on the command line or by the environment. */
  get isFolderGiven(): boolean {
    const { environment } = this.#options;
    return isGiven(this.#args, 'dataDir') || (environment['XENBLOCKS_DATA_DIR'] ?? '') !== '';
  }

  /** Hears each change of state until the returned function is called. */
  onChange(listener: (state: HostState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Starts it, or tries again; settles when it runs or has failed. */
  start(): Promise<void> {
    return this.#inTurn(() => this.#start());
  }

  /** Flushes and stops it. A start under way ends soon. */
  stop(): Promise<void> {
    this.#starting.abort();
    return this.#inTurn(async () => {
      await this.#stop();
    });
  }

  /** Runs work while nothing is open, then starts again, also after work that failed. @throws what the work threw */
  stopped<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#starting.abort();
    return this.#inTurn(async () => {
      await this.#stop();
      try {
        return await work();
      } finally {
        await this.#start();
      }
    });
  }

  /** Stops it and starts it with other flags; settles when it runs or has failed. */
  restartWith(args: readonly string[]): Promise<void> {
    return this.stopped(() => {
      this.#args = args;
      return Promise.resolve();
    });
  }

  async #start(): Promise<void> {
    if (this.#state.kind === 'running') return;
    this.#tell({ kind: 'starting' });
    this.#starting = new AbortController();
    try {
      this.#settings = undefined;
      const settings = new ConfigStore({ args: this.#allArgs(), environment: this.#options.environment });
      this.#settings = settings;
      this.#platform = this.#create(settings);
      await this.#platform.start();
    } catch (error) {
      if (this.#starting.signal.aborted) return this.#tell({ kind: 'stopped' });
      const text = error instanceof ConfigError ? error.problems.join('; ') : messageOf(error);
      this.#logger.error(`could not start: ${text}`);
      this.#tell({ kind: 'failed', error });
    }
  }

  #create(settings: ConfigStore): Platform {
    const { loggers, listen } = this.#options;
    const { config } = settings.inForce;
    loggers.configure({ level: config.logLevel, format: config.logFormat });
    return createPlatform(config, {
      ...{ loggers, settings, listen },
      signal: this.#starting.signal,
      onRunning: (addresses) => this.#tell({ kind: 'running', addresses }),
      onLost: (error) => this.#tell({ kind: 'failed', error }),
    });
  }

  async #stop(): Promise<void> {
    const platform = this.#platform;
    this.#platform = undefined;
    try {
      await platform?.stop();
    } finally {
      this.#tell({ kind: 'stopped' });
    }
  }

  #allArgs(): readonly string[] {
    const { dataFolder } = this.#options;
    return this.isFolderGiven ? this.#args : [...this.#args, '--data-dir', dataFolder()];
  }

  #tell(state: HostState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  #inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(change);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** How this machine reaches a listener of its own. */
export function localHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
