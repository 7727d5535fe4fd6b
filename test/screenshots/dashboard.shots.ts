/**
 * Pictures of each page, dark and light, desktop and phone, of a platform with a history and a mining fleet. All go to
 * `out/screenshots`; those that the README shows go to `docs/screenshots`, too.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { onTestFinished, test } from 'vitest';
import { ok, type Who } from '../support/accounts.ts';
import { MiningMiner } from '../support/mining-miner.ts';
import { describeInBrowser } from '../dashboard/support/browser.ts';
import { desktop, openDashboard, phone } from '../dashboard/support/dashboard.ts';
import { rentSome, startShowcase, type Showcase } from '../dashboard/support/showcase.ts';
import { startTestPlatform } from '../support/test-platform.ts';

const top = join(import.meta.dirname, '../..');
const all = join(top, 'out/screenshots');
const shown = join(top, 'docs/screenshots');

/** Names of the pictures that the README shows. */
const inReadme = new Set(['overview-dark', 'fleet-dark', 'worker-dark', 'overview-dark-phone']);

/** A block that a CPU mines in a few seconds, and no more blocks than the fleet's claims let expect. */
const goal = { marker: 'XEN1', memory: 8 };
const fleet = {
  workers: 24,
  gpuCount: 1,
  days: 7,
  blockIntervalSec: 3600,
  args: ['--block-marker', goal.marker, '--difficulty', String(goal.memory), '--sign-in-max-per-min', '1000'],
};
const minersThatProve = 6;
const heartbeatEveryMs = 10_000;

/** Miners beside the simulated ones that prove what they find, one of them for a renter. */
async function mineForSome({ platform, wallet, walletToken }: Showcase): Promise<string> {
  const miners: MiningMiner[] = [];
  for (let index = 1; index <= minersThatProve; index += 1) {
    const options = { workerId: `rig-a${index}`, mqttUrl: platform.mqttUrl, ethAddress: wallet.address };
    const mining = await MiningMiner.connect(options, goal);
    await mining.miner.introduce();
    miners.push(mining);
  }
  const beat = () =>
    Promise.all(miners.map(({ miner }, index) => miner.heartbeat({ hashrate: 900 + 170 * index })));
  await beat();
  const timer = setInterval(() => void beat(), heartbeatEveryMs);
  onTestFinished(() => clearInterval(timer));
  const { lease_id } = await ok<{ lease_id: string }>(platform, 'POST', '/api/rent', {
    who: walletToken,
    body: { worker_id: 'rig-a1', duration_sec: 3600, consumer_address: wallet.address },
  });
  await miners[0]!.leased(lease_id);
  for (const mining of miners) await mining.mineBlock();
  await miners[0]!.mineBlock();
  return lease_id;
}

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly as?: Who;
}

function shotsOf({ operator, walletToken, workerIds }: Showcase, leaseId: string, blockId: number): Shot[] {
  const worker = encodeURIComponent(workerIds[0]!);
  return [
    { name: 'sign-in', path: '/sign-in' },
    { name: 'overview', path: '', as: operator },
    { name: 'fleet', path: '/fleet', as: operator },
    { name: 'worker', path: `/fleet/${worker}`, as: operator },
    { name: 'blocks', path: '/blocks', as: operator },
    { name: 'block', path: `/blocks/${blockId}`, as: operator },
    { name: 'market', path: '/market', as: walletToken },
    { name: 'provider', path: '/provider', as: walletToken },
    { name: 'renter', path: '/renter', as: walletToken },
    { name: 'leases', path: '/leases', as: operator },
    { name: 'lease', path: `/leases/${leaseId}`, as: walletToken },
    { name: 'account', path: '/account', as: walletToken },
    { name: 'chain', path: '/chain', as: operator },
    ...['', 'clients', 'storage', 'backups', 'simulator', 'access', 'audit', 'logs', 'settings'].map(
      (section) => ({
        name: section === '' ? 'system' : `system-${section}`,
        path: `/system/${section}`,
        as: operator,
      }),
    ),
  ];
}

async function take(browser: Browser, platform: Showcase['platform'], shot: Shot): Promise<void> {
  for (const [viewport, suffix] of [
    [desktop, ''],
    [phone, '-phone'],
  ] as const) {
    for (const theme of ['dark', 'light'] as const) {
      const name = `${shot.name}-${theme}${suffix}`;
      const { page, context } = await openDashboard({ browser, platform, theme, viewport, ...shot });
      await page.waitForLoadState('networkidle');
      await page.evaluate(() => document.fonts.ready);
      const file = join(all, `${name}.png`);
      await page.screenshot({ path: file });
      if (inReadme.has(name)) copyFileSync(file, join(shown, `${name}.png`));
      await context.close();
    }
  }
}

describeInBrowser('screenshots', (browser) => {
  test('of each page', async () => {
    mkdirSync(all, { recursive: true });
    mkdirSync(shown, { recursive: true });
    const showcase = await startShowcase(fleet);
    const { platform } = showcase;
    await rentSome(showcase, 3);
    const leaseId = await mineForSome(showcase);
    const [block] = await platform.get<{ block_id: number }[]>('/api/monitoring/blocks/recent?limit=1');
    for (const shot of shotsOf(showcase, leaseId, block!.block_id)) await take(browser(), platform, shot);
  });

  test('of the first start', async () => {
    const platform = await startTestPlatform();
    await take(browser(), platform, { name: 'welcome', path: '/welcome' });
  });
});
