import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blocksPerHash } from '../src-main/contract/domain/block-probability.ts';
import type { Estimate, Listing } from '../src-main/contract/domain/market.ts';
import { maxDurationSec, maxPricePerMin } from '../src-main/contract/domain/lease.ts';
import { costOf, microPerCredit, splitCost, toCredits, toMicro } from '../src-main/contract/domain/money.ts';
import type { Reputation } from '../src-main/contract/domain/worker.ts';
import { call, ok } from './support/accounts.ts';
import { maxBalanceMicro } from '../src-main/platform/features/ledger/index.ts';
import { ManualClock } from './support/manual-clock.ts';
import { seedWorkers, type MarketWorker } from './support/market-fleet.ts';
import { startSeededPlatform } from './support/seed-database.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';

interface Page {
  items: Listing[];
  total: number;
  page: number;
  limit: number;
  total_pages: number;
}

const rtx4090 = { name: 'NVIDIA GeForce RTX 4090', memory_gb: 24 };
const rtx3080 = { name: 'NVIDIA GeForce RTX 3080', memory_gb: 10 };
const a100 = { name: 'NVIDIA A100-SXM4-80GB', memory_gb: 80 };

const offers: readonly MarketWorker[] = [
  { workerId: 'cheap', priceMicro: 100_000, hashrate: 500, gpus: [rtx3080] },
  { workerId: 'middle', priceMicro: 600_000, hashrate: 3000, gpus: [rtx4090, rtx4090] },
  { workerId: 'big', priceMicro: 1_500_000, hashrate: 2000, gpus: [a100, a100, a100] },
  { workerId: 'short', priceMicro: 50_000, hashrate: 800, gpus: [rtx3080], maxDurationSec: 120 },
];

/** Workers that are not to be rented, each for another reason. */
const unavailable = (nowMs: number): MarketWorker[] => [
  { workerId: 'mining', state: 'MINING', priceMicro: 1 },
  { workerId: 'self-mining', state: 'SELF_MINING', priceMicro: 1 },
  { workerId: 'unlisted', listed: false, priceMicro: 1 },
  { workerId: 'silent', lastHeartbeatMs: nowMs - 90_000, priceMicro: 1 },
  { workerId: 'gone', offlineSinceMs: nowMs, priceMicro: 1 },
  { workerId: 'leased', priceMicro: 1 },
];

async function startMarket(
  workers: readonly MarketWorker[] = offers,
  { clock = new ManualClock(), args = [] }: { clock?: ManualClock; args?: readonly string[] } = {},
): Promise<TestPlatform> {
  return startSeededPlatform(
    (database) => {
      seedWorkers(database, clock.nowMs(), workers);
      if (!workers.some(({ workerId }) => workerId === 'leased')) return;
      database.account('consumer-1', 'consumer');
      database.lease({
        lease_id: 'lease-1',
        worker_id: 'leased',
        consumer_id: 'consumer-1',
        state: 'active',
        created_at_ms: clock.nowMs(),
        ended_at_ms: null,
      });
    },
    { clock, args },
  );
}

async function idsOf(platform: TestPlatform, query = ''): Promise<string[]> {
  const { items } = await platform.get<Page>(`/api/marketplace?limit=100${query}`);
  return items.map(({ worker_id }) => worker_id);
}

const estimate = (platform: TestPlatform, query: string) =>
  platform.get<Estimate>(`/api/marketplace/estimate?${query}`);

