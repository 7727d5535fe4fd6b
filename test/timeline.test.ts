import BetterSqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { TimelineSegment } from '../src-main/contract/domain/worker-page.ts';
import { admin, ok } from './support/accounts.ts';
import { madeBackup } from './support/backups.ts';
import { ManualClock } from './support/manual-clock.ts';
import { readRows } from './support/platform-figures.ts';
import { introduced } from './support/renting.ts';
import { startSeededPlatform } from './support/seed-database.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

interface Timeline {
  worker_id: string;
  from: number;
  to: number;
  segments: TimelineSegment[];
}

const timelineOf = (platform: TestPlatform, query = '', workerId = 'rig-1') =>
  platform.get<Timeline>(`/api/workers/${workerId}/timeline${query}`);

/** The segments as seconds after a moment, the first one left out where nothing was known yet. */
const seen = ({ segments }: Timeline, originMs: number) =>
  segments.map(({ from, to, state }) => [from - originMs / 1000, to - originMs / 1000, state]);

/** One second for the log to see it. */
const look = (clock: ManualClock) => clock.advance(1000);

test('a timeline tells what a worker did since when, without gaps', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock });
  const originMs = clock.nowMs();
  const miner = await introduced(platform, 'rig-1');
  look(clock);
  for (const state of ['LEASED', 'MINING', 'COMPLETED', 'IDLE', 'ERROR', 'SELF_MINING']) {
    await miner.status(state);
    await miner.heartbeat();
    look(clock);
    clock.advance(9000);
  }
  await miner.status('offline');
  clock.advance(5000);
  const timeline = await timelineOf(platform);
  expect(timeline).toMatchObject({
    worker_id: 'rig-1',
    from: clock.nowMs() / 1000 - 86_400,
    to: clock.nowMs() / 1000,
  });
  expect(seen(timeline, originMs)).toEqual([
    [66 - 86_400, 1, 'unknown'],
    [1, 2, 'available'],
    [2, 22, 'leased'],
    [22, 32, 'available'],
    [32, 42, 'paused'],
    [42, 52, 'error'],
    [52, 61, 'mining'],
    [61, 66, 'offline'],
  ]);
  // Heartbeats leave no row, and neither do states that mean the same.
  await miner.status('LEASED');
  look(clock);
  await miner.status('MINING');
  for (let round = 0; round < 5; round += 1) {
    await miner.heartbeat();
    look(clock);
  }
  const rows = () => readRows(platform, "select * from worker_states where worker_id = 'rig-1'").length;
  // Written behind.
  await waitFor(() => rows() >= 8, 'the rows of eight changes');
  expect(rows()).toBe(8);
  expect(seen(await timelineOf(platform), originMs).at(-1)).toEqual([68, 72, 'leased']);
  const { status } = await fetch(`${platform.apiUrl}/api/workers/rig-1/timeline?hours=169`);
  expect(status).toBe(422);
});

test('a silent worker is so since its last sign of life', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock });
  const originMs = clock.nowMs();
  const miner = await introduced(platform, 'rig-1');
  await miner.status('SELF_MINING');
  look(clock);
  clock.advance(49_000);
  await miner.heartbeat();
  clock.advance(50_000);
  await miner.heartbeat();
  clock.advance(100_000);
  const away = seen(await timelineOf(platform, '?hours=1'), originMs);
  expect(away.slice(1)).toEqual([
    [1, 100, 'mining'],
    [100, 200, 'silent'],
  ]);
  await miner.heartbeat();
  look(clock);
  clock.advance(1000);
  expect(seen(await timelineOf(platform, '?hours=1'), originMs).slice(1)).toEqual([
    [1, 100, 'mining'],
    [100, 201, 'silent'],
    [201, 202, 'mining'],
  ]);
});

test('the time in which the platform did not run is unknown, after a stop as after a kill', async () => {
  const clock = new ManualClock();
  const dataDir = temporaryFolder();
  const first = await startTestPlatform({ clock, dataDir });
  const originMs = clock.nowMs();
  const miner = await introduced(first, 'rig-1');
  await miner.status('SELF_MINING');
  look(clock);
  clock.advance(29_000);
  await miner.heartbeat();
  await first.stop();
  clock.jump(20_000);
  const second = await startTestPlatform({ clock, dataDir });
  const back = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: second.mqttUrl });
  await back.heartbeat();
  clock.advance(10_000);
  expect(seen(await timelineOf(second, '?hours=1'), originMs).slice(1)).toEqual([
    [1, 30, 'mining'],
    [30, 50, 'unknown'],
    [50, 60, 'mining'],
  ]);
  await back.heartbeat();
  await second.stop();
  // As a kill leaves it: nobody noted the end, and the last sign of life is that of a worker.
  const database = new BetterSqlite(second.databasePath);
  database.exec(
    "delete from worker_states where worker_id = '' and since_ms = (select max(since_ms) from worker_states where worker_id = '')",
  );
  database.close();
  clock.jump(3_600_000);
  const third = await startTestPlatform({ clock, dataDir });
  clock.advance(100_000);
  expect(seen(await timelineOf(third, '?hours=2'), originMs).slice(3)).toEqual([
    [50, expect.closeTo(60, 1), 'mining'],
    [expect.closeTo(60, 1), 3660, 'unknown'],
    // It had its time to be heard again, and was not.
    [3660, 3760, 'silent'],
  ]);
});

