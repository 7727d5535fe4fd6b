import { expect, test } from 'vitest';
import type { Block } from '../src-main/contract/domain/block.ts';
import { admin, ok } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { hashKey, mineProof } from './support/mine.ts';
import {
  insertLeases,
  metric,
  readRows,
  recentBlocks,
  workerOf,
  writeRows,
} from './support/platform-figures.ts';
import {
  accountBlock,
  hashWithoutMarker,
  leaseBlock,
  leasePrefix,
  networkBlock,
  xuniBlock,
} from './support/proof-vectors.ts';
import { newKey, TestMiner } from './support/test-miner.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const account = accountBlock.account;
const other = '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed';

/** Noon, outside the window of xuni blocks. */
const noon = () => new ManualClock(Date.UTC(2026, 0, 1, 12, 30));

const start = (clock: ManualClock, args: readonly string[] = [], dataDir?: string) =>
  startTestPlatform({ clock, args: ['--difficulty', '8', ...args], ...(dataDir ? { dataDir } : {}) });

async function connect(platform: TestPlatform, workerId: string): Promise<TestMiner> {
  const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl, ethAddress: account });
  await miner.introduce();
  return miner;
}

interface LeaseChanges {
  state?: 'completed';
  endedAtMs?: number;
  consumerAddress?: string;
  prefix?: string;
}

/** A platform on which m-1 is rented as `lease-1`, with m-1 and m-2 connected. */
async function startWithLease(clock: ManualClock, args: readonly string[] = [], changes: LeaseChanges = {}) {
  const first = await start(clock, args);
  for (const workerId of ['m-1', 'm-2']) await (await connect(first, workerId)).disconnect();
  await first.stop();
  const lease = { leaseId: 'lease-1', workerId: 'm-1', prefix: leasePrefix, createdAtMs: clock.nowMs() };
  insertLeases(first, [{ ...lease, consumerAddress: account.toUpperCase().replace('0X', '0x'), ...changes }]);
  const platform = await start(clock, args, first.dataDir);
  return { platform, miner: await connect(platform, 'm-1'), stranger: await connect(platform, 'm-2') };
}

const outcomes = async (platform: TestPlatform) =>
  (await recentBlocks(platform)).map((block) => [block.verified, block.reason, block.counted]);

const verdicts = (platform: TestPlatform, verdict: string, reason: string) =>
  metric(platform, `xenblocks_block_verdicts_total{verdict="${verdict}",reason="${reason}"}`);

test('what is proven counts at its PUBACK, what is not is recorded and counts for nothing', async () => {
  const clock = noon();
  const platform = await start(clock);
  const miner = await connect(platform, 'm-1');
  await miner.block(networkBlock);
  await miner.block(accountBlock);
  await miner.block(hashWithoutMarker);
  await miner.block({ key: newKey(), hash: '0000a short fake hash' });
  await miner.block(xuniBlock);
  clock.advance(25 * 60_000);
  await miner.block({ ...xuniBlock, account: account.toUpperCase().replace('0X', '0x') });
  expect(await outcomes(platform)).toEqual([
    ['proven', '', true],
    ['rejected', 'outside_xuni_window', false],
    ['unproven', 'no_proof', false],
    ['rejected', 'no_marker', false],
    ['proven', '', true],
    ['proven', 'legacy_salt', true],
  ]);
  expect((await recentBlocks(platform)).map(({ block_type }) => block_type)).toEqual([
    'xuni',
    '',
    '',
    '',
    'normal',
    'normal',
  ]);
  expect(await platform.get('/api/status')).toMatchObject({ total_blocks: 3, self_mined_blocks: 3 });
  expect(await workerOf(platform, 'm-1')).toMatchObject({ self_blocks_found: 3 });
  expect(await platform.get('/api/workers/m-1/reputation')).toMatchObject({
    breakdown: { block_detail: { verified_blocks: 3 } },
  });
  expect(await platform.get('/api/overview/activity')).toMatchObject({ total: 3 });
  expect(await verdicts(platform, 'proven', '')).toBe(2);
  expect(await verdicts(platform, 'rejected', 'no_marker')).toBe(1);
  expect(await metric(platform, 'xenblocks_proofs_hashed_total')).toBe(3);
});

