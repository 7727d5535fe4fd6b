import { performance } from 'node:perf_hooks';
import { wallMs } from './load/clock.ts';
import type { MqttLoadApi } from './load/mqtt-load.ts';
import type { BenchOptions } from './options.ts';
import { platformNodeFlags, PlatformProcess } from './process/platform-process.ts';
import type { PlatformMetrics } from './process/platform-process.ts';
import { cpuSeconds, openFilesLimit } from './process/proc-stats.ts';
import { RpcProcess } from './process/rpc-process.ts';
import type { Scope } from './process/scope.ts';
import type { BareAedesApi } from './yardsticks/bare-aedes.ts';

/** The event-loop delay of one server process at the end of its life. */
export interface ServerLife {
  scenario: string;
  eventLoopP99Ms: number;
  livedMs: number;
}

/** Event-loop delays of all server processes so far. */
export interface ServerLives {
  platform: ServerLife[];
  bareAedes: ServerLife[];
}

/** A server that miners can connect to, and the generator with the miners. */
export interface MinerLoad {
  load: RpcProcess<MqttLoadApi>;
  serverPid: number;
  connectSec: number;
}

/** Miners on the bare broker. */
export interface BareAedesLoad extends MinerLoad {
  broker: RpcProcess<BareAedesApi>;
  startedMs: number;
}

/** Sockets besides those of the miners: HTTP and WebSocket clients, files, the event loop's own. */
const spareFiles = 500;
/** Hashrates carry sending times since this long before the scenario: always nine digits. */
const epochLeadMs = 100_000;

/** What a scenario works with: sizes, processes that end with it, and what earlier scenarios left. */
export class BenchContext {
  /** Everything this scenario opened. */
  readonly scope: Scope;
  /** The command line. */
  readonly options: BenchOptions;
  /** See `PaceParams.epochMs`. */
  readonly epochMs = wallMs() - epochLeadMs;
  /** Event-loop delays so far, of all scenarios. */
  readonly lives: ServerLives;
  /** Remarks that belong into the scenario's result, for example about reduced sizes. */
  readonly remarks: string[] = [];
  private readonly scenario: string;

  /** Creates the context of one scenario run. */
  constructor(scenario: string, options: BenchOptions, scope: Scope, lives: ServerLives) {
    this.scenario = scenario;
    this.options = options;
    this.scope = scope;
    this.lives = lives;
  }

  /** How many miners to use where the full run uses `count`. */
  miners(count: number): number {
    const wanted = this.options.quick ? count / 5 : count;
    const possible = openFilesLimit() - spareFiles;
    if (wanted <= possible) return wanted;
    this.remarks.push(`${possible} instead of ${wanted} miners: the open-files limit is too low`);
    return Math.max(1, possible);
  }

  /** How long to measure where the full run takes `milliseconds`. */
  duration(milliseconds: number): number {
    return this.options.quick ? Math.min(1000, milliseconds / 8) : milliseconds;
  }

  /** Starts the platform on a data directory (a fresh one by default) and waits until it is ready. */
  async startPlatform(
    dataDir = this.scope.temporaryDirectory(),
    flags: readonly string[] = [],
  ): Promise<PlatformProcess> {
    const platform = new PlatformProcess(this.scope, { cli: this.options.cli, dataDir, flags });
    await platform.ready;
    return platform;
  }

  /** Notes the event-loop delay, then stops the platform; a bad exit becomes a remark. */
  async finishPlatform(platform: PlatformProcess): Promise<PlatformMetrics> {
    const metrics = await platform.metrics();
    const livedMs = performance.now() - platform.startedMs;
    this.lives.platform.push({ scenario: this.scenario, eventLoopP99Ms: metrics.eventLoopP99Ms, livedMs });
    const stop = await platform.stop();
    if (stop.killed) this.remarks.push('platform had to be killed');
    else if (stop.exitCode !== 0) this.remarks.push(`platform exited with ${String(stop.exitCode)}`);
    if (platform.logLines > 0)
      this.remarks.push(`platform logged ${platform.logLines} lines; last: ${platform.lastLine}`);
    return metrics;
  }

  /** Connects miners to the platform. */
  connectToPlatform(platform: PlatformProcess, miners: number): Promise<MinerLoad> {
    return this.connectMiners(platform.mqttPort, platform.pid, miners);
  }

  /** Starts the bare broker and connects miners to it. */
  async connectToBareAedes(miners: number): Promise<BareAedesLoad> {
    const startedMs = performance.now();
    const broker = new RpcProcess<BareAedesApi>(
      this.scope,
      new URL('./yardsticks/bare-aedes.ts', import.meta.url),
      platformNodeFlags(),
    );
    const { port } = await broker.call('start', null);
    return { ...(await this.connectMiners(port, broker.pid, miners)), broker, startedMs };
  }

  /** Notes the bare broker's event-loop delay, then ends it. */
  async finishBareAedes({ broker, load, startedMs }: BareAedesLoad): Promise<void> {
    const { p99Ms } = await broker.call('eventLoop', null);
    const livedMs = performance.now() - startedMs;
    this.lives.bareAedes.push({ scenario: this.scenario, eventLoopP99Ms: p99Ms, livedMs });
    await broker.stop();
    await load.stop();
  }

  /** Lets one measurement run and tells how many CPU cores the server used meanwhile. */
  async withCpu<T>(pid: number, measure: () => Promise<T>): Promise<{ result: T; serverCpu?: number }> {
    const before = cpuSeconds(pid);
    const begin = performance.now();
    const result = await measure();
    const after = cpuSeconds(pid);
    if (before === undefined || after === undefined) return { result };
    return {
      result,
      serverCpu: Math.round(((after - before) * 100_000) / (performance.now() - begin)) / 100,
    };
  }

  /** Connects further miners until there are `miners` in all; returns how long that took. */
  async addMiners({ load }: Pick<MinerLoad, 'load'>, port: number, miners: number): Promise<number> {
    const timeoutMs = this.options.quick ? 10_000 : 45_000;
    const { seconds } = await load.call('connect', { port, miners, timeoutMs });
    return seconds;
  }

  private async connectMiners(port: number, serverPid: number, miners: number): Promise<MinerLoad> {
    const load = new RpcProcess<MqttLoadApi>(this.scope, new URL('./load/mqtt-load.ts', import.meta.url));
    return { load, serverPid, connectSec: await this.addMiners({ load }, port, miners) };
  }
}