describe('the marketplace', () => {
  test('lists what can be rented, with everything that a renter decides by', async () => {
    const clock = new ManualClock();
    const platform = await startMarket([...offers, ...unavailable(clock.nowMs())], { clock });
    const { items, ...page } = await platform.get<Page>('/api/marketplace');
    expect(page).toEqual({ total: 4, page: 1, limit: 18, total_pages: 1 });
    expect(items[2]).toEqual({
      worker_id: 'middle',
      state: 'AVAILABLE',
      gpu_count: 2,
      total_memory_gb: 48,
      gpus: [
        { ...rtx4090, index: 0, bus_id: 0 },
        { ...rtx4090, index: 1, bus_id: 1 },
      ],
      hashrate: 3000,
      eth_address: '',
      price_per_min: 0.6,
      min_duration_sec: 60,
      max_duration_sec: 86_400,
      last_heartbeat: clock.nowMs() / 1000,
      available: true,
      online: true,
      reputation: await platform.get<Reputation>('/api/workers/middle/reputation'),
      honesty: { claimed_hashes: 0, expected_blocks: 0, proven_blocks: 0, z_score: null, flag: '' },
    });
    const all = await platform.get<Page>('/api/marketplace?available_only=false');
    expect(all.total).toBe(10);
    const offered = all.items.filter(({ available }) => available).map(({ worker_id }) => worker_id);
    expect(offered).toEqual(['short', 'cheap', 'middle', 'big']);
  });

  test.each([
    ['', ['short', 'cheap', 'middle', 'big']],
    ['&sort_by=price', ['short', 'cheap', 'middle', 'big']],
    ['&sort_by=hashrate', ['middle', 'big', 'short', 'cheap']],
    ['&sort_by=gpus', ['big', 'middle', 'cheap', 'short']],
    ['&sort_by=memory', ['big', 'middle', 'cheap', 'short']],
    ['&gpu_type=3080', ['short', 'cheap']],
    ['&gpu_type=geforce rtx', ['short', 'cheap', 'middle']],
    ['&gpu_type=A100', ['big']],
    ['&gpu_type=middle', []],
    ['&min_hashrate=800', ['short', 'middle', 'big']],
    ['&min_hashrate=2000.01', ['middle']],
    ['&max_price=0.6', ['short', 'cheap', 'middle']],
    ['&max_price=0.599999', ['short', 'cheap']],
    ['&max_price=0', []],
    ['&min_gpus=2', ['middle', 'big']],
    ['&min_gpus=4', []],
    ['&min_gpus=2&max_price=1&min_hashrate=1&gpu_type=rtx', ['middle']],
  ])('filters and sorts by "%s"', async (query, expected) => {
    expect(await idsOf(await startMarket(), query)).toEqual(expected);
  });

  test('gives every page of one order exactly once, ties by id', async () => {
    const workers = Array.from({ length: 45 }, (_, index) => ({
      workerId: `rig-${String(index).padStart(2, '0')}`,
    }));
    const platform = await startMarket(workers.toReversed());
    const pages: Page[] = [];
    for (const page of [1, 2, 3, 4])
      pages.push(await platform.get<Page>(`/api/marketplace?page=${page}&sort_by=hashrate`));
    expect(pages.map(({ items }) => items.length)).toEqual([18, 18, 9, 0]);
    expect(pages.map(({ total_pages }) => total_pages)).toEqual([3, 3, 3, 3]);
    expect(pages.flatMap(({ items }) => items.map(({ worker_id }) => worker_id))).toEqual(
      workers.map(({ workerId }) => workerId),
    );
  });

  test('follows what miners say: a heartbeat, a status, a silence', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    const [first, second] = await Promise.all(
      ['rig-1', 'rig-2'].map((workerId) => TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl })),
    );
    await first!.introduce();
    await second!.introduce();
    await first!.heartbeat({ hashrate: 1 });
    await second!.heartbeat({ hashrate: 2 });
    expect(await idsOf(platform, '&sort_by=hashrate')).toEqual(['rig-2', 'rig-1']);
    await first!.heartbeat({ hashrate: 3 });
    expect(await idsOf(platform, '&sort_by=hashrate')).toEqual(['rig-1', 'rig-2']);
    await first!.status('SELF_MINING');
    expect(await idsOf(platform)).toEqual(['rig-2']);
    await first!.status('AVAILABLE');
    clock.advance(60_000);
    await first!.heartbeat();
    clock.advance(30_000);
    expect(await idsOf(platform)).toEqual(['rig-1']);
  });

  test.each([
    'page=0',
    'limit=0',
    'limit=101',
    'sort_by=worker_id',
    'sort_by=price;drop table workers',
    'min_hashrate=-1',
    'min_hashrate=NaN',
    'min_hashrate=1e308',
    'max_price=-0.1',
    `max_price=${maxPricePerMin + 1}`,
    'min_gpus=1.5',
    'min_gpus=-1',
    'available_only=yes',
    `gpu_type=${'x'.repeat(129)}`,
    'page=1&page=2',
  ])('refuses ?%s and says why', async (query) => {
    const { status, body } = await call<{ detail: string }>(
      await startTestPlatform(),
      'GET',
      `/api/marketplace?${query}`,
    );
    expect(status).toBe(422);
    expect(body.detail).toContain(query.split('=')[0]);
  });
});