test('an edited report of a proof is rejected, whoever has the proof already', async () => {
  const platform = await start(noon());
  const miner = await connect(platform, 'm-1');
  await miner.block(accountBlock);
  const { key, hash } = accountBlock;
  await miner.block({ ...accountBlock, key: key.toUpperCase() });
  await miner.block({ ...accountBlock, key: key.replace('4298', '4299') });
  await miner.block({ ...accountBlock, key: key.replace('4298', '429a'), hash: hash.replace('m=8', 'm=9') });
  await miner.block({ ...accountBlock, key: key.replace('4298', '429b'), account: other });
  await miner.block({ ...accountBlock, key: key.replace('4298', '429c'), hash: hash.slice(0, -1) });
  expect((await outcomes(platform)).map(([, reason]) => reason)).toEqual([
    'malformed_proof',
    'wrong_account',
    'wrong_hash',
    'wrong_hash',
    'wrong_hash',
    '',
  ]);
  expect(await platform.get('/api/status')).toMatchObject({ total_blocks: 1 });
});

test('a proof counts once: its own repeats are silent, a claim of somebody else is rejected unhashed', async () => {
  const clock = noon();
  const platform = await start(clock);
  const miner = await connect(platform, 'm-1');
  const thief = await connect(platform, 'm-2');
  await Promise.all([miner.block(accountBlock), miner.block(accountBlock), miner.block(accountBlock)]);
  const hashed = await metric(platform, 'xenblocks_proofs_hashed_total');
  await miner.block(accountBlock);
  await thief.block(accountBlock);
  await thief.block(accountBlock);
  expect(await metric(platform, 'xenblocks_proofs_hashed_total')).toBe(hashed);
  expect(await recentBlocks(platform)).toMatchObject([
    { worker_id: 'm-2', verified: 'rejected', reason: 'duplicate_key' },
    { worker_id: 'm-1', verified: 'proven' },
  ]);
  expect(await metric(platform, 'xenblocks_block_reports_repeated_total')).toBe(4);
  await platform.stop();
  const restarted = await start(clock, [], platform.dataDir);
  await (await connect(restarted, 'm-1')).block(accountBlock);
  expect(await restarted.get('/api/status')).toMatchObject({ total_blocks: 1 });
  expect(await workerOf(restarted, 'm-1')).toMatchObject({ self_blocks_found: 1 });
  expect(await metric(restarted, 'xenblocks_proofs_hashed_total')).toBe(0);
});

test('claims of a key without a proof do not keep its real block out', async () => {
  const platform = await start(noon());
  const miner = await connect(platform, 'm-1');
  const thief = await connect(platform, 'm-2');
  const { key } = accountBlock;
  await thief.block({ key, hash: 'a XEN11 fake' });
  await thief.block({ key, hash: accountBlock.hash.replace('err4', 'err5') });
  await miner.block({ key, hash: 'nothing yet' });
  await miner.block(accountBlock);
  expect(await platform.get('/api/status')).toMatchObject({ total_blocks: 1 });
  expect(await workerOf(platform, 'm-1')).toMatchObject({ self_blocks_found: 1 });
  expect(await workerOf(platform, 'm-2')).toMatchObject({ self_blocks_found: 0 });
});

test('a block of a lease counts for it when it is proven for its consumer', async () => {
  const { platform, miner } = await startWithLease(noon());
  await miner.block({ ...leaseBlock, lease_id: 'lease-1' });
  expect(await outcomes(platform)).toEqual([['proven', '', true]]);
  expect(readRows(platform, 'select blocks_found from leases')).toEqual([{ blocks_found: 1 }]);
  expect(await platform.get('/api/status')).toMatchObject({ total_blocks: 1, self_mined_blocks: 0 });
  expect(await workerOf(platform, 'm-1')).toMatchObject({ self_blocks_found: 0 });
  expect(
    await ok<{ blocks: Block[] }>(platform, 'GET', '/api/leases/lease-1', { who: admin(platform) }),
  ).toMatchObject({ blocks_found: 1, blocks: [{ key: leaseBlock.key, verified: 'proven' }] });
});

