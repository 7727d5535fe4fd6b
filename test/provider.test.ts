import { describe, expect, test } from 'vitest';
import type { Settlement } from '../src-main/contract/domain/lease.ts';
import type { ProviderWorker } from '../src-main/contract/rest/provider.routes.ts';
import { nameGpus } from '../src-main/contract/domain/gpu-name.ts';
import { admin, call, deposit, newWallet, ok, register, signIn, type Who } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { seedWorkers } from './support/market-fleet.ts';
import { readRows } from './support/platform-figures.ts';
import { ended, introduced, mineFor, rent, renterAddress, stop } from './support/renting.ts';
import { startSeededPlatform } from './support/seed-database.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';

interface Dashboard {
  provider_id: string;
  account_id: string;
  worker_count: number;
  online_workers: number;
  total_earned: number;
  active_leases: number;
  settled_leases: number;
  total_blocks_mined: number;
  avg_hashrate: number;
}

interface Earnings {
  provider_id: string;
  earnings: Settlement[];
  total: number;
  limit: number;
  offset: number;
}

interface Workers {
  provider_id: string;
  items: ProviderWorker[];
  total: number;
  page: number;
  limit: number;
  total_pages: number;
}

/** A wallet with two workers, a third worker of somebody else, and a renter with 1000 credits. */
async function startWithProvider(args: readonly string[] = []) {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock, args });
  const wallet = newWallet();
  const miner = await introduced(platform, 'rig-1', wallet.address);
  await introduced(platform, 'rig-2', wallet.address.toLowerCase());
  await introduced(platform, 'other', newWallet().address);
  const consumer = await register(platform, 'renter');
  await deposit(platform, 'renter', 1000);
  const provider = await signIn(platform, wallet);
  return { clock, platform, wallet, miner, consumer, provider };
}

const paths = [
  '/api/provider/dashboard',
  '/api/provider/earnings',
  '/api/provider/earnings/daily',
  '/api/provider/earnings.csv',
  '/api/provider/workers',
];
const get = <Body>(platform: TestPlatform, path: string, who: Who) =>
  ok<Body>(platform, 'GET', `/api/provider/${path}`, { who });

describe('the dashboard of a provider', () => {
  test('adds up its workers, its leases and what it earned, and a restart changes nothing', async () => {
    const { platform, clock, miner, consumer, provider, wallet } = await startWithProvider();
    const account = wallet.address.toLowerCase();
    const nothing = {
      provider_id: account,
      account_id: account,
      worker_count: 2,
      online_workers: 2,
      total_earned: 0,
      active_leases: 0,
      settled_leases: 0,
      total_blocks_mined: 0,
      avg_hashrate: 0,
    };
    expect(await get<Dashboard>(platform, 'dashboard', provider)).toEqual(nothing);
    await miner.heartbeat({ hashrate: 1000.5 });
    expect(await get<Dashboard>(platform, 'dashboard', provider)).toMatchObject({ avg_hashrate: 500.25 });

    const setting = { platform, clock, consumer, miner };
    const { body } = await rent(platform, consumer, { worker_id: 'rig-1', duration_sec: 600 });
    await miner.status('MINING', { lease_id: body.lease_id });
    await rent(platform, consumer, { worker_id: 'other', duration_sec: 600 });
    await mineFor(setting, 61);
    expect(await get<Dashboard>(platform, 'dashboard', provider)).toMatchObject({
      active_leases: 1,
      total_earned: 0,
    });
    await stop(platform, consumer, body.lease_id);
    const { settlement } = await ended(platform, body.lease_id);
    // 61 s at 0.60 a minute, without the 5 %
    expect(settlement?.total_cost).toBe(0.61);
    const dashboard = await get<Dashboard>(platform, 'dashboard', provider);
    expect(dashboard).toMatchObject({ active_leases: 0, settled_leases: 1, total_earned: 0.5795 });
    await platform.stop();
    const again = await startTestPlatform({ clock, dataDir: platform.dataDir });
    const after = await get<Dashboard>(again, `dashboard?provider_id=${account}`, admin(again));
    expect(after).toMatchObject({ settled_leases: 1, total_earned: 0.5795, worker_count: 2 });
  });

  test('counts the blocks that its workers found for themselves and for renters', async () => {
    const { platform, miner, consumer, provider } = await startWithProvider(['--verify', 'off']);
    await miner.block();
    const { body } = await rent(platform, consumer, { worker_id: 'rig-1' });
    await miner.status('MINING', { lease_id: body.lease_id });
    for (const digit of ['1', '2']) {
      const key = (body.prefix + digit.repeat(64)).slice(0, 64);
      await miner.block({ lease_id: body.lease_id, key, account: renterAddress });
    }
    await miner.block({ lease_id: body.lease_id, key: 'f'.repeat(64) });
    expect(await get<Dashboard>(platform, 'dashboard', provider)).toMatchObject({ total_blocks_mined: 3 });
  });
});

