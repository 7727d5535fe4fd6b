import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { trackChild } from './scope.ts';
import type { Scope } from './scope.ts';

const packageJson = new URL('../../../package.json', import.meta.url);
const readyTimeoutMs = 15_000;
const stopTimeoutMs = 15_000;
const keptLines = 15;

/** How to start the platform under test. */
export interface PlatformOptions {
  cli: string;
  dataDir: string;
  apiPort?: number;
  /** Further flags. */
  flags?: readonly string[];
}

/** Flags with which it believes blocks, so that fake ones are recorded like real ones. */
export const believing: readonly string[] = ['--verify', 'off'];

/** The gauges the bench reads from `/metrics`. */
export interface PlatformMetrics {
  rssBytes: number;
  eventLoopP99Ms: number;
}

/** How a platform process ended. */
export interface PlatformStop {
  exitCode: number | null;
  killed: boolean;
  milliseconds: number;
}

interface ReadyEvent {
  api_port: number;
  mqtt_port: number;
}

/** The Node flags the package prescribes for the platform (`config.nodeFlags`), if any. */
export function platformNodeFlags(): string[] {
  const { config } = JSON.parse(readFileSync(packageJson, 'utf8')) as { config?: { nodeFlags?: unknown } };
  const flags = config?.nodeFlags;
  return typeof flags === 'string' ? flags.split(/\s+/).filter((flag) => flag !== '') : [];
}

/** The built platform as a child process on loopback. */
export class PlatformProcess {
  /** API port, known once `ready` resolved. */
  apiPort = 0;
  /** MQTT port, known once `ready` resolved. */
  mqttPort = 0;
  /** Log lines (warn and above) the platform wrote; the ready line doesn't count. */
  logLines = 0;
  /** When it was spawned, on this process's clock. */
  readonly startedMs = performance.now();
  /** Resolves when the platform printed its ready line. */
  readonly ready: Promise<void>;
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;
  private readonly lastLines: string[] = [];

  /** Spawns the platform; it is stopped when the scope closes, unless `stop` came first. */
  constructor(scope: Scope, options: PlatformOptions) {
    if (!existsSync(options.cli)) throw new Error(`${options.cli} does not exist: run npm run build first`);
    this.child = spawn(
      process.execPath,
      [...platformNodeFlags(), options.cli, ...platformArguments(options)],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    trackChild(this.child);
    this.exited = new Promise((resolve) => {
      this.child.once('exit', () => resolve());
      this.child.once('error', () => resolve());
    });
    this.ready = this.watchOutput();
    this.ready.catch(() => undefined);
    scope.add(async () => {
      await this.stop();
    });
  }

  /** The operating system's id of the platform. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The last line the platform logged. */
  get lastLine(): string {
    return this.lastLines.at(-1) ?? '';
  }

  /** Base URL of the REST API. */
  get url(): string {
    return `http://127.0.0.1:${this.apiPort}`;
  }

  /** Reads the gauges the targets are about. */
  async metrics(): Promise<PlatformMetrics> {
    const response = await fetch(`${this.url}/metrics`);
    if (response.status !== 200) throw new Error(`/metrics answered ${response.status}`);
    const text = await response.text();
    const p99Sec = gauge(text, 'xenblocks_event_loop_delay_seconds', 'quantile="0.99"');
    return { rssBytes: gauge(text, 'process_resident_memory_bytes'), eventLoopP99Ms: p99Sec * 1000 };
  }

  /** Fetches a JSON answer of the API; anything but 200 is an error. */
  async json(path: string): Promise<unknown> {
    const response = await fetch(this.url + path);
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
    return response.json();
  }

  /** Stops the platform with SIGTERM, with SIGKILL when that takes too long. */
  async stop(): Promise<PlatformStop> {
    const begin = performance.now();
    let killed = false;
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      const timer = setTimeout(() => {
        killed = true;
        this.child.kill('SIGKILL');
      }, stopTimeoutMs);
      await this.exited;
      clearTimeout(timer);
    }
    return { exitCode: this.child.exitCode, killed, milliseconds: performance.now() - begin };
  }

  private watchOutput(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(this.failure('not ready in time')), readyTimeoutMs);
      const onLine = (line: string): void => {
        const ready = parseReady(line);
        if (ready === undefined) {
          this.keep(line);
          return;
        }
        clearTimeout(timer);
        this.apiPort = ready.api_port;
        this.mqttPort = ready.mqtt_port;
        resolve();
      };
      for (const stream of [this.child.stdout, this.child.stderr]) {
        createInterface({ input: stream as Readable }).on('line', onLine);
      }
      // 'close' comes after the last line was read, 'exit' may come before.
      this.child.once('close', (code, signal) => {
        clearTimeout(timer);
        reject(this.failure(`ended (${signal ?? String(code)}) before it was ready`));
      });
      this.child.once('error', reject);
    });
  }

  private keep(line: string): void {
    this.logLines += 1;
    this.lastLines.push(line);
    if (this.lastLines.length > keptLines) this.lastLines.shift();
  }

  private failure(reason: string): Error {
    return new Error(`platform ${reason}\n${this.lastLines.join('\n')}`);
  }
}

function platformArguments(options: PlatformOptions): string[] {
  return [
    '--headless',
    ...['--api-host', '127.0.0.1', '--api-port', String(options.apiPort ?? 0)],
    ...['--mqtt-host', '127.0.0.1', '--mqtt-port', '0'],
    ...['--data-dir', options.dataDir, '--log-format', 'json', '--log-level', 'warn'],
    ...(options.flags ?? []),
  ];
}

function parseReady(line: string): ReadyEvent | undefined {
  if (!line.includes('"ready"')) return undefined;
  try {
    const event = JSON.parse(line) as Partial<ReadyEvent> & { event?: unknown };
    if (event.event !== 'ready') return undefined;
    if (typeof event.api_port !== 'number' || typeof event.mqtt_port !== 'number') return undefined;
    return { api_port: event.api_port, mqtt_port: event.mqtt_port };
  } catch {
    return undefined;
  }
}

function gauge(text: string, name: string, label = ''): number {
  for (const line of text.split('\n')) {
    if (!line.startsWith(name) || !/^[ {]/.test(line.slice(name.length)) || !line.includes(label)) continue;
    return Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  throw new Error(`/metrics has no ${name}{${label}}`);
}
