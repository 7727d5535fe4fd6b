import { describe, expect, test } from 'vitest';
import type { Block } from '../src-main/contract/domain/block.ts';
import type { Lease } from '../src-main/contract/domain/lease.ts';
import { searchedBlocks } from '../src-main/contract/rest/blocks.routes.ts';
import { admin, call, ok, register, type Who } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { startSeededPlatform, type DatabaseSeed } from './support/seed-database.ts';
import { believing, type TestPlatform } from './support/test-platform.ts';

interface List<Item> {
  items: Item[];
  total: number;
  total_is_exact?: boolean;
}

const nowMs = Date.UTC(2026, 0, 1, 12);
const nowSec = nowMs / 1000;

/** rig-1 and rig-3 stand in Berlin, rig-1 to rig-3 belong to one owner, rig-4 (in Berlin, too) to another. */
function seed(database: DatabaseSeed): void {
  for (const accountId of ['provider-1', 'provider-2']) database.account(accountId, 'provider');
  database.account('consumer-1', 'consumer');
  for (const number of [1, 2, 3, 4]) database.worker(`rig-${number}`);
  for (const [workerId, tags] of Object.entries({
    'rig-1': ['berlin', 'rack-1'],
    'rig-2': ['paris'],
    'rig-3': ['berlin'],
    'rig-4': ['berlin'],
  }))
    database.insert('worker_labels', { worker_id: workerId, tags: JSON.stringify(tags), note: '' });
  for (let number = 1; number <= 12; number += 1) {
    const workerId = `rig-${((number - 1) % 4) + 1}`;
    const created_at_ms = nowMs - (13 - number) * 60_000;
    database.lease({
      ...{ lease_id: `lease-${number}`, worker_id: workerId, consumer_id: 'consumer-1', created_at_ms },
      ...{ state: number % 3 === 0 ? 'cancelled' : 'completed', ended_at_ms: created_at_ms + 1000 },
    });
    const rejected = number % 3 === 0 ? { verified: 'rejected', reason: 'wrong_hash' } : {};
    database.block(number, created_at_ms, { worker_id: workerId, lease_id: `lease-${number}`, ...rejected });
  }
  database.handle.exec(`update workers set account_id = 'provider-2' where worker_id = 'rig-4';
    update leases set provider_id = iif(worker_id = 'rig-4', 'provider-2', 'provider-1')`);
}

const seeded = () => startSeededPlatform(seed, { clock: new ManualClock(nowMs), args: believing });

async function blocksOf(platform: TestPlatform, query: string, who: Who = admin(platform)) {
  const { items, ...rest } = await ok<List<Block>>(platform, 'GET', `/api/blocks?${query}`, { who });
  return { ids: items.map(({ block_id }) => block_id), total: rest.total, isExact: rest.total_is_exact };
}

async function leasesOf(platform: TestPlatform, query: string, who: Who = admin(platform)) {
  const { items, total } = await ok<List<Lease>>(platform, 'GET', `/api/leases?${query}`, { who });
  return { ids: items.map(({ lease_id }) => Number(lease_id.slice(6))), total };
}

async function listingsOf(platform: TestPlatform, query: string, who: Who = admin(platform)) {
  const path = `/api/marketplace?available_only=false&${query}`;
  const { items } = await ok<List<{ worker_id: string }>>(platform, 'GET', path, { who });
  return items.map(({ worker_id }) => worker_id).sort();
}

async function keyOf(platform: TestPlatform, accountId: string): Promise<Who> {
  const path = `/api/accounts/${accountId}/keys`;
  const answer = await ok<{ api_key: string }>(platform, 'POST', path, { who: admin(platform), body: {} });
  return { key: answer.api_key };
}

