/** A browser on the dashboard of a platform with a simulated fleet. */
import { performance } from 'node:perf_hooks';
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';
import { browserArguments, browserPath } from '../../dashboard/support/browser-path.ts';
import type { BenchContext } from '../context.ts';
import type { PlatformProcess } from '../process/platform-process.ts';
import { SimulatorProcess } from '../process/simulator-process.ts';
import { sleep } from './clock.ts';

export const viewport = { width: 1440, height: 900 };
const heartbeatEverySec = 5;
const connectTimeoutMs = 120_000;

/** Ends with the scenario. */
export async function launchBrowser(context: BenchContext): Promise<Browser> {
  if (browserPath === undefined) throw new Error('no Chromium is installed here; CHROMIUM_PATH names one');
  const browser = await chromium.launch({ executablePath: browserPath, args: browserArguments });
  context.scope.add(() => void browser.close());
  return browser;
}

/** A platform to which so many simulated miners are connected, with a heartbeat each 5 s. */
export async function startFleet(
  context: BenchContext,
  miners: number,
  flags: readonly string[] = [],
): Promise<{ platform: PlatformProcess; stop: () => Promise<void> }> {
  const platform = await context.startPlatform(undefined, ['--verify', 'off', ...flags]);
  const simulator = new SimulatorProcess(context.scope, context.options.cli, [
    ...['--port', String(platform.mqttPort), '--api-port', String(platform.apiPort)],
    ...['--workers', String(miners), '--heartbeat-interval', String(heartbeatEverySec)],
  ]);
  await online(platform, miners);
  return {
    platform,
    stop: async () => {
      await simulator.stop();
      await context.finishPlatform(platform);
    },
  };
}

export interface FleetPageOptions {
  /** Flags of the platform. */
  readonly flags?: readonly string[];
  /** Done before the page opens. */
  readonly prepare?: (platform: PlatformProcess) => Promise<void>;
}

/** The same with the fleet's page open in a browser. */
export async function openFleet(
  context: BenchContext,
  miners: number,
  { flags, prepare }: FleetPageOptions = {},
): Promise<{ page: Page; session: CDPSession; close: () => Promise<void> }> {
  const { platform, stop } = await startFleet(context, miners, flags);
  await prepare?.(platform);
  const browser = await launchBrowser(context);
  const page = await browser.newPage({ viewport });
  await page.goto(`http://127.0.0.1:${platform.apiPort}/dashboard/fleet`);
  await page.getByRole('row').nth(5).waitFor();
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  return {
    page,
    session,
    close: async () => {
      await browser.close();
      await stop();
    },
  };
}

/** Gives every worker so many of the tags; nobody needs credentials for it under `--access open`. */
export async function tagWorkers(platform: PlatformProcess, tags: number, ofEach: number): Promise<void> {
  const workers = (await platform.json('/api/workers')) as { worker_id: string }[];
  for (let tag = 0; tag < tags; tag += 1) {
    const carriers = workers.filter(
      (_worker, index) => (tag - index + tags * workers.length) % tags < ofEach,
    );
    const response = await fetch(`http://127.0.0.1:${platform.apiPort}/api/tags/assign`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        add: [`rack:${tag + 1}`],
        worker_ids: carriers.map(({ worker_id }) => worker_id),
      }),
    });
    if (!response.ok) throw new Error(`tags were refused: ${await response.text()}`);
  }
}

/** Seconds in which the page's main thread was busy so far. */
export function taskSeconds(session: CDPSession): Promise<number> {
  return metric(session, 'TaskDuration');
}

/** A figure of `Performance.getMetrics`; NaN when the browser does not have it. */
export async function metric(session: CDPSession, name: string): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find((one) => one.name === name)?.value ?? Number.NaN;
}

/** Of the page's objects that are in use. */
export async function heapMb(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 1_048_576;
}

async function online(platform: PlatformProcess, miners: number): Promise<void> {
  const deadline = performance.now() + connectTimeoutMs;
  for (;;) {
    const stats = (await platform.json('/api/monitoring/stats')) as { online: number };
    if (stats.online >= miners * 0.99) return;
    if (performance.now() > deadline) throw new Error(`${stats.online} of ${miners} workers are online`);
    await sleep(200);
  }
}