describe('the earnings of a provider', () => {
  test('are its settlements, newest first, in portions and as CSV', async () => {
    const { platform, clock, miner, consumer, provider, wallet } = await startWithProvider();
    const leases: string[] = [];
    for (const seconds of [10, 20, 30]) {
      const { body } = await rent(platform, consumer, { worker_id: 'rig-1' });
      await miner.status('MINING', { lease_id: body.lease_id });
      await mineFor({ platform, clock, consumer, miner }, seconds);
      await stop(platform, consumer, body.lease_id);
      await miner.status('AVAILABLE');
      leases.push(body.lease_id);
    }
    const other = await rent(platform, consumer, { worker_id: 'other' });
    await stop(platform, consumer, other.body.lease_id);

    const all = await get<Earnings>(platform, 'earnings', provider);
    expect(all).toMatchObject({
      provider_id: wallet.address.toLowerCase(),
      total: 3,
      limit: 50,
      offset: 0,
    });
    expect(all.earnings.map(({ lease_id }) => lease_id)).toEqual(leases.toReversed());
    expect(all.earnings.map(({ total_cost }) => total_cost)).toEqual([0.3, 0.2, 0.1]);
    expect(all.earnings[0]).toMatchObject({
      worker_id: 'rig-1',
      consumer_id: 'renter',
      provider_payout: 0.285,
      provider_payment: 0.285,
      platform_fee: 0.015,
    });
    const second = await get<Earnings>(platform, 'earnings?limit=1&offset=1', provider);
    expect(second.earnings).toEqual([all.earnings[1]]);
    expect((await get<Earnings>(platform, 'earnings?offset=3', provider)).earnings).toEqual([]);

    const csv = await get<string>(platform, 'earnings.csv', provider);
    const [heading, ...lines] = csv.trimEnd().split('\n');
    expect(heading?.split(',').slice(0, 4)).toEqual(['settled_at', 'lease_id', 'worker_id', 'consumer_id']);
    expect(lines.map((line) => line.split(',')[1])).toEqual(leases);
    expect(lines[2]?.split(',').slice(8, 11)).toEqual(['0.3', '0.285', '0.015']);
  });

  test('come out of more settlements than one portion holds, each once', async () => {
    const platform = await startSeededPlatform((database) => {
      seedWorkers(database, 0, [{ workerId: 'rig-1' }]);
      database.account('consumer-1', 'consumer');
      for (let index = 0; index < 1203; index += 1) {
        const leaseId = `lease-${index}`;
        database.lease({
          lease_id: leaseId,
          worker_id: 'rig-1',
          consumer_id: 'consumer-1',
          state: 'completed',
          created_at_ms: index,
          ended_at_ms: index + 1,
        });
        database.settlement(leaseId, 100, 5);
      }
      database.handle.exec('update settlements set settled_at_ms = settlement_id / 3 * 1000');
    });
    const csv = await get<string>(platform, 'earnings.csv?provider_id=provider-1', admin(platform));
    const ids = csv
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[1]);
    expect(ids).toEqual(Array.from({ length: 1203 }, (_, index) => `lease-${index}`));
    const dashboard = await get<Dashboard>(platform, 'dashboard?provider_id=provider-1', admin(platform));
    expect(dashboard).toMatchObject({ settled_leases: 1203, total_earned: 0.114285, active_leases: 0 });
  });
});

