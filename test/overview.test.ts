import { describe, expect, test } from 'vitest';
import type { Activity } from '../src-main/contract/rest/overview.routes.ts';
import { ManualClock } from './support/manual-clock.ts';
import { startSeededPlatform, type DatabaseSeed } from './support/seed-database.ts';
import { TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, type TestPlatform } from './support/test-platform.ts';

interface Page {
  items: Activity[];
  total: number;
  page: number;
  limit: number;
  total_pages: number;
}

const dayMs = 86_400_000;

function seedAccounts(database: DatabaseSeed): void {
  database.account('provider-1', 'provider');
  database.account('consumer-1', 'consumer');
  database.account('consumer-2', 'consumer');
  database.account('boss', 'admin');
  for (const workerId of ['rig-1', 'rig-2', 'rig-3']) database.worker(workerId);
}

const activityOf = (platform: TestPlatform) => (query: string) =>
  platform.get<Page>(`/api/overview/activity${query}`);

describe('the overview', () => {
  test('counts accounts, workers, blocks, leases and money that are in the file', async () => {
    const clock = new ManualClock();
    const nowMs = clock.nowMs();
    const platform = await startSeededPlatform(
      (database) => {
        seedAccounts(database);
        const lease = {
          consumer_id: 'consumer-1',
          duration_sec: 86_400,
          created_at_ms: nowMs - 7_200_000,
          ended_at_ms: nowMs - 1000,
        };
        database.lease({ ...lease, lease_id: 'lease-a', worker_id: 'rig-1', state: 'completed' });
        database.lease({ ...lease, lease_id: 'lease-b', worker_id: 'rig-1', state: 'cancelled' });
        database.lease({
          ...lease,
          lease_id: 'lease-c',
          worker_id: 'rig-1',
          state: 'active',
          ended_at_ms: null,
        });
        database.lease({
          ...lease,
          lease_id: 'lease-d',
          worker_id: 'rig-2',
          state: 'active',
          ended_at_ms: null,
        });
        database.settlement('lease-a', 36_000_000, 1_800_000);
        database.settlement('lease-b', 1, 1);
        database.block(1, nowMs - 2 * dayMs);
        database.block(2, nowMs - dayMs + 5000);
        database.block(3, nowMs - 3_599_000, { lease_id: 'lease-a' });
        database.block(4, nowMs, { verified: 'rejected', reason: 'unknown_lease', lease_id: 'lease-x' });
      },
      { clock, args: believing },
    );
    const miner = await TestMiner.connect({ workerId: 'rig-3', mqttUrl: platform.mqttUrl });
    await miner.introduce();
    await miner.heartbeat({ hashrate: 1234.567, difficulty: 1800 });
    expect(await platform.get('/api/overview/stats')).toEqual({
      // The miner without an address has an account of its own name.
      total_users: 5,
      total_providers: 2,
      total_consumers: 2,
      total_workers: 3,
      online_workers: 1,
      total_hashrate: 1234.57,
      total_blocks: 3,
      blocks_24h: 2,
      total_leases: 4,
      active_leases: 2,
      total_settled: 2,
      platform_revenue: 1.800001,
    });
    expect(await platform.get('/api/overview/network')).toEqual({
      difficulty: 1727,
      total_workers: 3,
      total_blocks: 3,
      chain_blocks: 0,
      verify: 'off',
      block_marker: 'XEN11',
      proof_difficulty: 1727,
    });
    expect(await platform.get('/api/status')).toMatchObject({
      workers: 3,
      active_leases: 2,
      total_blocks: 3,
      self_mined_blocks: 2,
      total_settlements: 2,
    });
    expect(await platform.get('/api/monitoring/stats')).toMatchObject({
      total_blocks: 3,
      blocks_last_hour: 1,
    });
    await miner.block();
    clock.jump(dayMs);
    expect(await platform.get('/api/overview/stats')).toMatchObject({ total_blocks: 4, blocks_24h: 0 });
  });

  test('takes the difficulty that most online workers report when there is no chain', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock, args: ['--no-chain'] });
    const difficulties = [1727, 1800, 1800, 5];
    for (const [index, difficulty] of difficulties.entries()) {
      const miner = await TestMiner.connect({ workerId: `rig-${index}`, mqttUrl: platform.mqttUrl });
      await miner.heartbeat({ difficulty });
    }
    expect(await platform.get('/api/overview/network')).toMatchObject({ difficulty: 1800 });
    clock.advance(90_000);
    expect(await platform.get('/api/overview/network')).toMatchObject({ difficulty: 0 });
  });
});