describe('changes', () => {
  test('of a worker that flickers fill no disk', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const platform = await startTestPlatform({ clock });
    const miner = await introduced(platform, 'rig-1');
    for (let round = 0; round < 400; round += 1) {
      await miner.status(round % 2 === 0 ? 'SELF_MINING' : 'IDLE');
      await miner.heartbeat();
      look(clock);
    }
    const count = () => readRows(platform, "select * from worker_states where worker_id = 'rig-1'").length;
    await waitFor(() => count() === 360, 'the rows');
    clock.jump(3_600_000);
    await miner.heartbeat();
    await miner.status('ERROR');
    look(clock);
    const last = () =>
      readRows<{ state: string }>(platform, "select state from worker_states where worker_id = 'rig-1'").at(
        -1,
      );
    await waitFor(() => last()?.state === 'error', 'the row of the next hour');
  });

  test('that are old go, but never the state in which a worker is', async () => {
    const clock = new ManualClock();
    const dayMs = 86_400_000;
    const platform = await startSeededPlatform(
      (database) => {
        database.account('provider-1', 'provider');
        database.worker('rig-1', { last_heartbeat_ms: clock.nowMs(), state: 'IDLE' });
        for (const [days, state] of [
          [30, 'mining'],
          [20, 'available'],
          [9, 'mining'],
          [7, 'paused'],
        ] as const)
          database.insert('worker_states', {
            worker_id: 'rig-1',
            since_ms: clock.nowMs() - days * dayMs,
            state,
          });
      },
      { clock },
    );
    const cleaned = await ok<{ deleted: Record<string, number> }>(
      platform,
      'POST',
      '/api/admin/storage/cleanup',
      {
        who: admin(platform),
      },
    );
    expect(cleaned.deleted['worker_states']).toBe(2);
    const { segments } = await timelineOf(platform, '?hours=168');
    expect(segments.map(({ state }) => state)).toEqual(['paused']);
  });

  test('of more than 500 segments the shortest are joined to their neighbours', async () => {
    const clock = new ManualClock();
    const nowMs = clock.nowMs();
    const platform = await startSeededPlatform(
      (database) => {
        database.account('provider-1', 'provider');
        database.worker('rig-1', { last_heartbeat_ms: nowMs, state: 'SELF_MINING' });
        for (let index = 0; index < 700; index += 1) {
          // Of ten changes one is followed by the next in a second, all others in a minute.
          const since_ms = nowMs - 80_000_000 + index * 60_000 - (index % 10 === 0 ? 59_000 : 0);
          database.insert('worker_states', {
            worker_id: 'rig-1',
            since_ms,
            state: index % 2 === 0 ? 'mining' : 'paused',
          });
        }
      },
      { clock },
    );
    const { segments, from, to } = await timelineOf(platform);
    expect(segments.length).toBeLessThanOrEqual(500);
    expect(segments.length).toBeGreaterThan(300);
    expect(segments[0]?.from).toBe(from);
    expect(segments.at(-1)?.to).toBe(to);
    for (const [index, segment] of segments.entries()) {
      expect(segment.to).toBeGreaterThan(segment.from);
      const next = segments[index + 1];
      if (!next) continue;
      expect(next.from).toBe(segment.to);
      expect(next.state).not.toBe(segment.state);
    }
    expect(segments.filter((segment) => segment.to - segment.from < 2)).toEqual([]);
  });
});

test('what happened after a backup is unknown once it is restored', async () => {
  const platform = await startTestPlatform();
  const miner = await introduced(platform, 'rig-1');
  await waitFor(
    async () => (await timelineOf(platform)).segments.some(({ state }) => state === 'available'),
    'a state',
  );
  await miner.heartbeat();
  const storedLater = () =>
    readRows(
      platform,
      `select 1 from worker_states join worker_activity using (worker_id)
        where worker_activity.last_online_at_ms > worker_states.since_ms`,
    ).length > 0;
  await waitFor(storedLater, 'the heartbeat in the file');
  const name = await madeBackup(platform);
  await miner.status('SELF_MINING');
  await waitFor(async () => (await timelineOf(platform)).segments.at(-1)?.state === 'mining', 'mining');
  await ok(platform, 'POST', `/api/admin/backups/${name}/restore`, { who: admin(platform) }).catch(
    () => undefined,
  );
  await waitFor(
    async () =>
      (await timelineOf(platform)).segments.some(
        ({ state }, index, all) => state === 'unknown' && index > 0 && all[index - 1]?.state === 'available',
      ),
    'the gap',
  );
});