describe('the workers of a provider', () => {
  test('are shown by id, page by page, with their GPUs in a few words', async () => {
    const clock = new ManualClock();
    const gpu = (name: string, memory_gb: number) => ({ name, memory_gb });
    const platform = await startSeededPlatform(
      (database) =>
        seedWorkers(database, clock.nowMs(), [
          { workerId: 'b', gpus: [gpu('NVIDIA GeForce RTX 3080', 10), gpu('NVIDIA GeForce RTX 3070', 8)] },
          { workerId: 'c', lastHeartbeatMs: clock.nowMs() - 90_000, totalOnlineMs: 61_499 },
          { workerId: 'a', priceMicro: 1_250_000, gpus: [gpu('NVIDIA GeForce RTX 4090', 24)] },
          { workerId: 'd', accountId: 'provider-2' },
        ]),
      { clock },
    );
    const pages = async (query: string) =>
      get<Workers>(platform, `workers?provider_id=provider-1&${query}`, admin(platform));
    const { items, ...page } = await pages('limit=2');
    expect(page).toEqual({ provider_id: 'provider-1', total: 3, page: 1, limit: 2, total_pages: 2 });
    expect(items).toEqual([
      {
        worker_id: 'a',
        state: 'AVAILABLE',
        online: true,
        hashrate: 1000,
        gpu_count: 1,
        active_gpus: 0,
        gpu_name: 'RTX 4090',
        memory_gb: 24,
        price_per_min: 1.25,
        self_blocks_found: 0,
        total_online_sec: 0,
      },
      expect.objectContaining({ worker_id: 'b', gpu_name: 'RTX 3080 + RTX 3070', memory_gb: 18 }),
    ]);
    expect((await pages('limit=2&page=2')).items).toEqual([
      expect.objectContaining({ worker_id: 'c', online: false, gpu_name: '', total_online_sec: 61 }),
    ]);
    // A worker's id stands for its owner.
    const byWorker = await get<Workers>(platform, 'workers?provider_id=d', admin(platform));
    expect(byWorker).toMatchObject({ provider_id: 'd', total: 1 });
  });

  test.each<[string[], number, string]>([
    [[], 0, ''],
    [[], 4, '4x (unknown)'],
    [['NVIDIA GeForce RTX 4090'], 1, 'RTX 4090'],
    [['NVIDIA GeForce RTX 4090', 'NVIDIA GeForce RTX 4090'], 2, '2x RTX 4090'],
    [['NVIDIA GeForce RTX 3080', 'GeForce RTX 3070'], 2, 'RTX 3080 + RTX 3070'],
    [['RTX 4090', 'NVIDIA GeForce RTX 4090', 'RTX 3080'], 3, '2x RTX 4090 + RTX 3080'],
    [['a', 'b', 'c', 'a', 'a', 'a', 'a', 'a'], 8, '8x (mixed)'],
    [['NVIDIA A100-SXM4-80GB'], 1, 'A100-SXM4-80GB'],
    [['  '], 1, '1x (unknown)'],
  ])('with %j are called by their GPUs', (names, count, expected) => {
    expect(
      nameGpus(
        names.map((name) => ({ name })),
        count,
      ),
    ).toBe(expected);
  });
});

