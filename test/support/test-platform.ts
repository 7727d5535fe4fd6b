import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ConfigStore } from '../../src-main/platform/config/config-store.ts';
import type { Clock } from '../../src-main/platform/kernel/clock.ts';
import type { LoggerFactory } from '../../src-main/platform/kernel/logger.ts';
import {
  createPlatform,
  type Platform,
  type PlatformSurroundings,
} from '../../src-main/platform/platform.ts';

export interface TestPlatformOptions {
  /** Flags beside, or instead of, the ones that put it on loopback, port 0 and a temporary folder. */
  readonly args?: readonly string[];
  readonly clock?: Clock;
  readonly loggers?: LoggerFactory;
  /** A folder that outlives this platform; a new temporary one otherwise. */
  readonly dataDir?: string;
  /** The platform is put on loopback and port 0 by its settings file, with these beside, and not by flags. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** The folder of a built dashboard; the program's own otherwise. */
  readonly dashboardFolder?: string;
  /** What alerts find instead of the world outside. */
  readonly alertSurroundings?: Pick<PlatformSurroundings, 'alertServices' | 'alertTimeoutMs'>;
}

export interface TestPlatform {
  readonly platform: Platform;
  readonly dataDir: string;
  readonly databasePath: string;
  readonly apiUrl: string;
  readonly feedUrl: string;
  readonly mqttPort: number;
  readonly mqttUrl: string;
  /** GET that has to answer 200 with JSON. */
  get<Body = unknown>(path: string): Promise<Body>;
  stop(): Promise<void>;
}

/** Flags of a platform that believes what miners report: for tests in which proofs are no matter. */
export const believing = ['--verify', 'off'];

const loopbackFlags = ['--api-host=127.0.0.1', '--mqtt-host=127.0.0.1', '--api-port=0', '--mqtt-port=0'];

const nameOf = (flag: string) => flag.split('=', 1)[0];
const isGiven = (flag: string, args: readonly string[] = []) =>
  args.some((given) => nameOf(given) === nameOf(flag));

/** A folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'xenblocks-test-'));
  // A program that was just ended may have a last file to write.
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  return folder;
}

/** A started platform on free loopback ports; stopped when the test ends. */
export async function startTestPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  const dataDir = options.dataDir ?? temporaryFolder();
  const loopback = { apiHost: '127.0.0.1', mqttHost: '127.0.0.1', apiPort: 0, mqttPort: 0 };
  if (options.settings)
    writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ ...loopback, ...options.settings }));
  const settings = new ConfigStore({
    args: [
      ...(options.settings ? [] : loopbackFlags.filter((flag) => !isGiven(flag, options.args))),
      ...['--data-dir', dataDir, ...(options.args ?? [])],
    ],
    environment: options.environment ?? {},
  });
  const platform = createPlatform(settings.inForce.config, {
    settings,
    ...options.alertSurroundings,
    ...(options.clock ? { clock: options.clock } : {}),
    ...(options.loggers ? { loggers: options.loggers } : {}),
    ...(options.dashboardFolder === undefined ? {} : { dashboardFolder: options.dashboardFolder }),
  });
  const { apiPort, mqttPort, databasePath } = await platform.start();
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= platform.stop());
  onTestFinished(stop);
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  return {
    platform,
    dataDir,
    databasePath,
    apiUrl,
    mqttPort,
    stop,
    feedUrl: `ws://127.0.0.1:${apiPort}/ws/dashboard`,
    mqttUrl: `mqtt://127.0.0.1:${mqttPort}`,
    async get<Body>(path: string) {
      const response = await fetch(`${apiUrl}${path}`);
      if (response.status !== 200)
        throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
      return (await response.json()) as Body;
    },
  };
}