describe('an estimate', () => {
  test('of a given worker says what it costs to the micro-credit', async () => {
    const platform = await startMarket();
    expect(await estimate(platform, 'duration_sec=3601&worker_id=middle')).toEqual({
      worker_id: 'middle',
      duration_sec: 3601,
      price_per_min: 0.6,
      // 0.6 × 3601 / 60; the fee of 1.8005 is exact
      total_cost: 36.01,
      provider_payout: 34.2095,
      platform_fee: 1.8005,
      hashrate: 3000,
      min_duration_sec: 60,
      max_duration_sec: 86_400,
      available: true,
      expected_blocks: (3000 * 3601 * 82) / 64 ** 5,
    });
  });

  test('without a worker is of the cheapest that fits', async () => {
    const clock = new ManualClock();
    const platform = await startMarket([...offers, ...unavailable(clock.nowMs())], { clock });
    expect(await estimate(platform, 'duration_sec=120')).toMatchObject({ worker_id: 'short' });
    expect(await estimate(platform, 'duration_sec=121')).toMatchObject({ worker_id: 'cheap' });
    expect(await estimate(platform, 'duration_sec=60&min_hashrate=801')).toMatchObject({
      worker_id: 'middle',
    });
  });

  test('takes the worker of higher reputation where the price is the same', async () => {
    const hours = (count: number) => count * 3_600_000;
    const clock = new ManualClock();
    const platform = await startSeededPlatform(
      (database) => {
        seedWorkers(database, clock.nowMs(), [
          { workerId: 'a', totalOnlineMs: hours(1) },
          { workerId: 'b', totalOnlineMs: hours(3) },
          { workerId: 'c', totalOnlineMs: hours(2) },
        ]);
        database.handle.prepare('update workers set registered_at_ms = ?').run(clock.nowMs() - hours(4));
      },
      { clock },
    );
    expect(await estimate(platform, 'duration_sec=60')).toMatchObject({ worker_id: 'b' });
  });

  test.each([
    ['duration_sec=60&worker_id=nobody', 404, 'nobody'],
    ['duration_sec=59', 404, '59 seconds'],
    ['duration_sec=86401', 404, '86401 seconds'],
    ['duration_sec=60&min_hashrate=3001', 404, 'hashrate'],
    ['duration_sec=60&worker_id=cheap&min_hashrate=501', 404, '500 H/s'],
    ['duration_sec=121&worker_id=short', 400, '60 to 120 seconds'],
    ['duration_sec=59&worker_id=short', 400, '60 to 120 seconds'],
    ['', 422, 'duration_sec'],
    ['duration_sec=', 422, 'duration_sec'],
    ['duration_sec=0', 422, 'duration_sec'],
    ['duration_sec=-5', 422, 'duration_sec'],
    ['duration_sec=1.5', 422, 'duration_sec'],
    ['duration_sec=1e308', 422, 'duration_sec'],
    [`duration_sec=${maxDurationSec + 1}`, 422, 'duration_sec'],
    ['duration_sec=60&min_hashrate=x', 422, 'min_hashrate'],
  ])('for %s is refused with %i, naming %s', async (query, expected, detail) => {
    const { status, body } = await call<{ detail: string }>(
      await startMarket(),
      'GET',
      `/api/marketplace/estimate?${query}`,
    );
    expect(status).toBe(expected);
    expect(body.detail).toContain(detail);
  });

  test('of a busy worker says that it is busy', async () => {
    const clock = new ManualClock();
    const platform = await startMarket(unavailable(clock.nowMs()), { clock });
    for (const workerId of ['mining', 'self-mining', 'unlisted', 'silent', 'gone', 'leased'])
      expect(await estimate(platform, `duration_sec=60&worker_id=${workerId}`)).toMatchObject({
        worker_id: workerId,
        available: false,
      });
    const { status } = await call(platform, 'GET', '/api/marketplace/estimate?duration_sec=60');
    expect(status).toBe(404);
  });

  test('expects no number of blocks without a hashrate, and more with a shorter marker', async () => {
    const workers = [
      { workerId: 'idle', hashrate: 0 },
      { workerId: 'busy', hashrate: 10 },
    ];
    const platform = await startMarket(workers, { args: ['--block-marker', 'X1'] });
    expect(await estimate(platform, 'duration_sec=60&worker_id=idle')).toMatchObject({
      expected_blocks: null,
    });
    expect(await estimate(platform, 'duration_sec=60&worker_id=busy')).toMatchObject({
      expected_blocks: (600 * 85) / 64 ** 2,
    });
    expect(blocksPerHash('')).toBe(82 / 64 ** 5);
    expect(1 / blocksPerHash('XEN11')).toBeCloseTo(13_094_412, 0);
  });
});

