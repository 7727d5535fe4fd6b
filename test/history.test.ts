import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { HistoryRepository } from '../src-main/platform/features/history/index.ts';
import { storageAt } from './support/database.ts';
import { ManualClock } from './support/manual-clock.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

interface Point {
  worker_id: string;
  hashrate: number;
  active_gpus: number;
  timestamp: number;
  online_workers?: number;
}

const sampleMs = 30_000;
const hourMs = 3_600_000;

const seriesOf = (platform: TestPlatform, query = '') =>
  platform.get<Point[]>(`/api/monitoring/hashrate-history${query}`);

const minerOf = (platform: TestPlatform, workerId: string) =>
  TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl });

/** Moves on by one round of samples and waits until it is stored. */
async function nextSample(platform: TestPlatform, clock: ManualClock): Promise<void> {
  clock.advance(sampleMs);
  const nowSec = clock.nowMs() / 1000;
  await waitFor(
    async () => (await seriesOf(platform)).some(({ timestamp }) => timestamp === nowSec),
    'the next sample',
  );
}

describe('snapshots', () => {
  test('are taken every 30 s of each online worker, and the fleet shows their sum', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    const one = await minerOf(platform, 'w1');
    const two = await minerOf(platform, 'w2');
    await Promise.all([one.introduce(), two.introduce()]);
    for (const round of [1, 2, 3]) {
      await one.heartbeat({ hashrate: 100 * round, active_gpus: 1 });
      await two.heartbeat({ hashrate: 1000 * round, active_gpus: 2 });
      await nextSample(platform, clock);
    }
    const firstSec = Date.UTC(2026, 0, 1) / 1000;
    const expected = (workerId: string, step: number, gpus: number, fields = {}) =>
      [1, 2, 3].map((round) => ({
        worker_id: workerId,
        hashrate: step * round,
        active_gpus: gpus,
        timestamp: firstSec + 30 * round,
        ...fields,
      }));
    expect(await seriesOf(platform)).toEqual(expected('', 1100, 3, { online_workers: 2 }));
    expect(await seriesOf(platform, '?worker_id=w1')).toEqual(expected('w1', 100, 1));
    expect(await seriesOf(platform, '?worker_id=w2')).toEqual(expected('w2', 1000, 2));
    expect(await seriesOf(platform, '?worker_id=nobody')).toEqual([]);
  });

  test('leave out who is offline, by its word or by its silence', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    const talking = await minerOf(platform, 'talking');
    const silent = await minerOf(platform, 'silent');
    const leaving = await minerOf(platform, 'leaving');
    for (const miner of [talking, silent, leaving]) {
      await miner.introduce();
      await miner.heartbeat({ hashrate: 100, active_gpus: 1 });
    }
    await nextSample(platform, clock);
    await leaving.status('offline');
    for (let round = 2; round <= 4; round += 1) {
      await talking.heartbeat({ hashrate: 100, active_gpus: 1 });
      await nextSample(platform, clock);
    }
    expect((await seriesOf(platform)).map(({ hashrate }) => hashrate)).toEqual([300, 200, 100, 100]);
    expect(await seriesOf(platform, '?worker_id=talking')).toHaveLength(4);
    expect(await seriesOf(platform, '?worker_id=silent')).toHaveLength(2);
    expect(await seriesOf(platform, '?worker_id=leaving')).toHaveLength(1);
  });

  test('are there again after a restart, which goes on with them', async () => {
    const clock = new ManualClock();
    const dataDir = temporaryFolder();
    const first = await startTestPlatform({ clock, dataDir });
    const miner = await minerOf(first, 'w1');
    await miner.introduce();
    await miner.heartbeat({ hashrate: 5 });
    await nextSample(first, clock);
    const before = await seriesOf(first);
    await first.stop();
    const second = await startTestPlatform({ clock, dataDir });
    expect(await seriesOf(second)).toEqual(before);
    expect(await seriesOf(second, '?worker_id=w1')).toHaveLength(1);
    await nextSample(second, clock);
    expect(await seriesOf(second)).toHaveLength(2);
  });
});

