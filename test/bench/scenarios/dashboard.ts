import { performance } from 'node:perf_hooks';
import type { Browser, Page } from 'playwright-core';
import type { BenchContext } from '../context.ts';
import { sleep } from '../load/clock.ts';
import {
  heapMb,
  launchBrowser,
  openFleet,
  startFleet,
  taskSeconds,
  viewport,
  tagWorkers,
  type FleetPageOptions,
} from '../load/dashboard.ts';
import { median, rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';

const maxLongTaskMs = 100;
const maxBusy = 0.5;
const maxFirstViewMs = 1000;
const rounds = 5;

/** The fleet's page under load: scrolling and typing with all its workers, against the same with few. */
export const dashboardFleetScenario: Scenario = {
  name: 'dashboard-5000',
  description: `the fleet's page while somebody scrolls and types, median of ${rounds} rounds, 5000 workers against 50`,
  hasYardstick: false,
  run: runFleet,
};

/** The same as its operator sees it, with tags on every worker. */
export const dashboardTagsScenario: Scenario = {
  name: 'dashboard-tags',
  description:
    "the fleet's page of an operator whose 5000 workers have 3 of 40 tags each, against the same without tags",
  hasYardstick: false,
  isOnlyByName: true,
  maxSec: 300,
  run: runTagged,
};

/** How long the first view takes in a browser that was never here. */
export const dashboardViewScenario: Scenario = {
  name: 'dashboard-view',
  description: 'from the address to the first figures of the overview, median, against an empty page',
  hasYardstick: false,
  run: runView,
};

interface Used {
  longestMs: number;
  busy: number;
  heapMb: number;
  heapGrowthMb: number;
}

async function runFleet(context: BenchContext): Promise<ScenarioResult> {
  const miners = context.miners(5000);
  const few = await useFleet(context, 50);
  return resultOf(await useFleet(context, miners), few, miners);
}

async function runTagged(context: BenchContext): Promise<ScenarioResult> {
  const miners = context.miners(5000);
  const flags = ['--access', 'open'];
  const without = await useFleet(context, miners, { flags });
  const tagged = await useFleet(context, miners, {
    flags,
    prepare: (platform) => tagWorkers(platform, 40, 3),
  });
  return resultOf(tagged, without, miners);
}

function resultOf(used: Used, against: Used, miners: number): ScenarioResult {
  return {
    value: rounded(used.busy),
    unit: 'of the main thread',
    target: `<= ${maxBusy}, no task > ${maxLongTaskMs} ms`,
    yardstick: rounded(against.busy),
    ratio: rounded(used.busy / against.busy),
    pass: used.longestMs <= maxLongTaskMs && used.busy <= maxBusy,
    details: {
      miners,
      longest_task_ms: rounded(used.longestMs, 0),
      heap_mb: rounded(used.heapMb, 1),
      heap_growth_mb: rounded(used.heapGrowthMb, 1),
    },
  };
}

async function useFleet(context: BenchContext, miners: number, options?: FleetPageOptions): Promise<Used> {
  const fleet = await openFleet(context, miners, options);
  const { page, session } = fleet;
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
  await fleet.close();
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

async function runView(context: BenchContext): Promise<ScenarioResult> {
  const { platform, stop } = await startFleet(context, 200);
  const browser = await launchBrowser(context);
  const url = `http://127.0.0.1:${platform.apiPort}`;
  const views: number[] = [];
  const empty: number[] = [];
  for (let turn = 0; turn < rounds; turn += 1) {
    empty.push(await view(browser, `${url}/healthz`, 'ok'));
    views.push(await view(browser, `${url}/dashboard/`, 'of 200'));
  }
  await browser.close();
  await stop();
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

/**
 * Milliseconds until a text is seen. The page looks for itself at each frame: a driver that asks again and again would
 * take time from what is measured, and be late by the pauses between its questions. A new context has an empty cache.
 */
async function view(browser: Browser, url: string, text: string): Promise<number> {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  await page.addInitScript(`globalThis.seen = new Promise((resolve) => {
    const look = () => {
      if (document.body?.textContent.includes(${JSON.stringify(text)}))
        resolve(performance.timeOrigin + performance.now());
      else requestAnimationFrame(look);
    };
    look();
  })`);
  const begin = performance.timeOrigin + performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  const taken = (await page.evaluate<number>('globalThis.seen')) - begin;
  await context.close();
  return taken;
}
