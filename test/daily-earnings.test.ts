import { expect, test } from 'vitest';
import { admin, call, ok } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { startSeededPlatform } from './support/seed-database.ts';
import type { TestPlatform } from './support/test-platform.ts';

interface Daily {
  provider_id: string;
  days: { date: string; earned: number; leases: number; blocks: number }[];
}

const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 2, 2, 10);

/** Leases that were settled so many hours ago, each with a payout of one credit for each hour of age, and a block. */
const agesInHours = [1, 9, 11, 34, 35, 24 * 40];

const seeded = () =>
  startSeededPlatform(
    (database) => {
      database.account('provider-1', 'provider');
      database.account('provider-2', 'provider');
      database.account('consumer-1', 'consumer');
      database.worker('rig-1');
      for (const hours of agesInHours) {
        const lease_id = `lease-${hours}`;
        const ended_at_ms = nowMs - hours * hourMs;
        const fields = {
          worker_id: 'rig-1',
          consumer_id: 'consumer-1',
          state: 'completed',
          ended_at_ms,
        } as const;
        database.lease({ lease_id, created_at_ms: ended_at_ms - hourMs, ...fields });
        database.settlement(lease_id, (hours + 1) * 1_000_000, 1_000_000, ended_at_ms);
      }
      database.handle.exec(
        "update settlements set blocks_found = 1; update settlements set provider_id = 'provider-2' where lease_id = 'lease-35'",
      );
    },
    { clock: new ManualClock(nowMs) },
  );

const dailyOf = (platform: TestPlatform, query: string) =>
  ok<Daily>(platform, 'GET', `/api/provider/earnings/daily?provider_id=provider-1${query}`, {
    who: admin(platform),
  });

test('earnings are added up by the day on which leases were settled; days without any are zeros', async () => {
  const platform = await seeded();
  expect(await dailyOf(platform, '&days=4')).toEqual({
    provider_id: 'provider-1',
    days: [
      { date: '2026-02-27', earned: 0, leases: 0, blocks: 0 },
      { date: '2026-02-28', earned: 0, leases: 0, blocks: 0 },
      { date: '2026-03-01', earned: 11 + 34, leases: 2, blocks: 2 },
      { date: '2026-03-02', earned: 1 + 9, leases: 2, blocks: 2 },
    ],
  });
  const month = await dailyOf(platform, '');
  expect(month.days).toHaveLength(30);
  expect(month.days[0]?.date).toBe('2026-02-01');
  const { days } = await dailyOf(platform, '&days=365');
  expect(days).toHaveLength(365);
  expect(days[0]?.date).toBe('2025-03-03');
  expect(days.find(({ date }) => date === '2026-01-21')).toEqual({
    date: '2026-01-21',
    earned: 960,
    leases: 1,
    blocks: 1,
  });
});

test("the reader's clock says when a day begins", async () => {
  const platform = await seeded();
  const earned = async (offset: number) =>
    (await dailyOf(platform, `&days=2&utc_offset_min=${offset}`)).days.map((day) => [day.date, day.earned]);
  // An hour ahead, what was settled at 23:00 is of today, and what was at midnight of yesterday stays there.
  expect(await earned(60)).toEqual([
    ['2026-03-01', 34],
    ['2026-03-02', 1 + 9 + 11],
  ]);
  expect(await earned(-120)).toEqual([
    ['2026-03-01', 9 + 11],
    ['2026-03-02', 1],
  ]);
  expect(await earned(840)).toEqual([
    ['2026-03-02', 1 + 9 + 11],
    ['2026-03-03', 0],
  ]);
  for (const query of ['days=0', 'days=366', 'utc_offset_min=841'])
    expect(
      (await call(platform, 'GET', `/api/provider/earnings/daily?${query}`, { who: admin(platform) })).status,
    ).toBe(422);
});