test.each([
  ['for a lease that does not exist', { lease_id: 'lease-0' }, {}, 'unknown_lease'],
  ['for another account than the consumer', {}, { consumerAddress: other }, 'not_consumer_account'],
  ['that does not begin with the prefix', {}, { prefix: 'a1b2c3d4e5f6a7b9' }, 'wrong_prefix'],
  ['without a proof', { hash: 'a XEN11 fake' }, {}, 'no_proof'],
])('a block %s does not count for a lease, and is not hashed', async (_what, fields, changes, reason) => {
  const { platform, miner } = await startWithLease(noon(), [], changes);
  await miner.block({ ...leaseBlock, lease_id: 'lease-1', ...fields });
  const verdict = reason === 'no_proof' ? 'unproven' : 'rejected';
  expect(await outcomes(platform)).toEqual([[verdict, reason, false]]);
  expect(readRows(platform, 'select blocks_found from leases')).toEqual([{ blocks_found: 0 }]);
  expect(await metric(platform, 'xenblocks_proofs_hashed_total')).toBe(0);
});

test('a block of a lease counts only for its worker, and never with a legacy salt', async () => {
  const clock = noon();
  const { platform, miner, stranger } = await startWithLease(clock, [], { prefix: '0000da975bd6ec3a' });
  await stranger.block({ ...accountBlock, lease_id: 'lease-1' });
  await miner.block({ ...networkBlock, lease_id: 'lease-1', account });
  expect((await outcomes(platform)).map(([, reason]) => reason)).toEqual([
    'legacy_salt',
    'lease_of_another_worker',
  ]);
  expect(await platform.get('/api/status')).toMatchObject({ total_blocks: 0 });
});

test('a proof of a lease counts up to a minute after its end, not later', async () => {
  const args = ['--block-marker', 'X1'];
  const clock = noon();
  const { platform, miner } = await startWithLease(clock, args, {
    state: 'completed',
    endedAtMs: clock.nowMs(),
  });
  const mined = () => mineProof({ account, prefix: leasePrefix, marker: 'X1', memory: 8 });
  const inTime = await mined();
  const late = await mined();
  clock.advance(60_000);
  await miner.block({ ...inTime, account, lease_id: 'lease-1' });
  clock.advance(1);
  await miner.block({ ...late, account, lease_id: 'lease-1' });
  expect(await outcomes(platform)).toEqual([
    ['rejected', 'lease_ended', false],
    ['proven', '', true],
  ]);
  expect(readRows(platform, 'select blocks_found from leases')).toEqual([{ blocks_found: 1 }]);
});

test('without a flag the difficulty of a proof is at least the lowest of the network', async () => {
  const platform = await startTestPlatform({ clock: noon(), args: ['--no-chain'] });
  const miner = await connect(platform, 'm-1');
  await miner.block(accountBlock);
  await miner.block(networkBlock);
  expect(await outcomes(platform)).toEqual([
    ['proven', 'legacy_salt', true],
    ['rejected', 'memory_below_difficulty', false],
  ]);
});

test('the flags for the difficulty, the marker and the window decide what a block is', async () => {
  const clock = noon();
  const strict = await startTestPlatform({ clock, args: ['--difficulty', '1328'] });
  await (await connect(strict, 'm-1')).block(networkBlock);
  expect(await outcomes(strict)).toEqual([['rejected', 'memory_below_difficulty', false]]);
  const lenient = await start(clock, ['--xuni-window', 'off', '--block-marker', '0kyTUO']);
  const miner = await connect(lenient, 'm-1');
  await miner.block(xuniBlock);
  await miner.block(hashWithoutMarker);
  await miner.block(accountBlock);
  expect(await outcomes(lenient)).toEqual([
    ['rejected', 'no_marker', false],
    ['proven', 'legacy_salt', true],
    ['proven', '', true],
  ]);
});

/** A claim that passes every cheap check and costs the platform a hash of that much memory. */
async function forgedClaim(memory: number) {
  const key = newKey();
  const { hash } = await hashKey(newKey(), { account, prefix: '', marker: '', memory: 8 });
  return { key, hash: hash.replace('m=8', `m=${memory}`).replace(/.{5}(?=.$)/, 'XEN11'), account };
}

