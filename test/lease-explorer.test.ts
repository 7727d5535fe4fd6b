import { describe, expect, test } from 'vitest';
import type { Lease } from '../src-main/contract/domain/lease.ts';
import { admin, call, ok, type Who } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { startSeededPlatform, type DatabaseSeed } from './support/seed-database.ts';
import type { TestPlatform } from './support/test-platform.ts';

interface List {
  items: Lease[];
  total: number;
}

const nowMs = Date.UTC(2026, 0, 1, 12);
const hourMs = 3_600_000;
const atHour = (hour: number) => nowMs / 1000 - (24 - hour) * 3600;

/** Twelve leases, one every two hours, the newest last: of two workers and two consumers, one of whom lets, too. */
function seedLeases(database: DatabaseSeed): void {
  database.account('provider-1', 'provider');
  database.account('consumer-1', 'consumer');
  database.account('0xabcdef', 'consumer');
  for (const workerId of ['rig-1', 'rig-2']) database.worker(workerId);
  for (let index = 0; index < 12; index += 1) {
    const created_at_ms = nowMs - (24 - 2 * index) * hourMs;
    database.lease({
      lease_id: `lease-${index.toString(16)}000${index % 3}`,
      worker_id: index % 2 === 0 ? 'rig-1' : 'rig-2',
      consumer_id: index % 4 === 0 ? '0xabcdef' : index === 5 ? 'provider-1' : 'consumer-1',
      state: index % 5 === 0 ? 'cancelled' : 'completed',
      created_at_ms,
      ended_at_ms: created_at_ms + hourMs,
    });
  }
  database.handle.exec("update leases set provider_id = 'provider-1'");
}

const seeded = () => startSeededPlatform(seedLeases, { clock: new ManualClock(nowMs) });

async function numbersOf(platform: TestPlatform, query: string, who: Who = admin(platform)) {
  const { items, total } = await ok<List>(platform, 'GET', `/api/leases${query}`, { who });
  return { numbers: items.map(({ lease_id }) => Number.parseInt(lease_id.slice(6, 7), 16)), total };
}

async function keyOf(platform: TestPlatform, accountId: string): Promise<Who> {
  const { api_key: key } = await ok<{ api_key: string }>(
    platform,
    'POST',
    `/api/accounts/${accountId}/keys`,
    {
      who: admin(platform),
      body: {},
    },
  );
  return { key };
}

describe('the explorer of leases', () => {
  test.each([
    ['?worker_id=rig-2', [11, 9, 7, 5, 3, 1]],
    ['?worker_id=rig-2&state=cancelled', [5]],
    ['?worker_id=nobody', []],
    [`?since=${atHour(20)}`, [11, 10]],
    [`?until=${atHour(4)}`, [1, 0]],
    [`?since=${atHour(4)}&until=${atHour(10)}`, [4, 3, 2]],
    [`?since=${atHour(4)}&until=${atHour(10)}&worker_id=rig-1&state=completed`, [4, 2]],
    ['?search=lease-a', [10]],
    ['?search=A00', [10]],
    ['?search=rig-1', [10, 8, 6, 4, 2, 0]],
    ['?search=rig', [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    ['?search=0xABCDEF', [8, 4, 0]],
    ['?search=consumer&state=cancelled', [10]],
    [`?search=consumer&since=${atHour(18)}`, [11, 10, 9]],
    ['?search=zzz', []],
    ['?search=%25%25%25', []],
  ])('finds with %s', async (query, expected) => {
    const platform = await seeded();
    expect(await numbersOf(platform, query)).toEqual({ numbers: expected, total: expected.length });
  });

  test('shows it page by page, with the total', async () => {
    const platform = await seeded();
    for (const query of ['?worker_id=rig-1', '?search=rig-1', `?since=${atHour(0)}&worker_id=rig-1`]) {
      const { numbers: all } = await numbersOf(platform, query);
      const pages = [];
      for (let offset = 0; offset < all.length; offset += 4) {
        const page = await numbersOf(platform, `${query}&limit=4&offset=${offset}`);
        expect(page.total).toBe(all.length);
        pages.push(...page.numbers);
      }
      expect(pages).toEqual(all);
    }
  });

  test('shows nobody the leases of others, whatever is looked for', async () => {
    const platform = await seeded();
    const consumer = await keyOf(platform, '0xabcdef');
    const provider = await keyOf(platform, 'provider-1');
    const own = { numbers: [8, 4, 0], total: 3 };
    for (const query of ['?search=lease-', '?search=rig-1', '?worker_id=rig-1', `?since=${atHour(0)}`])
      expect(await numbersOf(platform, query, consumer), query).toEqual(own);
    expect(await numbersOf(platform, '?search=consumer-1', consumer)).toEqual({ numbers: [], total: 0 });
    expect(await numbersOf(platform, '?worker_id=rig-2', consumer)).toEqual({ numbers: [], total: 0 });
    // One that it rents from itself is there once.
    expect((await numbersOf(platform, '?worker_id=rig-2', provider)).numbers).toEqual([11, 9, 7, 5, 3, 1]);
    expect(await numbersOf(platform, '?worker_id=rig-2&as=consumer', provider)).toEqual({
      numbers: [5],
      total: 1,
    });
    expect(await numbersOf(platform, `?since=${atHour(8)}&as=provider`, provider)).toMatchObject({
      total: 8,
    });
  });

  test('says what is wrong with a filter', async () => {
    const platform = await seeded();
    for (const [query, reason] of [
      ['search=ab', 'at least 3 characters'],
      ['search=%20%20%20a', 'at least 3 characters'],
      ['since=yesterday', 'number'],
      ['state=gone', 'active, completed, cancelled'],
    ]) {
      const { status, body } = await call(platform, 'GET', `/api/leases?${query}`, { who: admin(platform) });
      expect(status, query).toBe(422);
      expect(body['detail']).toContain(reason);
    }
  });
});
