import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unknownRates, wattsOf, type EarningRates } from '../src-main/contract/domain/earnings.ts';
import type { EarningFigures, EarningRow } from '../src-main/contract/rest/earnings.routes.ts';
import { admin, call, deposit, newWallet, ok, register, signIn, type Who } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { ended, introduced, mineFor, rent, renterAddress, stop } from './support/renting.ts';
import { generate } from './support/generated-data.ts';
import { readRows } from './support/platform-figures.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

interface Answer {
  from: string;
  to: string;
  currency: string;
  totals: EarningFigures;
  items: EarningRow[];
  total: number;
}

const list = (platform: TestPlatform, who: Who, query = '') =>
  ok<Answer>(platform, 'GET', `/api/earnings${query}`, { who });

const rates: EarningRates = {
  currency: 'EUR',
  price_per_kwh: 0.25,
  credit_value: 2,
  block_value: 0.1,
  super_block_value: 5,
  xuni_block_value: null,
  watts: [],
};

/** A wallet with two workers of two RTX 4090 each, somebody else's, and a renter. */
async function startWithOwners() {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock, args: ['--verify', 'off'] });
  const wallet = newWallet();
  const miner = await introduced(platform, 'rig-1', wallet.address);
  const second = await introduced(platform, 'rig-2', wallet.address);
  const others = await introduced(platform, 'rig-3', newWallet().address);
  const owner = await signIn(platform, wallet);
  const consumer = await register(platform, 'renter');
  await deposit(platform, 'renter', 1000);
  return { clock, platform, wallet, owner, consumer, miner, second, others };
}

