import { describe, expect, test } from 'vitest';
import { blocksPerHash } from '../src-main/contract/domain/block-probability.ts';
import type { Trends } from '../src-main/contract/rest/overview.routes.ts';
import { ManualClock } from './support/manual-clock.ts';
import { startSeededPlatform, type DatabaseSeed } from './support/seed-database.ts';
import { TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const stepMs = 30 * minuteMs;
const today = Date.UTC(2026, 0, 2);
const yesterday = today - 24 * hourMs;
/** 10:40 of a day, in milliseconds after its midnight. */
const at = (hours: number, minutes = 0) => hours * hourMs + minutes * minuteMs;
const nowMs = today + at(10, 40);

const trendsOf = (platform: TestPlatform, query = '') => platform.get<Trends>(`/api/overview/trends${query}`);

const pointAt = ({ points }: Trends, timeMs: number) =>
  points.find(({ timestamp }) => timestamp * 1000 === timeMs)!;

/** Snapshots of the fleet, one each 30 s, from a moment to before another. */
function watched(
  database: DatabaseSeed,
  fromMs: number,
  toMs: number,
  hashrate: number,
  online: number,
): void {
  for (let taken_at_ms = fromMs; taken_at_ms < toMs; taken_at_ms += 30_000)
    database.insert('fleet_snapshots', {
      taken_at_ms,
      hashrate,
      active_gpus: online,
      online_workers: online,
    });
}

function seedTwoDays(database: DatabaseSeed): void {
  database.account('provider-1', 'provider');
  database.account('consumer-1', 'consumer');
  database.worker('rig-1');
  database.worker('rig-2');
  database.worker('rig-3');
  database.handle
    .exec(`update workers set registered_at_ms = ${yesterday + at(10, 40)} where worker_id = 'rig-2';
    update workers set registered_at_ms = ${yesterday + at(10, 41)} where worker_id = 'rig-3'`);
  watched(database, yesterday + at(10), yesterday + at(11), 1_000_000, 2);
  watched(database, today + at(9, 30), today + at(10), 2_000_000, 4);
  watched(database, today + at(10, 30), nowMs, 3_000_000, 6);
  const blockTimes = [
    ...[9, 41, 40].map((minute) => yesterday + at(10, minute)),
    ...[today + at(9, 40), today + at(9, 59), today + at(10, 10)],
  ];
  for (const [index, timeMs] of blockTimes.entries()) database.block(index + 1, timeMs);
  database.block(99, today + at(9, 41), { verified: 'rejected', reason: 'unknown_lease' });
  const lease = (lease_id: string, fromMs: number, toMs: number | null) =>
    database.lease({
      lease_id,
      ...{ worker_id: 'rig-1', consumer_id: 'consumer-1', duration_sec: 86_400 },
      ...{ created_at_ms: fromMs, ended_at_ms: toMs, state: toMs === null ? 'active' : 'completed' },
    });
  lease('lease-a', yesterday + at(10), yesterday + at(10, 39));
  lease('lease-b', yesterday + at(10, 30), yesterday + at(10, 50));
  lease('lease-c', yesterday + at(23), yesterday + at(23, 30));
  lease('lease-d', today + at(9, 35), today + at(9, 50));
  lease('lease-e', today + at(9, 45), null);
  database.settlement('lease-a', 2_000_000, 100_000, yesterday + at(10, 39));
  database.settlement('lease-b', 2_000_000, 200_000, yesterday + at(10, 50));
  database.settlement('lease-c', 20_000_000, 1_000_000, yesterday + at(23, 30));
  database.settlement('lease-d', 5_000_000, 250_000, today + at(9, 50));
}

describe('the trends', () => {
  test('are 48 aligned steps, the last one under way, and leave gaps where nobody looked', async () => {
    const clock = new ManualClock(nowMs);
    const platform = await startSeededPlatform(seedTwoDays, { clock });
    const trends = await trendsOf(platform);
    expect(trends.step_sec).toBe(1800);
    expect(trends.points.map(({ timestamp }) => timestamp * 1000)).toEqual(
      Array.from({ length: 48 }, (_, index) => today + at(10, 30) - (47 - index) * stepMs),
    );
    expect(pointAt(trends, today + at(9, 30))).toEqual({
      timestamp: (today + at(9, 30)) / 1000,
      hashrate: 2_000_000,
      online_workers: 4,
      blocks: 2,
      expected_blocks: expect.closeTo(2_000_000 * 1800 * blocksPerHash(''), 5) as number,
      active_leases: 1,
      revenue: 0.25,
    });
    // A block that came in the gap is known; all the rest is not.
    expect(pointAt(trends, today + at(10))).toEqual({
      timestamp: (today + at(10)) / 1000,
      hashrate: null,
      online_workers: null,
      blocks: 1,
      expected_blocks: null,
      active_leases: 1,
      revenue: null,
    });
    expect(pointAt(trends, today + at(3))).toMatchObject({
      blocks: null,
      active_leases: null,
      revenue: null,
    });
    expect(pointAt(trends, today + at(10, 30))).toMatchObject({
      hashrate: 3_000_000,
      online_workers: 6,
      blocks: 0,
      active_leases: 1,
      revenue: 0,
    });
    expect(pointAt(trends, yesterday + at(23, 30))).toMatchObject({ hashrate: null, revenue: 1 });
  });

  test('compare now with the same time yesterday', async () => {
    const clock = new ManualClock(nowMs);
    const platform = await startSeededPlatform(seedTwoDays, { clock });
    const trends = await trendsOf(platform);
    const perHash = blocksPerHash('');
    const expected = (hashes: number) => expect.closeTo(hashes * perHash, 5) as number;
    expect(trends.yesterday).toEqual({
      hashrate: 1_000_000,
      online_workers: 2,
      total_workers: 2,
      blocks_last_hour: 2,
      expected_last_hour: expected(1_000_000 * 2460),
      active_leases: 1,
      revenue_today: 0.1,
    });
    expect(trends.now).toEqual({
      hashrate: 0,
      online_workers: 0,
      total_workers: 3,
      blocks_last_hour: 2,
      expected_last_hour: expected(2_000_000 * 1140 + 3_000_000 * 600),
      active_leases: 1,
      revenue_today: 0.25,
    });
  });

  test("take the day of the reader's clock", async () => {
    const clock = new ManualClock(nowMs);
    const platform = await startSeededPlatform(seedTwoDays, { clock });
    const revenue = async (offset: number) =>
      (await trendsOf(platform, `?utc_offset_min=${offset}`)).now.revenue_today;
    expect(await revenue(0)).toBe(0.25);
    expect(await revenue(29)).toBe(0.25);
    // Half past eleven in the evening, UTC, is today where clocks are half an hour ahead.
    expect(await revenue(30)).toBe(1.25);
    expect(await revenue(840)).toBe(0);
    expect(await revenue(-840)).toBe(1.25);
    for (const offset of ['-841', '841', '1.5', 'x'])
      expect((await fetch(`${platform.apiUrl}/api/overview/trends?utc_offset_min=${offset}`)).status).toBe(
        422,
      );
  });

  test('follow what happens, a few seconds late, and what is written late', async () => {
    const clock = new ManualClock(nowMs);
    const platform = await startTestPlatform({ clock, args: believing });
    const empty = await trendsOf(platform);
    expect(empty.now).toMatchObject({
      hashrate: 0,
      online_workers: 0,
      expected_last_hour: null,
      revenue_today: 0,
    });
    expect(empty.yesterday).toEqual({
      hashrate: null,
      online_workers: null,
      total_workers: null,
      blocks_last_hour: null,
      expected_last_hour: null,
      active_leases: null,
      revenue_today: null,
    });
    expect(empty.points.at(-1)).toMatchObject({ hashrate: null, online_workers: null, blocks: 0 });
    const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    await miner.introduce();
    await miner.heartbeat({ hashrate: 500 });
    await miner.block();
    // Shared by all callers for five seconds.
    expect(await trendsOf(platform)).toEqual(empty);
    clock.advance(5000);
    const next = await trendsOf(platform);
    // Before the first snapshot what is now stands for the step.
    expect(next.points.at(-1)).toMatchObject({ hashrate: 500, online_workers: 1, blocks: 1 });
    expect(next.now).toMatchObject({ hashrate: 500, online_workers: 1, blocks_last_hour: 1 });
    // Where blocks are believed, nothing is expected of what is claimed.
    expect(next.points.every(({ expected_blocks }) => expected_blocks === null)).toBe(true);
    clock.advance(25_000);
    await miner.heartbeat({ hashrate: 500 });
    await waitFor(
      async () => (await platform.get<unknown[]>('/api/monitoring/hashrate-history')).length === 1,
      'a snapshot',
    );
    clock.jump(24 * hourMs);
    const dayLater = await trendsOf(platform);
    expect(dayLater.yesterday).toMatchObject({
      hashrate: 500,
      online_workers: 1,
      total_workers: 1,
      blocks_last_hour: 1,
    });
    expect(dayLater.now).toMatchObject({ blocks_last_hour: 0, revenue_today: 0 });
  });
});