describe('who may see a provider', () => {
  test.each(paths)('%s: itself and admins, by account, address or worker', async (path) => {
    const { platform, provider, wallet, consumer } = await startWithProvider();
    const other = await signIn(platform, newWallet());
    const ask = async (query: string, who: Who = {}) =>
      (await call(platform, 'GET', `${path}${query}`, { who })).status;
    for (const id of [wallet.address, wallet.address.toLowerCase(), 'rig-1']) {
      expect(await ask(`?provider_id=${id}`, provider)).toBe(200);
      expect(await ask(`?provider_id=${id}`, admin(platform))).toBe(200);
      expect(await ask(`?provider_id=${id}`, other)).toBe(403);
      expect(await ask(`?provider_id=${id}`, consumer)).toBe(403);
      expect(await ask(`?provider_id=${id}`)).toBe(401);
    }
    expect(await ask('', provider)).toBe(200);
    expect(await ask('', other)).toBe(200);
    expect(await ask('')).toBe(401);
    expect(await ask('?provider_id=nobody', admin(platform))).toBe(404);
    expect(await ask(`?provider_id=${'x'.repeat(257)}`, admin(platform))).toBe(422);
  });

  test('without credentials on a trusted network: whoever is named, and 400 when nobody is', async () => {
    const { platform, wallet } = await startWithProvider(['--access', 'open']);
    for (const path of paths) {
      const named = await call(platform, 'GET', `${path}?provider_id=${wallet.address}`);
      expect(named.status).toBe(200);
      const nobody = await call<{ detail: string }>(platform, 'GET', path);
      expect(nobody.status).toBe(400);
      expect(nobody.body.detail).toContain('provider_id');
      expect((await call(platform, 'GET', `${path}?provider_id=nobody`)).status).toBe(404);
    }
  });

  test.each([
    'workers?limit=0',
    'workers?limit=101',
    'workers?page=0',
    'earnings?limit=501',
    'earnings?offset=-1',
  ])('refuses %s', async (query) => {
    const { platform, provider } = await startWithProvider();
    expect((await call(platform, 'GET', `/api/provider/${query}`, { who: provider })).status).toBe(422);
  });
});

test('the totals of every account are the sums of its leases and settlements', async () => {
  const { platform, clock, miner, consumer } = await startWithProvider(['--verify', 'off']);
  for (const [workerId, seconds] of [
    ['rig-1', 5],
    ['other', 7],
    ['rig-1', 65],
  ] as const) {
    const { body } = await rent(platform, consumer, { worker_id: workerId });
    if (workerId === 'rig-1') {
      await miner.status('MINING', { lease_id: body.lease_id });
      await miner.block({ lease_id: body.lease_id, key: (body.prefix + '0'.repeat(64)).slice(0, 64) });
    }
    await mineFor({ platform, clock, consumer, miner }, seconds);
    await stop(platform, consumer, body.lease_id);
    if (workerId === 'rig-1') await miner.status('AVAILABLE');
  }
  await rent(platform, consumer, { worker_id: 'rig-1' });
  // A provider that rents its own worker.
  await deposit(platform, 'other', 10);
  const operator = admin(platform);
  const path = '/api/accounts/other/balance';
  const { account_id } = await ok<{ account_id: string }>(platform, 'GET', path, { who: operator });
  const { body: own } = await rent(platform, operator, { worker_id: 'other', consumer_id: account_id });
  await stop(platform, operator, own.lease_id);
  const kept = readRows(platform, 'select * from account_totals order by account_id');
  const summed = readRows(
    platform,
    `select account_id,
       (select count(*) from leases where consumer_id = account_id) as consumer_leases,
       (select count(*) from leases where consumer_id = account_id and state = 'completed') as consumer_completed,
       (select count(*) from leases where consumer_id = account_id and state = 'cancelled') as consumer_cancelled,
       (select count(*) from settlements where consumer_id = account_id) as consumer_settlements,
       (select coalesce(sum(total_cost_micro), 0) from settlements where consumer_id = account_id) as consumer_cost_micro,
       (select count(*) from leases where provider_id = account_id) as provider_leases,
       (select count(*) from leases where provider_id = account_id and state = 'completed') as provider_completed,
       (select count(*) from leases where provider_id = account_id and state = 'cancelled') as provider_cancelled,
       (select coalesce(sum(blocks_found), 0) from leases where provider_id = account_id) as provider_blocks,
       (select count(*) from settlements where provider_id = account_id) as provider_settlements,
       (select coalesce(sum(provider_payout_micro), 0) from settlements where provider_id = account_id)
         as provider_payout_micro,
       (select count(*) from leases where provider_id = account_id and consumer_id = account_id) as own_leases,
       (select count(*) from leases where provider_id = account_id and consumer_id = account_id
         and state = 'completed') as own_completed,
       (select count(*) from leases where provider_id = account_id and consumer_id = account_id
         and state = 'cancelled') as own_cancelled,
       (select count(*) from postings where postings.account_id = accounts.account_id and bucket <> 'external')
         as postings
     from accounts where account_id in (select consumer_id from leases union select provider_id from leases
       union select account_id from postings)
     order by account_id`,
  );
  expect(kept).toHaveLength(4);
  expect(kept).toEqual(summed);
});
