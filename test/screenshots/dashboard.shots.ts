/**
 * Pictures of each page, dark and light, desktop and phone, of a platform with a history and a mining fleet. All go to
 * `out/screenshots`; those that the README shows go to `docs/screenshots`, too.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { onTestFinished, test } from 'vitest';
import { unknownRates } from '../../src-main/contract/domain/earnings.ts';
import type { FeedWorker } from '../../src-main/contract/domain/worker.ts';
import { ok, type Who } from '../support/accounts.ts';
import { madeBackup } from '../support/backups.ts';
import { MiningMiner } from '../support/mining-miner.ts';
import { describeInBrowser } from '../dashboard/support/browser.ts';
import { desktop, openDashboard, phone } from '../dashboard/support/dashboard.ts';
import { rentSome, startShowcase, type Showcase } from '../dashboard/support/showcase.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';

const top = join(import.meta.dirname, '../..');
const all = join(top, 'out/screenshots');
const shown = join(top, 'docs/screenshots');

/** Of the history; it is back. */
const olderRig = 'rig-0008';

/** Names of the pictures that the README shows. */
const inReadme = new Set([
  'overview-dark',
  'fleet-dark',
  'worker-dark',
  'lease-light',
  'alerts-light',
  'earnings-light',
]);

/** `SCREENSHOTS=overview-dark,fleet-light-phone` takes these only. */
const wanted = new Set((process.env['SCREENSHOTS'] ?? '').split(',').filter((name) => name !== ''));

/** A block that a CPU mines in a few seconds, and as many blocks as the fleet's claims let expect. */
const goal = { marker: 'XEN1', memory: 8 };
const fleet = {
  workers: 24,
  gpuCount: 1,
  days: 7,
  blocksPerDay: 7000,
  blockIntervalSec: 3600,
  args: ['--block-marker', goal.marker, '--difficulty', String(goal.memory), '--sign-in-max-per-min', '1000'],
};
const minersThatProve = 6;
const heartbeatEveryMs = 10_000;

/** The rigs of the history are back but two, with what they had. */
async function reconnectRigs({ platform }: Showcase): Promise<Beating[]> {
  const workers = await platform.get<FeedWorker[]>('/api/workers');
  const rigs = workers.filter(({ worker_id }) => worker_id.startsWith('rig-'));
  return Promise.all(
    rigs.slice(2).map(async ({ worker_id, eth_address, ...rig }) => {
      const options = { workerId: worker_id, mqttUrl: platform.mqttUrl, ethAddress: eth_address };
      const mining = await MiningMiner.connect(options, goal);
      const { gpu_count, total_memory_gb, gpus, version, hashrate } = rig;
      await mining.miner.register({ gpu_count, total_memory_gb, gpus, version });
      await mining.miner.status('AVAILABLE');
      return { mining, hashrate: () => hashrate * (0.98 + Math.random() * 0.04), active_gpus: gpu_count };
    }),
  );
}

interface Beating {
  readonly mining: MiningMiner;
  readonly hashrate: () => number;
  readonly active_gpus: number;
}

/** New rigs of the wallet. */
async function connectRigs({ platform, wallet }: Showcase): Promise<Beating[]> {
  const rigs: Beating[] = [];
  for (let index = 1; index <= minersThatProve; index += 1) {
    const options = { workerId: `rig-a${index}`, mqttUrl: platform.mqttUrl, ethAddress: wallet.address };
    const mining = await MiningMiner.connect(options, goal);
    await mining.miner.introduce();
    rigs.push({ mining, hashrate: () => 900 + 170 * index, active_gpus: 2 });
  }
  return rigs;
}

