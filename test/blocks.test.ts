import { expect, test } from 'vitest';
import { ManualClock } from './support/manual-clock.ts';
import { insertLeases, metric, readRows, recentBlocks, workerOf } from './support/platform-figures.ts';
import { publishPacket, RawClient } from './support/raw-client.ts';
import { newKey, TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, type TestPlatform } from './support/test-platform.ts';

const address = '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed';
const prefix = 'c0ffee0123456789';

function connect(platform: TestPlatform, workerId: string): Promise<TestMiner> {
  return TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl, ethAddress: address });
}

interface Figures {
  total: number;
  self: number;
  rejected: number;
  repeated: number;
}

async function figures(platform: TestPlatform): Promise<Figures> {
  const status = await platform.get<{ total_blocks: number; self_mined_blocks: number }>('/api/status');
  return {
    total: status.total_blocks,
    self: status.self_mined_blocks,
    rejected: await metric(platform, 'xenblocks_block_reports_rejected_total'),
    repeated: await metric(platform, 'xenblocks_block_reports_repeated_total'),
  };
}

/** A platform with the registered workers m-1 and m-2, and the lease `lease-1` of m-1. */
async function startWithLease(
  clock = new ManualClock(),
  lease: { state?: 'completed'; endedAtMs?: number } = {},
): Promise<TestPlatform> {
  const first = await startTestPlatform({ clock, args: believing });
  for (const workerId of ['m-1', 'm-2']) {
    const miner = await connect(first, workerId);
    await miner.introduce();
  }
  await first.stop();
  insertLeases(first, [
    { leaseId: 'lease-1', workerId: 'm-1', prefix, createdAtMs: clock.nowMs(), ...lease },
  ]);
  return startTestPlatform({ clock, dataDir: first.dataDir, args: believing });
}

const blocksOfLease = (platform: TestPlatform) =>
  readRows<{ blocks_found: number }>(platform, 'select blocks_found from leases')[0]?.blocks_found;

test('a self-mined block is stored at its PUBACK, shown, and counted for its worker', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock, args: believing });
  const miner = await connect(platform, 'm-1');
  await miner.introduce();
  const key = newKey();
  await miner.block({ key, hash: 'a XEN11 hash', attempts: '42', hashrate: '12.34' });
  expect(readRows(platform, 'select key, attempts, hashrate, account from blocks')).toEqual([
    { key, attempts: 42, hashrate: '12.34', account: address },
  ]);
  expect(await recentBlocks(platform)).toEqual([
    {
      block_id: 1,
      worker_id: 'm-1',
      lease_id: '',
      key,
      hash: 'a XEN11 hash',
      account: address,
      attempts: 42,
      hashrate: '12.34',
      prefix_valid: true,
      chain_verified: false,
      chain_block_id: null,
      block_type: 'normal',
      counted: true,
      verified: 'unproven',
      reason: 'not_checked',
      timestamp: clock.nowMs() / 1000,
    },
  ]);
  await miner.block({ lease_id: undefined });
  expect(await workerOf(platform, 'm-1')).toMatchObject({ self_blocks_found: 2 });
  expect(await figures(platform)).toEqual({ total: 2, self: 2, rejected: 0, repeated: 0 });
});

test("a lease's block with its prefix in any case counts for the lease and not as self-mined", async () => {
  const platform = await startWithLease();
  const miner = await connect(platform, 'm-1');
  await miner.block({ lease_id: 'lease-1', key: newKey(prefix) });
  await miner.block({ lease_id: 'lease-1', key: newKey(prefix.toUpperCase()) });
  expect(await recentBlocks(platform)).toMatchObject([
    { lease_id: 'lease-1', prefix_valid: true, verified: 'unproven' },
    { lease_id: 'lease-1', prefix_valid: true, verified: 'unproven' },
  ]);
  expect(await figures(platform)).toEqual({ total: 2, self: 0, rejected: 0, repeated: 0 });
  expect(await workerOf(platform, 'm-1')).toMatchObject({ self_blocks_found: 0 });
  expect(blocksOfLease(platform)).toBe(2);
});