test('the PUBACK of a claim waits for its hash, and nobody else waits with it', async () => {
  const platform = await start(noon());
  const forger = await connect(platform, 'forger');
  const miner = await connect(platform, 'm-1');
  const claims = await Promise.all(Array.from({ length: 6 }, () => forgedClaim(131_072)));
  const settled: string[] = [];
  const forged = claims.map((claim) => forger.block(claim).then(() => void settled.push('claim')));
  const busy = async () => (await metric(platform, 'xenblocks_proofs_running')) > 0;
  await waitFor(busy, 'a hash under way');
  await miner.heartbeat({ hashrate: 4 }).then(() => void settled.push('heartbeat'));
  expect(settled).toContain('heartbeat');
  expect(settled.length).toBeLessThan(7);
  expect(await metric(platform, 'xenblocks_proofs_waiting')).toBeGreaterThan(0);
  await Promise.all(forged);
  expect(await metric(platform, 'xenblocks_proofs_waiting')).toBe(0);
  expect(await verdicts(platform, 'rejected', 'wrong_hash')).toBe(6);
  expect(await workerOf(platform, 'm-1')).toMatchObject({ hashrate: 4 });
});

test('a stop of the platform does not wait for the claims that wait, and loses no block', async () => {
  const clock = noon();
  const platform = await start(clock);
  const forger = await connect(platform, 'forger');
  const claims = await Promise.all(Array.from({ length: 40 }, () => forgedClaim(131_072)));
  for (const claim of claims) forger.block(claim).catch(() => undefined);
  const busy = async () => (await metric(platform, 'xenblocks_proofs_running')) > 0;
  await waitFor(busy, 'a hash under way');
  await platform.stop();
  expect(readRows(platform, 'select * from blocks').length).toBeLessThan(40);
  const restarted = await start(clock, [], platform.dataDir);
  const miner = await connect(restarted, 'm-1');
  await miner.block(accountBlock);
  expect(await restarted.get('/api/status')).toMatchObject({ total_blocks: 1 });
});

test('a flood of fake claims gets none accepted, fills no disk, and holds nobody up', async () => {
  const clock = noon();
  const platform = await start(clock, ['--mqtt-max-messages-per-sec', '100000']);
  const forger = await connect(platform, 'forger');
  const miner = await connect(platform, 'm-1');
  const forged = await Promise.all(Array.from({ length: 20 }, () => forgedClaim(8)));
  let claims = 0;
  const claimSomething = () => {
    const key = newKey();
    const kinds = [
      { key, hash: `XEN11${key}` },
      { ...accountBlock, key },
      { key, hash: `$argon2id$${key}` },
      { ...leaseBlock, key, lease_id: 'lease-0' },
      { ...forged[claims % 20], key },
    ];
    claims += 1;
    return forger.block(kinds[claims % kinds.length]);
  };
  const flooding = { isOn: true };
  const flood = (async () => {
    while (flooding.isOn || claims < 3000) await Promise.all(Array.from({ length: 200 }, claimSomething));
  })();
  // All of it is answered while the flood goes on.
  for (let count = 0; count < 10; count += 1) await miner.heartbeat({ hashrate: count });
  await miner.block(accountBlock);
  expect(await workerOf(platform, 'm-1')).toMatchObject({ hashrate: 9, self_blocks_found: 1 });
  flooding.isOn = false;
  await flood;
  expect(await platform.get('/api/status')).toMatchObject({ total_blocks: 1 });
  expect(await workerOf(platform, 'forger')).toMatchObject({ self_blocks_found: 0 });
  const rows = readRows(platform, `select count(*) as count from blocks where worker_id = 'forger'`);
  expect(rows).toEqual([{ count: 60 }]);
  expect(await metric(platform, 'xenblocks_block_reports_unrecorded_total')).toBe(claims - 60);
  clock.advance(60_000);
  await forger.block({ key: newKey(), hash: 'later' });
  expect((await recentBlocks(platform))[0]).toMatchObject({ hash: 'later', verified: 'unproven' });
});