describe('the activity', () => {
  test('shows blocks, started, completed and cancelled leases, newest first', async () => {
    const seed = (database: DatabaseSeed) => {
      seedAccounts(database);
      const lease = { consumer_id: 'consumer-1', worker_id: 'rig-1' };
      database.lease({
        ...lease,
        lease_id: 'lease-a',
        state: 'completed',
        created_at_ms: 1000,
        ended_at_ms: 4500,
        blocks_found: 2,
      });
      database.lease({
        ...lease,
        lease_id: 'lease-b',
        state: 'cancelled',
        created_at_ms: 3000,
        ended_at_ms: 3500,
      });
      database.lease({
        ...lease,
        lease_id: 'lease-c',
        state: 'active',
        created_at_ms: 5000,
        ended_at_ms: null,
      });
      database.block(1, 2000, { lease_id: 'lease-a' });
      database.block(2, 6000);
      database.block(3, 7000, { verified: 'rejected', reason: 'wrong_prefix' });
    };
    const platform = await startSeededPlatform(seed, { clock: new ManualClock(10_000) });
    const lease = (lease_id: string) => ({ lease_id, worker_id: 'rig-1', consumer_id: 'consumer-1' });
    expect(await activityOf(platform)('')).toEqual({
      items: [
        { type: 'block', timestamp: 6, details: { worker_id: 'rig-1', hash: 'hash-2', lease_id: '' } },
        { type: 'lease_started', timestamp: 5, details: { ...lease('lease-c'), duration_sec: 3600 } },
        {
          type: 'lease_completed',
          timestamp: 4.5,
          details: { ...lease('lease-a'), blocks_found: 2, state: 'completed' },
        },
        {
          type: 'lease_completed',
          timestamp: 3.5,
          details: { ...lease('lease-b'), blocks_found: 0, state: 'cancelled' },
        },
        { type: 'lease_started', timestamp: 3, details: { ...lease('lease-b'), duration_sec: 3600 } },
        { type: 'block', timestamp: 2, details: { worker_id: 'rig-1', hash: 'hash-1', lease_id: 'lease-a' } },
        { type: 'lease_started', timestamp: 1, details: { ...lease('lease-a'), duration_sec: 3600 } },
      ],
      total: 7,
      page: 1,
      limit: 50,
      total_pages: 1,
    });
  });

  test('is paged without a gap or a repetition, also where many things happened at once', async () => {
    const platform = await startSeededPlatform((database) => {
      seedAccounts(database);
      for (let index = 0; index < 40; index += 1) {
        const created_at_ms = 1000 * Math.floor(index / 10);
        const lease = { consumer_id: 'consumer-1', worker_id: 'rig-1', created_at_ms };
        database.lease({
          ...lease,
          lease_id: `lease-${index}`,
          state: 'completed',
          ended_at_ms: created_at_ms,
        });
        database.block(index + 1, created_at_ms);
      }
    });
    const activity = activityOf(platform);
    const seen: Activity[] = [];
    for (let page = 1; page <= 18; page += 1) {
      const answer = await activity(`?limit=7&page=${page}`);
      expect(answer).toMatchObject({ total: 120, page, limit: 7, total_pages: 18 });
      expect(answer.items).toHaveLength(page === 18 ? 1 : 7);
      seen.push(...answer.items);
    }
    const names = seen.map(
      ({ type, details }) => `${type} ${'hash' in details ? details.hash : details.lease_id}`,
    );
    expect(new Set(names).size).toBe(120);
    const times = seen.map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted((left, right) => right - left));
    expect(seen).toEqual((await activity('?limit=200')).items);
    for (const page of [19, 1_000_000_000]) {
      expect(await activity(`?limit=7&page=${page}`)).toMatchObject({
        items: [],
        total: 120,
        total_pages: 18,
      });
    }
  });

  test('of 200,000 blocks is read quickly from its oldest page, too', async () => {
    const platform = await startSeededPlatform((database) => {
      seedAccounts(database);
      database.handle.exec(`
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 200000)
        insert into blocks (block_id, worker_id, lease_id, hash, key, account, attempts, hashrate, prefix_valid,
          verified, reason, reported_at_ms, counted)
        select i, 'rig-1', '', hex(randomblob(60)), printf('%064x', i), '', 1, '1', 1, 'unproven', '', i * 1000, 1 from n`);
    });
    const startedMs = performance.now();
    const { items } = await activityOf(platform)('?limit=200&page=1000');
    expect(performance.now() - startedMs).toBeLessThan(500);
    expect(items.at(-1)).toMatchObject({ type: 'block', timestamp: 1 });
  });
});
