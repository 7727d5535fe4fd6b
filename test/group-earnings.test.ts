import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { Group, GroupPeriod } from '../src-main/contract/domain/tag.ts';
import { admin, call, newWallet, ok, signIn, type Who } from './support/accounts.ts';
import { generate } from './support/generated-data.ts';
import { readRows } from './support/platform-figures.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const dayMs = 86_400_000;

async function earned(platform: TestPlatform, period: GroupPeriod, who: Who = admin(platform)) {
  const answer = await ok<{ period: GroupPeriod; items: Group[] }>(
    platform,
    'GET',
    `/api/tags?period=${period}`,
    { who },
  );
  expect(answer.period).toBe(period);
  return Object.fromEntries(answer.items.map(({ tag, earnings }) => [tag, Math.round(earnings * 1e6)]));
}

test('a group shows what its owners were paid in 24 hours, 7 or 30 days, or as long as it is known', async () => {
  const dataDir = temporaryFolder();
  const wallet = newWallet();
  const size = { workers: 10, blocks: 10, leases: 300, addresses: 3, days: 45 };
  const path = join(dataDir, 'marketplace.db');
  await generate(path, { size, endMs: Date.now() - 60_000, owner: wallet.address });
  const platform = await startTestPlatform({ dataDir });
  const sumOf = (where: string) =>
    readRows<{ micro: number }>(
      platform,
      `select coalesce(sum(payout_micro), 0) as micro from earning_days join workers using (worker_id) where ${where}`,
    )[0]!.micro;
  const [{ paid } = { paid: 0 }] = readRows<{ paid: number }>(
    platform,
    'select sum(provider_payout_micro) as paid from settlements',
  );
  await waitFor(() => sumOf('true') === paid, 'all settlements');

  const own = `workers.account_id = '${wallet.address.toLowerCase()}'`;
  const [ownWorkers, otherWorkers] = [own, `not ${own}`].map((where) =>
    readRows<{ worker_id: string }>(platform, `select worker_id from workers where ${where}`).map(
      ({ worker_id }) => worker_id,
    ),
  ) as [string[], string[]];
  for (const [tag, worker_ids] of [
    ['mine', ownWorkers],
    ['theirs', otherWorkers],
  ])
    await ok(platform, 'POST', '/api/tags/assign', {
      body: { add: [tag], worker_ids },
      who: admin(platform),
    });
  // Of its first weeks one of them belonged to somebody else.
  const today = Math.floor(Date.now() / dayMs);
  const handle = new BetterSqlite(path);
  handle
    .prepare("update earning_days set account_id = 'earlier' where worker_id = ? and day < ?")
    .run(ownWorkers[0], today - 10);
  handle.close();

  for (const [period, days] of [
    ['7d', 7],
    ['30d', 30],
    ['all', 4000],
  ] as const) {
    const since = `day > ${today - days}`;
    expect(await earned(platform, period)).toEqual({
      mine: sumOf(`${own} and ${since}`),
      theirs: sumOf(`not ${own} and ${since}`),
    });
    const mine = await earned(platform, period, await signIn(platform, wallet));
    expect(mine).toEqual({ mine: sumOf(`${own} and ${since} and earning_days.account_id <> 'earlier'`) });
  }
  const [week, all] = [await earned(platform, '7d'), await earned(platform, 'all')];
  expect(week['mine']).toBeGreaterThan(0);
  expect(all['mine']).toBeGreaterThan(week['mine']!);
  const [{ day } = { day: 0 }] = readRows<{ day: number }>(
    platform,
    `select coalesce(sum(provider_payout_micro), 0) as day from settlements where settled_at_ms > ${Date.now() - dayMs}`,
  );
  expect(Object.values(await earned(platform, '24h')).reduce((left, right) => left + right)).toBe(day);
  const refused = await call<{ detail: string }>(platform, 'GET', '/api/tags?period=1y', {
    who: admin(platform),
  });
  expect(refused).toMatchObject({ status: 422 });
  expect(refused.body.detail).toContain('must be one of 24h, 7d, 30d, all');
});