test('of what counts for nothing the newest 100,000 are kept, and all that counts', async () => {
  const clock = noon();
  const first = await start(clock);
  await (await connect(first, 'm-1')).block(accountBlock);
  await first.stop();
  writeRows(first, (database) =>
    database.exec(
      `insert into blocks (worker_id, lease_id, hash, key, account, attempts, hashrate, prefix_valid, verified,
         reason, reported_at_ms, type, counted)
       with recursive number (n) as (select 1 union all select n + 1 from number where n < 101000)
       select 'm-1', iif(n % 2, '', 'lease-0'), 'fake', printf('%064x', n), '', 0, '0.00', 0, 'unproven',
         'no_proof', n, '', 0 from number`,
    ),
  );
  const platform = await start(clock, [], first.dataDir);
  const totals = async () => [
    (await platform.get<{ total: number }>('/api/blocks')).total,
    (await platform.get<{ total: number }>('/api/blocks/self-mined')).total,
  ];
  expect(await totals()).toEqual([101_001, 50_501]);
  const miner = await connect(platform, 'm-1');
  await miner.block({ key: newKey(), hash: 'one more' });
  await waitFor(async () => (await totals())[0] === 100_001, 'the oldest to be forgotten');
  // The one that counts, the new one, and half of 99,999.
  expect(await totals()).toEqual([100_001, 50_001]);
  await platform.stop();
  expect(readRows(platform, 'select count(*) as count, sum(counted) as counted from blocks')).toEqual([
    { count: 100_001, counted: 1 },
  ]);
  const oldest = 'select min(reported_at_ms) as oldest from blocks where counted = 0';
  expect(readRows(platform, oldest)).toEqual([{ oldest: 1002 }]);
});

test('lists of blocks come newest first, page by page, of a lease as a plain array', async () => {
  const args = ['--block-marker', 'X1'];
  const { platform, miner, stranger } = await startWithLease(noon(), args);
  const keys: Record<'self' | 'lease' | 'strange', string[]> = { self: [], lease: [], strange: [] };
  const mine = (prefix: string) => mineProof({ account, prefix, marker: 'X1', memory: 8 });
  for (let count = 0; count < 3; count += 1) {
    const [self, lease, strange] = [await mine(''), await mine(leasePrefix), await mine('')];
    await miner.block({ ...self, account });
    await miner.block({ ...lease, account, lease_id: 'lease-1' });
    await stranger.block({ ...strange, account });
    keys.self.unshift(self.key);
    keys.lease.unshift(lease.key);
    keys.strange.unshift(strange.key);
  }
  await miner.block({ hash: 'fake', key: newKey(leasePrefix), lease_id: 'lease-1' });
  type Page = { items: Block[]; total: number; limit: number; offset: number };
  const keysOf = (blocks: Block[]) => blocks.map(({ key }) => key);
  const ofLease = await platform.get<Block[]>('/api/blocks?lease_id=lease-1');
  expect(ofLease.map(({ verified }) => verified)).toEqual(['unproven', 'proven', 'proven', 'proven']);
  expect(keysOf(ofLease.slice(1))).toEqual(keys.lease);
  expect(keysOf(await platform.get<Block[]>('/api/blocks?lease_id=lease-1&limit=2&offset=1'))).toEqual(
    keys.lease.slice(0, 2),
  );
  expect(await platform.get('/api/blocks?lease_id=lease-9')).toEqual([]);
  const all = await platform.get<Page>('/api/blocks?limit=4&offset=1');
  expect(all).toMatchObject({ total: 10, limit: 4, offset: 1 });
  expect(keysOf(all.items)).toEqual([keys.strange[0], keys.lease[0], keys.self[0], keys.strange[1]]);
  const selfMined = await platform.get<Page>('/api/blocks/self-mined?limit=3');
  expect(selfMined).toMatchObject({ total: 6, limit: 3, offset: 0 });
  expect(keysOf(selfMined.items)).toEqual([keys.strange[0], keys.self[0], keys.strange[1]]);
  const ofWorker = await platform.get<Page>('/api/blocks/self-mined?worker_id=m-1&limit=2&offset=1');
  expect(ofWorker).toMatchObject({ total: 3 });
  expect(keysOf(ofWorker.items)).toEqual(keys.self.slice(1));
});