test('total = payout + fee to the micro-credit, the fee is 5 % rounded down, for every price and time', () => {
  const price = fc.integer({ min: 0, max: maxPricePerMin * microPerCredit });
  const durationSec = fc.integer({ min: 1, max: maxDurationSec });
  fc.assert(
    fc.property(price, durationSec, (pricePerMinMicro, seconds) => {
      const cost = costOf(pricePerMinMicro, seconds * 1000);
      const { payoutMicro, feeMicro } = splitCost(cost);
      expect(Number.isSafeInteger(cost)).toBe(true);
      expect(BigInt(cost)).toBe((BigInt(pricePerMinMicro) * BigInt(seconds)) / 60n);
      expect(payoutMicro + feeMicro).toBe(cost);
      expect(BigInt(feeMicro)).toBe((BigInt(cost) * 5n) / 100n);
      // What calls show are the same whole micro-credits, for every amount that an account can hold.
      if (cost > maxBalanceMicro) return;
      for (const amount of [cost, payoutMicro, feeMicro]) expect(toMicro(toCredits(amount))).toBe(amount);
    }),
    { numRuns: 2000 },
  );
});

test('an estimate agrees with the arithmetic of leases for prices that owners set', async () => {
  const platform = await startMarket([{ workerId: 'rig', maxDurationSec }], { args: ['--access', 'open'] });
  const price = fc.integer({ min: 0, max: maxPricePerMin * microPerCredit });
  const durationSec = fc.integer({ min: 1, max: maxDurationSec });
  await fc.assert(
    fc.asyncProperty(price, durationSec, async (pricePerMinMicro, seconds) => {
      const cost = costOf(pricePerMinMicro, seconds * 1000);
      // More than an account can hold.
      fc.pre(cost <= maxBalanceMicro);
      await ok(platform, 'PUT', '/api/workers/rig/pricing', {
        body: {
          price_per_min: toCredits(pricePerMinMicro),
          min_duration_sec: 1,
          max_duration_sec: maxDurationSec,
        },
      });
      const answer = await estimate(platform, `duration_sec=${seconds}&worker_id=rig`);
      expect(toMicro(answer.price_per_min)).toBe(pricePerMinMicro);
      expect(toMicro(answer.total_cost)).toBe(cost);
      expect(toMicro(answer.provider_payout) + toMicro(answer.platform_fee)).toBe(cost);
    }),
    { numRuns: 50 },
  );
});

test('the reputation of one worker is what the list of workers shows, and unknown workers have none', async () => {
  const clock = new ManualClock();
  const platform = await startMarket([{ workerId: 'a:b/c', totalOnlineMs: 1000 }], { clock });
  clock.advance(5000);
  const [worker] = await platform.get<{ reputation: Reputation }[]>('/api/workers');
  const reputation = await platform.get<Reputation>('/api/workers/a%3Ab%2Fc/reputation');
  expect(reputation).toEqual(worker?.reputation);
  // 30 without leases + 20 × 1 s of 5 s
  expect(reputation).toMatchObject({ worker_id: 'a:b/c', score: 34, stars: 1.7 });
  const { status, body } = await call<{ detail: string }>(platform, 'GET', '/api/workers/x/reputation');
  expect(status).toBe(404);
  expect(body.detail).toContain('no worker x');
});