describe('a full day', () => {
  const workers = ['w0', 'w1', 'w2'];

  /** 25 hours of rounds; hashrates rise so that each average is known to lie between its neighbours. */
  async function dayOld(clock: ManualClock): Promise<string> {
    const dataDir = temporaryFolder();
    const storage = storageAt(join(dataDir, 'marketplace.db'));
    await storage.start();
    const history = new HistoryRepository(storage);
    const rounds = (25 * hourMs) / sampleMs;
    await Promise.all(
      Array.from({ length: rounds }, async (_, index) => {
        // A little early or late, as timers are.
        const takenAtMs = clock.nowMs() - (rounds - 1 - index) * sampleMs - (index % 7);
        const samples = workers.map((workerId) => ({ workerId, hashrate: index, activeGpus: 1 }));
        await history.saveSamples(takenAtMs, samples);
        await history.saveFleetSample(takenAtMs, {
          hashrate: index * workers.length,
          activeGpus: workers.length,
          online: workers.length,
        });
      }),
    );
    await storage.stop();
    return dataDir;
  }

  test('is shown in about 500 points, rising in time, whatever the span', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock, dataDir: await dayOld(clock) });
    for (const hours of [0.5, 1, 4, 4.2, 6, 12, 23.9, 24]) {
      for (const worker of ['', 'w1']) {
        const points = await seriesOf(platform, `?hours=${hours}&worker_id=${worker}`);
        const wanted = Math.min(500, hours * 120);
        expect(points.length, `${hours} h`).toBeGreaterThanOrEqual(wanted * 0.45);
        expect(points.length, `${hours} h`).toBeLessThanOrEqual(wanted * 1.01 + 1);
        const sinceSec = (clock.nowMs() - hours * hourMs) / 1000;
        for (const [index, point] of points.entries()) {
          expect(point.timestamp).toBeGreaterThanOrEqual(sinceSec);
          const previous = points[index - 1];
          if (!previous) continue;
          expect(point.timestamp).toBeGreaterThan(previous.timestamp);
          expect(point.hashrate).toBeGreaterThan(previous.hashrate);
        }
        expect(points.at(-1)?.active_gpus).toBe(worker === '' ? 3 : 1);
      }
    }
  });

  test('is kept and what is older is deleted with the next round', async () => {
    const clock = new ManualClock();
    const dataDir = await dayOld(clock);
    const storage = storageAt(join(dataDir, 'marketplace.db'));
    await storage.start();
    const sum = { hashrate: 1, activeGpus: 1, online: 1 };
    const repository = new HistoryRepository(storage);
    for (const hours of [48, 50]) await repository.saveFleetSample(clock.nowMs() - hours * hourMs, sum);
    await storage.stop();
    const platform = await startTestPlatform({ clock, dataDir });
    clock.advance(sampleMs);
    const oldestAllowedMs = clock.nowMs() - 24 * hourMs;
    // The API never shows more than 24 hours, so only the file tells what was deleted.
    const handle = new BetterSqlite(platform.databasePath, { readonly: true });
    onTestFinished(() => void handle.close());
    const ask = (query: string) => handle.prepare(query).pluck().get() as number;
    const oldest = () => ({
      workers: ask('select min(taken_at_ms) from hashrate_snapshots'),
      fleet: ask('select min(taken_at_ms) from fleet_snapshots'),
    });
    const left = await waitFor(() => {
      const found = oldest();
      return found.workers >= oldestAllowedMs && found.fleet >= oldestAllowedMs - 25 * hourMs && found;
    }, 'the old samples to go');
    expect(left.workers).toBeLessThan(oldestAllowedMs + sampleMs);
    // The fleet's sums are kept until yesterday's midnight is no longer of interest, anywhere.
    expect(left.fleet).toBe(clock.nowMs() - sampleMs - 48 * hourMs);
    const rounds = ask(`select count(*) from fleet_snapshots where taken_at_ms >= ${left.workers}`);
    expect(Math.abs(rounds - (24 * hourMs) / sampleMs)).toBeLessThanOrEqual(1);
    expect(ask('select count(*) from hashrate_snapshots')).toBe(rounds * workers.length);
  });
});