describe('earnings', () => {
  test('add up leases, blocks and hours, each once, also over a restart', async () => {
    const { clock, platform, owner, consumer, miner, second, others } = await startWithOwners();
    const setting = { platform, clock, consumer, miner };
    const { body } = await rent(platform, consumer, { worker_id: 'rig-1', duration_sec: 600 });
    await miner.status('MINING', { lease_id: body.lease_id });
    const key = (body.prefix + '1'.repeat(64)).slice(0, 64);
    await miner.block({ lease_id: body.lease_id, key, account: renterAddress });
    for (const one of [second, second, others]) await one.block();
    await second.heartbeat({ hashrate: 1500 });
    await mineFor(setting, 120);
    await stop(platform, consumer, body.lease_id);
    const { settlement } = await ended(platform, body.lease_id);
    clock.advance(60_000);
    const { totals } = await waitFor(async () => {
      const answer = await list(platform, owner);
      return answer.totals.leases === 1 && answer.totals.own_blocks === 2 && answer;
    }, 'the earnings of the lease and of the blocks');
    expect(totals).toMatchObject({
      lease_income: settlement?.provider_payout,
      leases: 1,
      leased_blocks: 1,
      own_blocks: 2,
      own_super_blocks: 0,
      own_xuni_blocks: 0,
    });
    expect(totals.leased_hours).toBeGreaterThanOrEqual(0.033);
    expect(totals.own_hours).toBeGreaterThan(0);
    const whole = await list(platform, admin(platform), '?by=worker');
    expect(whole.totals).toMatchObject({ own_blocks: 3, leases: 1 });
    expect(whole.items.map(({ key, own_blocks, leases }) => [key, own_blocks, leases])).toEqual([
      ['rig-1', 0, 1],
      ['rig-2', 2, 0],
      ['rig-3', 1, 0],
    ]);

    await platform.stop();
    const again = await startTestPlatform({ clock, dataDir: platform.dataDir, args: ['--verify', 'off'] });
    clock.advance(60_000);
    await waitFor(
      () => readRows(again, 'select * from earning_progress').length === 2,
      'blocks and settlements to be read',
    );
    expect((await list(again, admin(again))).totals).toMatchObject({
      lease_income: settlement?.provider_payout,
      own_blocks: 3,
      leased_blocks: 1,
      leases: 1,
    });
  });

  test('of a group are those of its workers, of each of several tags', async () => {
    const { clock, platform, miner, second, others } = await startWithOwners();
    for (const one of [miner, second, second, others]) await one.block();
    const tag = (worker_ids: string[], add: string[]) =>
      ok(platform, 'POST', '/api/tags/assign', { who: admin(platform), body: { worker_ids, add } });
    await tag(['rig-1', 'rig-2'], ['site:north']);
    await tag(['rig-1'], ['rack-1']);
    clock.advance(60_000);
    const { items } = await waitFor(async () => {
      const answer = await list(platform, admin(platform), '?by=group');
      return answer.totals.own_blocks === 4 && answer;
    }, 'four blocks');
    expect(items.map(({ key, own_blocks }) => [key, own_blocks])).toEqual([
      ['', 1],
      ['rack-1', 1],
      ['site:north', 3],
    ]);
  });

  test('are worth what somebody says, less the electricity; unknown is not zero', async () => {
    const { clock, platform, owner, second } = await startWithOwners();
    await second.block();
    await second.heartbeat({ hashrate: 1500 });
    // Ten steps of a minute, in each of which it is heard: a tenth of an hour and more.
    for (let minute = 0; minute < 12; minute += 1) {
      clock.advance(60_000);
      await second.heartbeat({ hashrate: 1500 });
    }
    const before = await waitFor(async () => {
      const { totals } = await list(platform, owner);
      return totals.own_blocks === 1 && totals.own_hours >= 0.19 && totals;
    }, 'twelve minutes of mining');
    expect(before).toMatchObject({ energy_cost: null, own_value: null, lease_value: null, net: null });
    // Two cards of 380 W.
    expect(before.energy_kwh).toBeCloseTo(0.76 * before.own_hours, 2);

    const put = await ok<{ rates: EarningRates; models: unknown[] }>(platform, 'PUT', '/api/earnings/rates', {
      who: owner,
      body: rates,
    });
    expect(put.models).toEqual([{ model: 'RTX 4090', gpus: 4, usual_watts: 380 }]);
    const { totals, currency } = await list(platform, owner);
    expect(currency).toBe('EUR');
    expect(totals.own_value).toBe(0.1);
    expect(totals.energy_cost).toBeCloseTo(totals.energy_kwh! * 0.25, 3);
    expect(totals.net).toBeCloseTo(0.1 - totals.energy_cost!, 5);
    // Everybody has rates of his own.
    expect((await list(platform, admin(platform))).totals.net).toBeNull();
    const other = await ok<{ rates: EarningRates }>(platform, 'GET', '/api/earnings/rates', {
      who: admin(platform),
    });
    expect(other.rates).toEqual(unknownRates);

    const ownWatts = { ...rates, watts: [{ model: 'NVIDIA GeForce RTX 4090', watts: 190 }] };
    await ok(platform, 'PUT', '/api/earnings/rates', { who: owner, body: ownWatts });
    expect((await list(platform, owner)).totals.energy_kwh).toBeCloseTo(before.energy_kwh! / 2, 2);
  });

  test('of a history are there soon after the start, day by day, sorted and by pages', async () => {
    const dataDir = temporaryFolder();
    const size = { workers: 12, blocks: 900, leases: 60, addresses: 4, days: 3 };
    await generate(join(dataDir, 'marketplace.db'), { size, endMs: Date.now() - 60_000 });
    const platform = await startTestPlatform({ dataDir });
    const [{ payout } = { payout: 0 }] = readRows<{ payout: number }>(
      platform,
      'select sum(provider_payout_micro) as payout from settlements',
    );
    const days = await waitFor(async () => {
      const answer = await list(platform, admin(platform));
      return Math.round(answer.totals.lease_income * 1e6) === payout && answer;
    }, 'all settlements');
    expect(days.items).toHaveLength(30);
    expect(days.items.map(({ key }) => key)).toEqual(days.items.map(({ key }) => key).toSorted());
    const sum = days.items.reduce((all, { lease_income }) => all + Math.round(lease_income * 1e6), 0);
    expect(sum).toBe(payout);
    const best = await list(platform, admin(platform), '?by=worker&sort=lease_income&order=desc&limit=5');
    const incomes = best.items.map(({ lease_income }) => lease_income);
    expect(incomes).toEqual(incomes.toSorted((a, b) => b - a));
    expect(best).toMatchObject({ total: 12 });
    expect(incomes).toHaveLength(5);

    const { headers, text } = await csvOf(platform, admin(platform));
    expect(headers.get('content-disposition')).toContain('earnings.csv');
    const [head, ...lines] = text.trimEnd().split('\n');
    expect(head).toMatch(/^date,worker_id,account_id,tags,leased_hours/);
    const column = head!.split(',').indexOf('lease_income');
    const exported = lines.reduce((all, line) => all + Math.round(Number(line.split(',')[column]) * 1e6), 0);
    expect(exported).toBe(payout);
  });

  test('belong to their owner', async () => {
    const { platform, owner, consumer } = await startWithOwners();
    expect((await list(platform, owner, '?by=worker')).items.every(({ key }) => key !== 'rig-3')).toBe(true);
    for (const path of ['/api/earnings', '/api/earnings.csv', '/api/earnings/rates']) {
      expect((await call(platform, 'GET', path, {})).status).toBe(401);
      const answer = await call(platform, 'GET', `${path}?provider_id=rig-3`, { who: consumer });
      expect(answer.status).toBe(403);
    }
  });

  test.each([
    ['?from=2026-02-30', 'from'],
    ['?from=yesterday', 'from'],
    ['?from=2026-02-02&to=2026-02-01', 'ends'],
    ['?from=2020-01-01&to=2026-01-01', '366'],
  ])('a span like %s is refused', async (query, why) => {
    const platform = await startTestPlatform();
    const { status, body } = await call<{ detail: string }>(platform, 'GET', `/api/earnings${query}`, {
      who: admin(platform),
    });
    expect([400, 422]).toContain(status);
    expect(body.detail).toContain(why);
  });

  test('rates that can not be are refused, and change nothing', async () => {
    const platform = await startTestPlatform();
    for (const change of [{ currency: '' }, { price_per_kwh: -1 }, { watts: [{ model: '', watts: 1 }] }]) {
      const answer = await call(platform, 'PUT', '/api/earnings/rates', {
        who: admin(platform),
        body: { ...rates, ...change },
      });
      expect(answer.status).toBe(400);
    }
    expect(
      (await ok<{ rates: EarningRates }>(platform, 'GET', '/api/earnings/rates', { who: admin(platform) }))
        .rates,
    ).toEqual(unknownRates);
  });
});

describe('the power of a worker', () => {
  test('is the sum of its cards, unknown when one of them is', () => {
    const card = (name: string) => ({ name });
    expect(wattsOf([card('NVIDIA GeForce RTX 4090'), card('rtx 3080')], 2, [])).toBe(650);
    expect(wattsOf([card('NVIDIA GeForce RTX 4090')], 1, [{ model: 'RTX 4090', watts: 300 }])).toBe(300);
    expect(wattsOf([card('Home-made')], 1, [])).toBeNull();
    expect(wattsOf([card('Home-made')], 1, [{ model: 'home-made', watts: 5 }])).toBe(5);
    expect(wattsOf([card('RTX 4090')], 2, [])).toBeNull();
    expect(wattsOf([], 0, [])).toBeNull();
  });
});

async function csvOf(platform: TestPlatform, who: Who) {
  const response = await fetch(`${platform.apiUrl}/api/earnings.csv`, {
    headers: { 'X-API-Key': who.key ?? '' },
  });
  return { headers: response.headers, text: await response.text() };
}
