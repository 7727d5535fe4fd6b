import { describe, expect, test } from 'vitest';
import type { Reputation, Worker } from '../src-main/contract/domain/worker.ts';
import { computeReputation, type ReputationFigures } from '../src-main/platform/features/reputation/index.ts';
import { ManualClock } from './support/manual-clock.ts';
import { startSeededPlatform } from './support/seed-database.ts';
import { TestMiner } from './support/test-miner.ts';
import type { TestPlatform } from './support/test-platform.ts';

const day = 86_400;

const nothing: ReputationFigures = {
  workerId: 'rig-1',
  verifiedBlocks: 0,
  completedLeases: 0,
  totalLeases: 0,
  onlineSec: 0,
  secSinceRegistration: 0,
};

describe('the reputation', () => {
  test.each<[string, Partial<ReputationFigures>, number, number]>([
    // 40 × blocks + 30 × leases + 20 × uptime + 10 × age
    ['a worker that just came', {}, 30, 1.5],
    [
      'a perfect worker',
      { verifiedBlocks: 100, onlineSec: 90 * day, secSinceRegistration: 90 * day },
      100,
      5,
    ],
    [
      'more than enough of everything',
      { verifiedBlocks: 999, onlineSec: 1e9, secSinceRegistration: 1e8 },
      100,
      5,
    ],
    // 40 × 0.25 + 30 × 0.5 + 20 × 0.75 + 10 × 0.5
    [
      'a worker in between',
      {
        verifiedBlocks: 25,
        completedLeases: 3,
        totalLeases: 6,
        onlineSec: 33.75 * day,
        secSinceRegistration: 45 * day,
      },
      45,
      2.25,
    ],
    ['only cancelled leases', { totalLeases: 4 }, 0, 0],
    // 40 × 0.01 + 30 × 2/3 + 20 × 1/3 + 10 × 1/90 = 0.4 + 20 + 6.6667 + 0.1111
    [
      'figures that need rounding',
      {
        verifiedBlocks: 1,
        completedLeases: 2,
        totalLeases: 3,
        onlineSec: day / 3,
        secSinceRegistration: day,
      },
      27.18,
      1.36,
    ],
    ['a clock that went back', { onlineSec: 5, secSinceRegistration: -100 }, 30, 1.5],
  ])('of %s', (_name, figures, score, stars) => {
    const reputation = computeReputation({ ...nothing, ...figures });
    expect(reputation).toMatchObject({ worker_id: 'rig-1', score, stars });
    const { block_score, completion_score, uptime_score, age_score } = reputation.breakdown;
    expect(block_score + completion_score + uptime_score + age_score).toBeCloseTo(score, 1);
  });

  test('carries everything that is needed to compute it again', () => {
    const { breakdown } = computeReputation({
      ...nothing,
      verifiedBlocks: 25,
      completedLeases: 3,
      totalLeases: 4,
      onlineSec: 1000.4,
      secSinceRegistration: 9 * day,
    });
    expect(breakdown).toEqual({
      block_score: 10,
      block_detail: { verified_blocks: 25, max_blocks: 100, weight: 40 },
      completion_score: 22.5,
      completion_detail: { completed_leases: 3, total_leases: 4, weight: 30 },
      uptime_score: 0.03,
      uptime_detail: { online_seconds: 1000, total_seconds: 777_600, uptime_pct: 0.13, weight: 20 },
      age_score: 1,
      age_detail: { days: 9, max_days: 90, weight: 10 },
    });
  });

  test('of the workers counts their leases of the file, their uptime and their age', async () => {
    const clock = new ManualClock();
    const registeredMs = clock.nowMs() - 45 * day * 1000;
    const platform = await startSeededPlatform(
      (database) => {
        database.account('provider-1', 'provider');
        database.account('consumer-1', 'consumer');
        for (const workerId of ['rig-1', 'rig-2'])
          database.worker(workerId, { total_online_ms: 9 * day * 1000 });
        database.handle.prepare('update workers set registered_at_ms = ?').run(registeredMs);
        const states = ['completed', 'completed', 'completed', 'cancelled', 'active'] as const;
        for (const [index, state] of states.entries()) {
          database.lease({
            lease_id: `lease-${index}`,
            worker_id: 'rig-1',
            consumer_id: 'consumer-1',
            state,
            created_at_ms: clock.nowMs() - 1000 + index,
            ended_at_ms: state === 'active' ? null : clock.nowMs() - 900 + index,
          });
        }
      },
      { clock },
    );
    const reputations = async (of: TestPlatform): Promise<Record<string, Reputation>> => {
      const workers = await of.get<Worker[]>('/api/workers');
      return Object.fromEntries(workers.map(({ worker_id, reputation }) => [worker_id, reputation]));
    };
    const before = await reputations(platform);
    // 30 × 3/4 + 20 × 9/45 + 10 × 45/90; without leases 30 instead of 22.5.
    expect(before['rig-1']).toMatchObject({ worker_id: 'rig-1', score: 31.5, stars: 1.58 });
    expect(before['rig-1']?.breakdown.completion_detail).toEqual({
      completed_leases: 3,
      total_leases: 4,
      weight: 30,
    });
    expect(before['rig-2']).toMatchObject({ score: 39, stars: 1.95 });
    const miner = await TestMiner.connect({ workerId: 'rig-2', mqttUrl: platform.mqttUrl });
    await miner.heartbeat();
    clock.advance(45_000);
    await miner.heartbeat();
    clock.advance(600_000);
    await miner.heartbeat();
    const { uptime_detail } = (await reputations(platform))['rig-2']!.breakdown;
    // A step counts 60 s at most.
    expect(uptime_detail.online_seconds).toBe(9 * day + 45 + 60);
    expect(uptime_detail.total_seconds).toBe(45 * day + 645);
  });
});