describe('the blocks of a tag', () => {
  test.each([
    ['tag=berlin', [12, 11, 9, 8, 7, 5, 4, 3, 1]],
    ['tag=%20Berlin', [12, 11, 9, 8, 7, 5, 4, 3, 1]],
    ['tag=rack-1', [9, 5, 1]],
    ['tag=nowhere', []],
    ['tag=berlin&verified=rejected', [12, 9, 3]],
    ['tag=berlin&counted=true&worker_id=rig-1', [5, 1]],
    ['tag=berlin&worker_id=rig-2', []],
    [`tag=berlin&since=${nowSec - 300}`, [12, 11, 9, 8]],
    [`tag=berlin&until=${nowSec - 540}`, [3, 1]],
    ['tag=paris&search=hash', [10, 6, 2]],
    ['tag=berlin&search=2', []],
  ])('%s are found', async (query, expected) => {
    expect(await blocksOf(await seeded(), query)).toEqual({
      ids: expected,
      total: expected.length,
      isExact: true,
    });
  });

  test('come page by page, also those of a lease', async () => {
    const platform = await seeded();
    const pages = [];
    for (const offset of [0, 4, 8])
      pages.push(...(await blocksOf(platform, `tag=berlin&limit=4&offset=${offset}`)).ids);
    expect(pages).toEqual([12, 11, 9, 8, 7, 5, 4, 3, 1]);
    const ofLease = (tag: string) =>
      ok<Block[]>(platform, 'GET', `/api/blocks?lease_id=lease-7&tag=${tag}`, { who: admin(platform) });
    expect(await ofLease('berlin')).toHaveLength(1);
    expect(await ofLease('paris')).toEqual([]);
  });

  test('leave none out where the look at a busy worker ends, and say that there are older ones', async () => {
    const platform = await startSeededPlatform(
      (database) => {
        seed(database);
        // rig-1 has two blocks a second and rig-3 one a minute, over the same time.
        const add = (workerId: string, key: string, everyMs: number, count: number) =>
          database.handle
            .exec(`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
            insert into blocks (worker_id, lease_id, hash, key, account, attempts, hashrate, prefix_valid, verified,
              reason, reported_at_ms, counted, type)
            select '${workerId}', '', '', '${key}' || i, '', 1, '', 1, 'unproven', '', ${nowMs} + i * ${everyMs}, 1,
              'normal' from n`);
        add('rig-1', 'busy', 500, 12_000);
        add('rig-3', 'calm', 60_000, 100);
      },
      { clock: new ManualClock(nowMs), args: believing },
    );
    const owner = await keyOf(platform, 'provider-1');
    const { total, isExact } = await blocksOf(platform, 'tag=berlin&limit=1', owner);
    const ofBusy = searchedBlocks / 2;
    // Of the last 5,000 seconds: 10,000 of the one, 83 or 84 of the other.
    expect(total - ofBusy).toBeGreaterThan(82);
    expect(total - ofBusy).toBeLessThan(86);
    expect(isExact).toBe(false);
    const since = nowSec + 5000;
    const narrowed = await blocksOf(platform, `tag=berlin&since=${since}&limit=1`, owner);
    expect(narrowed).toMatchObject({ isExact: true, total: 2001 + 17 });
  });
});

describe('the leases of a tag', () => {
  test.each([
    ['tag=berlin', [12, 11, 9, 8, 7, 5, 4, 3, 1]],
    ['tag=rack-1&state=cancelled', [9]],
    ['tag=berlin&worker_id=rig-3', [11, 7, 3]],
    [`tag=berlin&since=${nowSec - 300}`, [12, 11, 9, 8]],
    ['tag=berlin&search=rig-1', [9, 5, 1]],
    ['tag=nowhere', []],
  ])('%s are found', async (query, expected) => {
    expect(await leasesOf(await seeded(), query)).toEqual({ ids: expected, total: expected.length });
  });

  test('come page by page', async () => {
    const platform = await seeded();
    const pages = [];
    for (const offset of [0, 4, 8]) {
      const page = await leasesOf(platform, `tag=berlin&limit=4&offset=${offset}`);
      expect(page.total).toBe(9);
      pages.push(...page.ids);
    }
    expect(pages).toEqual([12, 11, 9, 8, 7, 5, 4, 3, 1]);
  });
});

test('the market lists the workers of a tag', async () => {
  const platform = await seeded();
  expect(await listingsOf(platform, 'tag=berlin')).toEqual(['rig-1', 'rig-3', 'rig-4']);
  expect(await listingsOf(platform, 'tag=paris')).toEqual(['rig-2']);
  expect(await listingsOf(platform, 'tag=nowhere')).toEqual([]);
});

test('nobody finds anything by a tag that is not for them to see', async () => {
  const platform = await seeded();
  const owner = await keyOf(platform, 'provider-1');
  expect((await blocksOf(platform, 'tag=berlin', owner)).ids).toEqual([11, 9, 7, 5, 3, 1]);
  expect((await leasesOf(platform, 'tag=berlin', owner)).ids).toEqual([11, 9, 7, 5, 3, 1]);
  expect(await listingsOf(platform, 'tag=berlin', owner)).toEqual(['rig-1', 'rig-3']);
  const renter = await keyOf(platform, 'consumer-1');
  expect((await leasesOf(platform, '', renter)).total).toBe(12);
  const stranger = await register(platform, 'stranger', 'provider', admin(platform));
  for (const who of [renter, stranger]) {
    expect(await blocksOf(platform, 'tag=berlin', who)).toEqual({ ids: [], total: 0, isExact: true });
    expect(await leasesOf(platform, 'tag=berlin', who)).toEqual({ ids: [], total: 0 });
    expect(await listingsOf(platform, 'tag=berlin', who)).toEqual([]);
  }
  expect(await blocksOf(platform, 'tag=berlin', {})).toEqual({ ids: [], total: 0, isExact: true });
  expect(await listingsOf(platform, 'tag=berlin', {})).toEqual([]);
});

test('credentials are looked at only when a tag is asked for', async () => {
  const platform = await seeded();
  const who = { key: 'ended-long-ago' };
  for (const path of ['/api/blocks', '/api/marketplace']) {
    expect((await call(platform, 'GET', path, { who })).status, path).toBe(200);
    expect((await call(platform, 'GET', `${path}?tag=berlin`, { who })).status, path).toBe(401);
  }
});

test('a tag that is too long is refused with the reason', async () => {
  const platform = await seeded();
  for (const path of ['/api/blocks', '/api/leases', '/api/marketplace', '/api/monitoring/fleet']) {
    const long = `${path}?tag=${'x'.repeat(41)}`;
    const { status, body } = await call<{ detail: string }>(platform, 'GET', long, { who: admin(platform) });
    expect(status, path).toBe(422);
    expect(body.detail).toContain('at most 40');
  }
});