test.each([
  ['with the wrong prefix', 'm-1', 'lease-1', newKey('deadbeef'), 'wrong_prefix'],
  ['for an unknown lease', 'm-1', 'lease-0', newKey(prefix), 'unknown_lease'],
  ['for the lease of another worker', 'm-2', 'lease-1', newKey(prefix), 'lease_of_another_worker'],
])('a block %s is recorded as rejected and not counted', async (_what, workerId, leaseId, key, reason) => {
  const platform = await startWithLease();
  const miner = await connect(platform, workerId);
  await miner.block({ lease_id: leaseId, key });
  expect(await recentBlocks(platform)).toMatchObject([{ key, verified: 'rejected', reason }]);
  expect(await figures(platform)).toEqual({ total: 0, self: 0, rejected: 1, repeated: 0 });
  expect(await metric(platform, 'xenblocks_blocks')).toBe(0);
  expect(blocksOfLease(platform)).toBe(0);
  expect(readRows(platform, 'select worker_id, verified, reason from blocks')).toEqual([
    { worker_id: workerId, verified: 'rejected', reason },
  ]);
});

test('a block counts up to a minute after the end of its lease, not later', async () => {
  const clock = new ManualClock();
  const platform = await startWithLease(clock, { state: 'completed', endedAtMs: clock.nowMs() });
  const miner = await connect(platform, 'm-1');
  clock.advance(60_000);
  await miner.block({ lease_id: 'lease-1', key: newKey(prefix) });
  clock.advance(1);
  await miner.block({ lease_id: 'lease-1', key: newKey(prefix) });
  expect(await recentBlocks(platform)).toMatchObject([
    { verified: 'rejected', reason: 'lease_ended' },
    { verified: 'unproven' },
  ]);
  expect(blocksOfLease(platform)).toBe(1);
});

test('a key counts once: redelivered, in other case, from another worker, and after a restart', async () => {
  const clock = new ManualClock();
  const platform = await startWithLease(clock);
  const miner = await connect(platform, 'm-1');
  const other = await connect(platform, 'm-2');
  const key = newKey(prefix);
  await miner.block({ key });
  await miner.block({ key });
  await miner.block({ key: key.toUpperCase() });
  await other.block({ key });
  await miner.block({ key, lease_id: 'lease-1' });
  // Its own worker's repeats are redeliveries; another worker, or another lease, claims what it has not found.
  await other.block({ key });
  const once = { total: 1, self: 1, rejected: 2, repeated: 3 };
  expect(await figures(platform)).toEqual(once);
  expect(await recentBlocks(platform)).toMatchObject([
    { worker_id: 'm-1', lease_id: 'lease-1', verified: 'rejected', reason: 'duplicate_key', counted: false },
    { worker_id: 'm-2', lease_id: '', verified: 'rejected', reason: 'duplicate_key', counted: false },
    { worker_id: 'm-1', lease_id: '', verified: 'unproven', counted: true },
  ]);
  expect(blocksOfLease(platform)).toBe(0);
  await platform.stop();
  const restarted = await startTestPlatform({ clock, dataDir: platform.dataDir, args: believing });
  const back = await connect(restarted, 'm-1');
  await back.block({ key });
  expect(await figures(restarted)).toEqual({ ...once, rejected: 0, repeated: 1 });
  expect(await workerOf(restarted, 'm-1')).toMatchObject({ self_blocks_found: 1 });
  expect(await workerOf(restarted, 'm-2')).toMatchObject({ self_blocks_found: 0 });
});

