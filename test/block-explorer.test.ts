import { describe, expect, test } from 'vitest';
import type { Block } from '../src-main/contract/domain/block.ts';
import { call } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { accountBlock } from './support/proof-vectors.ts';
import { startSeededPlatform, type DatabaseSeed } from './support/seed-database.ts';
import { TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, type TestPlatform } from './support/test-platform.ts';

interface List {
  items: Block[];
  total: number;
  total_is_exact: boolean;
  limit: number;
  offset: number;
}

const nowMs = Date.UTC(2026, 0, 1, 12);
const alice = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

const listOf = (platform: TestPlatform, query = '') => platform.get<List>(`/api/blocks${query}`);

const idsOf = async (platform: TestPlatform, query: string) =>
  (await listOf(platform, query)).items.map(({ block_id }) => block_id);

/** Ten blocks, one a minute, the newest last. */
function seedBlocks(database: DatabaseSeed): void {
  database.account('provider-1', 'provider');
  for (const workerId of ['rig-1', 'rig-2']) database.worker(workerId);
  const proven = { verified: 'proven', reason: '', type: 'normal' };
  const rejected = { verified: 'rejected', reason: 'wrong_hash', type: 'xuni' };
  const rows: Record<string, string | number>[] = [
    { ...proven },
    { ...proven, type: 'super' },
    { ...rejected },
    { worker_id: 'rig-2' },
    { worker_id: 'rig-2', ...proven, type: 'xuni' },
    { worker_id: 'rig-2', ...rejected },
    { lease_id: 'lease-1', account: alice, ...proven },
    { lease_id: 'lease-1', account: alice, ...rejected, worker_id: 'rig-2' },
    { account: alice.toLowerCase(), chain_block_id: 4711, chain_verified: 1, key: `abcdef${'0'.repeat(58)}` },
    { hash: accountBlock.hash, key: `ABCDEF${'1'.repeat(58)}`, verified: 'unproven', counted: 0 },
  ];
  for (const [index, fields] of rows.entries())
    database.block(index + 1, nowMs - (rows.length - index) * 60_000, fields);
}

const seeded = () => startSeededPlatform(seedBlocks, { clock: new ManualClock(nowMs), args: believing });