/** Miners beside the simulated ones that prove what they find, one of them for a renter. */
async function mineForSome(showcase: Showcase): Promise<string> {
  const { platform, wallet, walletToken } = showcase;
  const old = await reconnectRigs(showcase);
  const rigs = await connectRigs(showcase);
  const miners = rigs.map(({ mining }) => mining);
  const beat = () =>
    Promise.all(
      [...old, ...rigs].map(({ mining, hashrate, active_gpus }) =>
        mining.miner.heartbeat({ hashrate: hashrate(), active_gpus }),
      ),
    );
  await beat();
  const timer = setInterval(() => void beat(), heartbeatEveryMs);
  onTestFinished(() => clearInterval(timer));
  const { lease_id } = await ok<{ lease_id: string }>(platform, 'POST', '/api/rent', {
    who: walletToken,
    body: { worker_id: 'rig-a1', duration_sec: 3600, consumer_address: wallet.address },
  });
  await miners[0]!.leased(lease_id);
  for (const mining of miners) await submit(platform, await mining.mineBlock(), wallet.address);
  await submit(platform, await miners[0]!.mineBlock(), wallet.address);
  return lease_id;
}

/** As the C++ miner does: to the platform by MQTT, and to the chain. */
async function submit(
  platform: TestPlatform,
  { key, hash }: { key: string; hash: string },
  account: string,
): Promise<void> {
  const block = {
    hash_to_verify: hash,
    key,
    account,
    attempts: '200000',
    hashes_per_second: '900',
    worker: '1',
  };
  const answer = await fetch(`${platform.apiUrl}/verify`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(block),
  });
  if (!answer.ok) throw new Error(`the chain does not take the block: ${await answer.text()}`);
}

/** Groups of workers, and what things are worth. */
async function organize({ platform, operator, workerIds }: Showcase): Promise<void> {
  const groups = {
    'site:north': workerIds.slice(0, 14),
    'site:south': workerIds.slice(14),
    'rack-1': workerIds.slice(3, 9),
  };
  for (const [tag, worker_ids] of Object.entries(groups))
    await ok(platform, 'POST', '/api/tags/assign', { who: operator, body: { worker_ids, add: [tag] } });
  const rates = { ...unknownRates, price_per_kwh: 0.28, credit_value: 0.9, block_value: 0.05 };
  await ok(platform, 'PUT', '/api/earnings/rates', { who: operator, body: rates });
}

/** After a start, workers have a while to come back; then those that did not are told. */
async function incident({ platform, operator }: Showcase): Promise<void> {
  await waitFor(
    async () => {
      const { total } = await ok<{ total: number }>(platform, 'GET', '/api/admin/alerts/incidents', {
        who: operator,
      });
      return total > 0;
    },
    'an incident',
    150_000,
  );
}

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly as?: Who;
}

function shotsOf({ operator, walletToken }: Showcase, leaseId: string, blockId: number): Shot[] {
  const worker = encodeURIComponent(olderRig);
  return [
    { name: 'sign-in', path: '/sign-in' },
    { name: 'help', path: '/help', as: operator },
    { name: 'welcome', path: '/welcome', as: operator },
    { name: 'alerts', path: '/alerts', as: operator },
    ...['rules', 'channels', 'maintenance', 'watchdogs'].map((section) => ({
      name: `alerts-${section}`,
      path: `/alerts/${section}`,
      as: operator,
    })),
    { name: 'groups', path: '/groups', as: operator },
    { name: 'templates', path: '/templates', as: operator },
    { name: 'earnings', path: '/earnings', as: operator },
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
    ...[
      '',
      'self-check',
      'clients',
      'storage',
      'backups',
      'simulator',
      'access',
      'audit',
      'logs',
      'settings',
    ].map((section) => ({
      name: section === '' ? 'system' : `system-${section}`,
      path: `/system/${section}`,
      as: operator,
    })),
  ];
}

async function take(browser: Browser, platform: Showcase['platform'], shot: Shot): Promise<void> {
  for (const [viewport, suffix] of [
    [desktop, ''],
    [phone, '-phone'],
  ] as const) {
    for (const theme of ['dark', 'light'] as const) {
      const name = `${shot.name}-${theme}${suffix}`;
      if (wanted.size > 0 && !wanted.has(name)) continue;
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
    await madeBackup(platform);
    await organize(showcase);
    await incident(showcase);
    const [block] = await platform.get<{ block_id: number }[]>('/api/monitoring/blocks/recent?limit=1');
    for (const shot of shotsOf(showcase, leaseId, block!.block_id)) await take(browser(), platform, shot);
  });

  test('of the first start', async () => {
    const platform = await startTestPlatform();
    await take(browser(), platform, { name: 'welcome', path: '/welcome' });
  });
});