test('where blocks are believed, too, markers and capitals count only in the tag', async () => {
  const platform = await startTestPlatform({ args: believing });
  const miner = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl });
  const phc = (salt: string, tag: string) => `$argon2id$v=19$m=8,t=1,p=1$${salt}$${tag}`;
  const capitals = `XEN11${'A'.repeat(46)}`;
  for (const hash of [
    phc('AAAAAAAAAAAXEN11AAAAAAAAAAA', 'a'.repeat(86)),
    phc('WEVOMTAwODIwMjJYRU4', capitals.padEnd(86, 'a')),
    phc('WEVOMTAwODIwMjJYRU4', `${capitals}A`.padEnd(86, 'a')),
  ])
    await miner.block({ hash });
  expect((await recentBlocks(platform)).map(({ block_type }) => block_type)).toEqual(['super', 'normal', '']);
});

test('the same key many times in one write counts once, and each report is acknowledged', async () => {
  const platform = await startTestPlatform({ args: believing });
  const raw = await RawClient.connect(platform.mqttPort);
  const key = newKey();
  const reports = Array.from({ length: 150 }, (_, index) =>
    publishPacket(
      'xenminer/m-1/block',
      { hash: 'x', key: index % 2 === 0 ? key : key.toUpperCase() },
      { messageId: index + 1, dup: index > 0 },
    ),
  );
  raw.send(...reports);
  for (let count = 0; count < 150; count += 1) await raw.next('puback');
  expect(await figures(platform)).toEqual({ total: 1, self: 1, rejected: 0, repeated: 149 });
});

test('a rejected report does not keep the real block of that key out', async () => {
  const platform = await startWithLease();
  const miner = await connect(platform, 'm-1');
  const other = await connect(platform, 'm-2');
  const key = newKey(prefix);
  await other.block({ lease_id: 'lease-1', key });
  await miner.block({ lease_id: 'lease-1', key });
  await miner.block({ lease_id: 'lease-1', key });
  expect(await recentBlocks(platform)).toMatchObject([
    { worker_id: 'm-1', verified: 'unproven' },
    { worker_id: 'm-2', verified: 'rejected' },
  ]);
  expect(await figures(platform)).toEqual({ total: 1, self: 0, rejected: 1, repeated: 1 });
});

test('after a restart the newest blocks come first and the counts of the last hour go on', async () => {
  const clock = new ManualClock();
  const first = await startTestPlatform({ clock, args: believing });
  const miner = await connect(first, 'm-1');
  const keys: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    keys.unshift(newKey());
    await miner.block({ key: keys[0] });
    clock.advance(1_000_000);
  }
  await miner.block({ key: newKey(), lease_id: 'lease-0' });
  await first.stop();
  const platform = await startTestPlatform({ clock, dataDir: first.dataDir, args: believing });
  const blocks = await recentBlocks(platform);
  expect(blocks.map(({ key }) => key).slice(1)).toEqual(keys);
  expect(blocks[0]).toMatchObject({ verified: 'rejected', reason: 'unknown_lease' });
  const lastHour = async () =>
    (await platform.get<{ blocks_last_hour: number }>('/api/monitoring/stats')).blocks_last_hour;
  expect(await lastHour()).toBe(3);
  clock.advance(1_000_000);
  expect(await lastHour()).toBe(2);
  expect(await figures(platform)).toMatchObject({ total: 3, self: 3 });
});

test.each([
  ['a short key', { key: 'abc' }],
  ['a key that is not hex', { key: 'z'.repeat(64) }],
  ['no key', { key: undefined }],
  ['an empty hash', { hash: '' }],
  ['attempts as words', { attempts: 'many' }],
  ['negative attempts', { attempts: -1 }],
  ['a lease id that is a number', { lease_id: 7 }],
])('a block with %s is acknowledged, counted as malformed and not recorded', async (_what, fields) => {
  const platform = await startTestPlatform({ args: believing });
  const miner = await connect(platform, 'm-1');
  await miner.introduce();
  await miner.block(fields);
  expect(await recentBlocks(platform)).toEqual([]);
  expect(await metric(platform, 'xenblocks_mqtt_refused_total{reason="malformed_message"}')).toBe(1);
  expect(await workerOf(platform, 'm-1')).toMatchObject({ online: true });
});