describe('the explorer of blocks', () => {
  test.each([
    ['', [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ['?worker_id=rig-2', [8, 6, 5, 4]],
    [`?account=${alice.toUpperCase().replace('0X', '0x')}`, [9, 8, 7]],
    ['?verified=proven', [7, 5, 2, 1]],
    ['?verified=rejected', [8, 6, 3]],
    ['?verified=unproven', [10, 9, 4]],
    ['?block_type=super', [2]],
    ['?block_type=xuni', [8, 6, 5, 3]],
    ['?block_type=normal', [7, 1]],
    ['?counted=true', [9, 7, 5, 4, 2, 1]],
    ['?counted=false', [10, 8, 6, 3]],
    [`?since=${nowMs / 1000 - 180}`, [10, 9, 8]],
    [`?until=${nowMs / 1000 - 540}`, [1]],
    [`?since=${nowMs / 1000 - 540}&until=${nowMs / 1000 - 420}`, [3, 2]],
    ['?worker_id=rig-2&verified=rejected', [8, 6]],
    [`?worker_id=rig-2&account=${alice}`, [8]],
    [`?account=${alice}&counted=true&since=${nowMs / 1000 - 180}`, [9]],
    ['?counted=true&verified=rejected', []],
    ['?block_type=super&verified=rejected', []],
    ['?worker_id=nobody', []],
    ['?search=4711', [9]],
    ['?search=3', [3]],
    ['?search=abcdef', [10, 9]],
    ['?search=ABCDEF0', [9]],
    ['?search=abcdef&worker_id=rig-2', []],
    ['?search=abcdef&counted=false', [10]],
    [`?search=${encodeURIComponent(accountBlock.hash)}`, [10]],
    [`?search=${encodeURIComponent(accountBlock.hash.slice(-86, -70))}`, [10]],
    [`?search=${encodeURIComponent(accountBlock.hash.slice(-86, -82))}`, [10]],
    ['?search=hash', [9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ['?search=nothing-like-that', []],
    ['?search=%25%25%25%25', []],
  ])('finds with %s', async (query, expected) => {
    const platform = await seeded();
    const list = await listOf(platform, query);
    expect(list.items.map(({ block_id }) => block_id)).toEqual(expected);
    expect(list).toMatchObject({ total: expected.length, total_is_exact: true });
  });

  test('shows it page by page', async () => {
    const platform = await seeded();
    for (const query of ['?worker_id=rig-2', '?counted=true&verified=proven', '?search=hash']) {
      const all = await idsOf(platform, query);
      const pages = [];
      for (let offset = 0; offset < all.length; offset += 3)
        pages.push(...(await idsOf(platform, `${query}&limit=3&offset=${offset}`)));
      expect(pages).toEqual(all);
      expect(await listOf(platform, `${query}&limit=3&offset=100`)).toMatchObject({
        items: [],
        total: all.length,
        limit: 3,
        offset: 100,
      });
    }
  });

  test('keeps the plain list of a lease, and narrows it', async () => {
    const platform = await seeded();
    const ofLease = async (query: string) =>
      (await platform.get<Block[]>(`/api/blocks?lease_id=lease-1${query}`)).map(({ block_id }) => block_id);
    expect(await ofLease('')).toEqual([8, 7]);
    expect(await ofLease('&counted=true')).toEqual([7]);
    expect(await ofLease('&worker_id=rig-2')).toEqual([8]);
    expect(await ofLease('&limit=1&offset=1')).toEqual([7]);
  });

  test('says what is wrong with a filter', async () => {
    const platform = await startTestPlatform();
    for (const [query, reason] of [
      ['search=abc', 'at least 4 characters'],
      ['verified=true', 'proven, unproven, rejected'],
      ['block_type=big', 'normal, super, xuni'],
      ['counted=maybe', 'true or false'],
      ['since=yesterday', 'number'],
      ['until=-1', 'number'],
    ]) {
      const { status, body } = await call(platform, 'GET', `/api/blocks?${query}`);
      expect(status, query).toBe(422);
      expect(body['detail']).toContain(reason);
    }
  });

  test('says when there is more than it counts', async () => {
    const platform = await startSeededPlatform(
      (database) => {
        database.account('provider-1', 'provider');
        database.worker('rig-1');
        database.handle
          .exec(`with recursive n(i) as (select 1 union all select i + 1 from n where i <= 100001)
          insert into blocks (worker_id, lease_id, hash, key, account, attempts, hashrate, prefix_valid, verified,
            reason, reported_at_ms, counted, type)
          select 'rig-1', '', '', printf('%064x', i), '', 1, '', 1, 'unproven', '', i, 1, iif(i % 2, 'normal', 'xuni') from n`);
      },
      { args: believing },
    );
    expect(await listOf(platform, '?worker_id=rig-1&limit=1')).toMatchObject({
      items: [{ block_id: 100_002 }],
      total: 100_000,
      total_is_exact: false,
    });
    expect(await listOf(platform, '?worker_id=rig-1&block_type=normal&limit=1')).toMatchObject({
      items: [{ block_id: 100_001 }],
      total: 10_000,
      total_is_exact: false,
    });
    expect(await listOf(platform, '?search=0000&limit=1')).toMatchObject({ total_is_exact: false });
  });
});

describe('a block', () => {
  test('is found by its number, which every list tells', async () => {
    const platform = await seeded();
    const { items } = await listOf(platform, '?limit=1&offset=4');
    expect(await platform.get<Block>('/api/blocks/6')).toEqual(items[0]);
    expect((await platform.get<List>('/api/blocks/self-mined?limit=1')).items[0]?.block_id).toBe(10);
    for (const [path, status] of [
      ['/api/blocks/99', 404],
      ['/api/blocks/0', 422],
      ['/api/blocks/x', 422],
    ] as const)
      expect((await call(platform, 'GET', path)).status, path).toBe(status);
  });

  test('has it from its report on', async () => {
    const platform = await startTestPlatform({ args: ['--difficulty', '8'] });
    const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    await miner.introduce();
    await miner.block(accountBlock);
    await miner.block({ ...accountBlock, account: alice });
    await miner.block();
    const recent = await platform.get<Block[]>('/api/monitoring/blocks/recent');
    expect(recent.map(({ verified, block_id }) => [verified, block_id])).toEqual([
      ['unproven', expect.any(Number)],
      ['rejected', expect.any(Number)],
      ['proven', expect.any(Number)],
    ]);
    for (const block of recent) expect(await platform.get(`/api/blocks/${block.block_id}`)).toEqual(block);
  });
});
