import { performance } from 'node:perf_hooks';
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';
import { browserArguments, browserPath } from '../../dashboard/support/browser-path.ts';
import type { BenchContext } from '../context.ts';
import { sleep } from '../load/clock.ts';
import type { PlatformProcess } from '../process/platform-process.ts';
import { SimulatorProcess } from '../process/simulator-process.ts';
import { median, rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';

const heartbeatEverySec = 5;
const connectTimeoutMs = 60_000;
const maxLongTaskMs = 100;
const maxBusy = 0.5;
const maxFirstViewMs = 1000;
const rounds = 5;
const viewport = { width: 1440, height: 900 };

/** The fleet's page under load: scrolling and typing with all its workers, against the same with few. */
export const dashboardFleetScenario: Scenario = {
  name: 'dashboard-5000',
  description: `longest task of the fleet's page while somebody scrolls and types, median of ${rounds} rounds, 5000 workers`,
  hasYardstick: false,
  run: runFleet,
};

/** How long the first view takes in a browser that was never here. */
export const dashboardViewScenario: Scenario = {
  name: 'dashboard-view',
  description: 'from the address to the first figures of the overview, median, against an empty page',
  hasYardstick: false,
  run: runView,
};

async function launch(context: BenchContext): Promise<Browser> {
  if (browserPath === undefined) throw new Error('no Chromium is installed here; CHROMIUM_PATH names one');
  const browser = await chromium.launch({ executablePath: browserPath, args: browserArguments });
  context.scope.add(() => void browser.close());
  return browser;
}

interface Used {
  longestMs: number;
  busy: number;
  heapMb: number;
  heapGrowthMb: number;
}

async function runFleet(context: BenchContext): Promise<ScenarioResult> {
  const miners = context.miners(5000);
  const few = await useFleet(context, 50);
  const many = await useFleet(context, miners);
  return {
    value: rounded(many.longestMs, 0),
    unit: 'ms',
    target: `<= ${maxLongTaskMs}, busy <= ${maxBusy}`,
    yardstick: rounded(few.longestMs, 0),
    ratio: rounded(many.longestMs / few.longestMs),
    pass: many.longestMs <= maxLongTaskMs && many.busy <= maxBusy,
    details: {
      miners,
      busy: rounded(many.busy),
      busy_few: rounded(few.busy),
      heap_mb: rounded(many.heapMb, 1),
      heap_growth_mb: rounded(many.heapGrowthMb, 1),
    },
  };
}

async function useFleet(context: BenchContext, miners: number): Promise<Used> {
  const platform = await context.startPlatform(undefined, ['--verify', 'off']);
  const simulator = new SimulatorProcess(context.scope, context.options.cli, [
    ...['--port', String(platform.mqttPort), '--api-port', String(platform.apiPort)],
    ...['--workers', String(miners), '--heartbeat-interval', String(heartbeatEverySec)],
  ]);
  await online(platform, miners);
  const browser = await launch(context);
  const page = await browser.newPage({ viewport });
  await page.goto(`http://127.0.0.1:${platform.apiPort}/dashboard/fleet`);
  await page.getByRole('row').nth(5).waitFor();
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const longest: number[] = [];
  const busy: number[] = [];
  await oneRound(page);
  const heapBefore = await heapMb(session);
  for (let round = 0; round < rounds; round += 1) {
    await page.evaluate('globalThis.longTasks = []');
    const [begin, taskBefore] = [performance.now(), await taskSeconds(session)];
    await oneRound(page);
    const seconds = (performance.now() - begin) / 1000;
    busy.push(((await taskSeconds(session)) - taskBefore) / seconds);
    longest.push(await page.evaluate<number>('Math.max(0, ...globalThis.longTasks)'));
  }
  const heap = await heapMb(session);
  await browser.close();
  await simulator.stop();
  await context.finishPlatform(platform);
  return { longestMs: median(longest), busy: median(busy), heapMb: heap, heapGrowthMb: heap - heapBefore };
}

/** Scrolls down and up like a wheel does, then types a search and clears it. */
async function oneRound(page: Page): Promise<void> {
  await page.evaluate(`if (!globalThis.watchesTasks) {
    globalThis.watchesTasks = true;
    globalThis.longTasks = [];
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => globalThis.longTasks.push(entry.duration)))
      .observe({ type: 'longtask' });
  }`);
  await page.mouse.move(viewport.width / 2, viewport.height / 2);
  for (const step of [400, -400]) {
    for (let turn = 0; turn < 20; turn += 1) {
      await page.mouse.wheel(0, step);
      await sleep(50);
    }
  }
  const search = page.locator('input[data-page-search], [data-page-search] input').first();
  await search.click();
  await page.keyboard.type('worker-1', { delay: 90 });
  await sleep(800);
  await search.fill('');
  await sleep(800);
}

async function taskSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
}

async function heapMb(session: CDPSession): Promise<number> {
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

async function runView(context: BenchContext): Promise<ScenarioResult> {
  const platform = await context.startPlatform();
  const simulator = new SimulatorProcess(context.scope, context.options.cli, [
    ...['--port', String(platform.mqttPort), '--api-port', String(platform.apiPort), '--workers', '200'],
  ]);
  await online(platform, 200);
  const browser = await launch(context);
  const url = `http://127.0.0.1:${platform.apiPort}`;
  const views: number[] = [];
  const empty: number[] = [];
  for (let turn = 0; turn < rounds; turn += 1) {
    empty.push(await view(browser, `${url}/healthz`, (page) => page.getByText('ok').waitFor()));
    views.push(await view(browser, `${url}/dashboard/`, (page) => page.getByText('of 200').waitFor()));
  }
  await browser.close();
  await simulator.stop();
  await context.finishPlatform(platform);
  const value = median(views);
  return {
    value: rounded(value, 0),
    unit: 'ms',
    target: `<= ${maxFirstViewMs}`,
    yardstick: rounded(median(empty), 0),
    ratio: rounded(value / median(empty)),
    pass: value <= maxFirstViewMs,
    details: { views_ms: views.map((one) => Math.round(one)) },
  };
}

/** A new context has an empty cache. */
async function view(browser: Browser, url: string, seen: (page: Page) => Promise<void>): Promise<number> {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  const begin = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  await seen(page);
  const taken = performance.now() - begin;
  await context.close();
  return taken;
}
