import { expect, test } from 'vitest';
import type { Lease } from '../src-main/contract/domain/lease.ts';
import { call, deposit, newWallet, ok, register, signIn, type Who } from './support/accounts.ts';
import { introduced, mineFor, rent, setUp, stop } from './support/renting.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';

interface Leases {
  items: Lease[];
  total: number;
  limit: number;
  offset: number;
}

const statsOf = (platform: TestPlatform, who: Who) => ok(platform, 'GET', '/api/renter/stats', { who });
const leasesOf = (platform: TestPlatform, who: Who, query = '') =>
  ok<Leases>(platform, 'GET', `/api/renter/leases${query}`, { who });

const nothing = {
  active_leases: 0,
  completed_leases: 0,
  cancelled_leases: 0,
  total_leases: 0,
  total_spent: 0,
  avg_cost: 0,
};

test('a renter sees its leases and what they cost, and nobody else sees them', async () => {
  const setting = await setUp();
  const { platform, consumer, miner, clock } = setting;
  const second = await introduced(platform, 'rig-2');
  const other = await register(platform, 'other-renter');
  await deposit(platform, 'other-renter', 100);
  expect(await statsOf(platform, consumer)).toEqual(nothing);
  expect(await leasesOf(platform, consumer)).toEqual({ items: [], total: 0, limit: 50, offset: 0 });

  const ids: string[] = [];
  for (const seconds of [30, 61]) {
    const { body } = await rent(platform, consumer);
    ids.push(body.lease_id);
    await miner.status('MINING', { lease_id: body.lease_id });
    await mineFor(setting, seconds);
    await stop(platform, consumer, body.lease_id);
    await miner.status('AVAILABLE');
  }
  // Never reported MINING: cancelled, for nothing.
  const silent = await rent(platform, consumer);
  ids.push(silent.body.lease_id);
  for (let step = 0; step < 3; step += 1) {
    clock.advance(30_000);
    await miner.heartbeat();
    await second.heartbeat();
  }
  const active = await rent(platform, consumer, { worker_id: 'rig-2' });
  expect(active.status).toBe(200);
  ids.push(active.body.lease_id);

  // 0.3 + 0.61 over three settled leases
  expect(await statsOf(platform, consumer)).toEqual({
    active_leases: 1,
    completed_leases: 2,
    cancelled_leases: 1,
    total_leases: 4,
    total_spent: 0.91,
    avg_cost: 0.303333,
  });
  const all = await leasesOf(platform, consumer);
  expect(all.total).toBe(4);
  expect(all.items.map(({ lease_id }) => lease_id)).toEqual(ids.toReversed());
  expect(all.items.map(({ state }) => state)).toEqual(['active', 'cancelled', 'completed', 'completed']);
  expect(all.items[2]).toMatchObject({ elapsed_sec: 61, avg_hashrate: 1000, consumer_id: 'renter' });
  expect(await leasesOf(platform, consumer, '?limit=1&offset=2')).toEqual({
    items: [all.items[2]],
    total: 4,
    limit: 1,
    offset: 2,
  });
  for (const [state, expected] of [
    ['active', [ids[3]]],
    ['cancelled', [ids[2]]],
    ['completed', [ids[1], ids[0]]],
  ] as const) {
    const some = await leasesOf(platform, consumer, `?state=${state}`);
    expect(some.total).toBe(expected.length);
    expect(some.items.map(({ lease_id }) => lease_id)).toEqual(expected);
  }
  expect(await statsOf(platform, other)).toEqual(nothing);
  expect((await leasesOf(platform, other)).items).toEqual([]);
});

test('a wallet that signed in may ask, too; without credentials nobody may, in no access mode', async () => {
  const platform = await startTestPlatform();
  const wallet = await signIn(platform, newWallet());
  expect(await statsOf(platform, wallet)).toEqual(nothing);
  for (const access of ['open', 'standard', 'strict']) {
    const other = await startTestPlatform({ args: ['--access', access] });
    for (const path of ['/api/renter/stats', '/api/renter/leases'])
      expect((await call(other, 'GET', path)).status).toBe(401);
  }
});

test.each(['state=ended', 'state=', 'limit=0', 'limit=501', 'offset=-1', 'offset=x', 'limit=1&limit=2'])(
  'refuses ?%s and says why',
  async (query) => {
    const platform = await startTestPlatform();
    const who = await register(platform, 'renter');
    const { status, body } = await call<{ detail: string }>(platform, 'GET', `/api/renter/leases?${query}`, {
      who,
    });
    expect(status).toBe(422);
    expect(body.detail).toContain(query.split('=')[0]);
  },
);
