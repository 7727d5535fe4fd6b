import { expect, test } from 'vitest';
import type { FleetWorker, Honesty } from '../src-main/contract/domain/worker.ts';
import { ManualClock } from './support/manual-clock.ts';
import { mineProof } from './support/mine.ts';
import { workerOf } from './support/platform-figures.ts';
import { xuniBlock } from './support/proof-vectors.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';

const account = '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed';
const args = ['--block-marker', 'X1', '--difficulty', '8'];

/** 85 places for two letters out of 64: one block in 48 hashes. */
const perHash = 85 / 64 ** 2;

async function connect(platform: TestPlatform, workerId: string): Promise<TestMiner> {
  const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl, ethAddress: account });
  await miner.introduce();
  return miner;
}

async function mineBlocks(miner: TestMiner, count: number): Promise<void> {
  for (let mined = 0; mined < count; mined += 1) {
    await miner.block({ ...(await mineProof({ account, prefix: '', marker: 'X1', memory: 8 })), account });
  }
}

const honestyOf = async (platform: TestPlatform, workerId: string) =>
  ((await workerOf(platform, workerId)) as unknown as { honesty: Honesty }).honesty;

test('a worker that claims more than it proves is flagged, one that proves it is not', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock, args });
  const [honest, liar] = [await connect(platform, 'honest'), await connect(platform, 'liar')];
  for (let beat = 0; beat < 4; beat += 1) {
    clock.advance(30_000);
    for (const miner of [honest, liar]) await miner.heartbeat({ hashrate: 10 });
  }
  // 1,200 hashes each.
  await mineBlocks(honest, 25);
  await mineBlocks(liar, 4);
  const expected = 1200 * perHash;
  const z = (proven: number) => Math.round(((proven - expected) / Math.sqrt(expected)) * 100) / 100;
  const common = { claimed_hashes: 1200, expected_blocks: Math.round(expected * 1e6) / 1e6 };
  expect(await honestyOf(platform, 'honest')).toEqual({
    ...common,
    proven_blocks: 25,
    z_score: z(25),
    flag: '',
  });
  expect(await honestyOf(platform, 'liar')).toEqual({
    ...common,
    proven_blocks: 4,
    z_score: z(4),
    flag: 'over_claims',
  });
  expect(z(4)).toBeLessThan(-3);
  const flagged = await platform.get<{ items: FleetWorker[]; total: number }>(
    '/api/monitoring/fleet?honesty=flagged',
  );
  expect(flagged.total).toBe(1);
  expect(flagged.items[0]).toMatchObject({ worker_id: 'liar', honesty: { flag: 'over_claims' } });
  expect(await platform.get<object[]>('/api/workers')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        worker_id: 'liar',
        honesty: expect.objectContaining({ proven_blocks: 4 }) as unknown,
      }),
    ]),
  );
  await platform.stop();
  const restarted = await startTestPlatform({ clock, args, dataDir: platform.dataDir });
  expect(await honestyOf(restarted, 'liar')).toMatchObject({
    ...common,
    proven_blocks: 4,
    flag: 'over_claims',
  });
});

test('nobody is flagged before ten blocks are expected', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock, args });
  const miner = await connect(platform, 'm-1');
  const claim = async (blocks: number) => {
    clock.advance(10_000);
    await miner.heartbeat({ hashrate: blocks / perHash / 10 });
  };
  expect(await honestyOf(platform, 'm-1')).toMatchObject({ expected_blocks: 0, z_score: null, flag: '' });
  await claim(9.99);
  expect(await honestyOf(platform, 'm-1')).toMatchObject({ z_score: -3.16, flag: '' });
  await claim(0.02);
  expect(await honestyOf(platform, 'm-1')).toMatchObject({ flag: 'over_claims' });
});

test('a claim holds for the time since the last sign of life of any kind, a minute at most', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock, args });
  const miner = await connect(platform, 'm-1');
  const claimed = async () => (await honestyOf(platform, 'm-1')).claimed_hashes;
  clock.advance(20_000);
  await miner.heartbeat({ hashrate: 100 });
  expect(await claimed()).toBe(2000);
  clock.advance(10_000);
  await miner.status('MINING');
  clock.advance(10_000);
  await miner.register();
  expect(await claimed()).toBe(4000);
  clock.advance(80_000);
  await miner.heartbeat({ hashrate: 100 });
  expect(await claimed()).toBe(10_000);
  await miner.status('offline');
  clock.advance(30_000);
  await miner.heartbeat({ hashrate: 100 });
  expect(await claimed()).toBe(10_000);
});

test('xuni blocks, which are found more often, do not count in favour of a worker', async () => {
  const clock = new ManualClock(Date.UTC(2026, 0, 1, 12, 57));
  const platform = await startTestPlatform({ clock, args: ['--difficulty', '8'] });
  const miner = await connect(platform, 'm-1');
  const before = await honestyOf(platform, 'm-1');
  await miner.block(xuniBlock);
  expect(await workerOf(platform, 'm-1')).toMatchObject({ self_blocks_found: 1 });
  expect(await honestyOf(platform, 'm-1')).toEqual(before);
  await platform.stop();
  const restarted = await startTestPlatform({
    clock,
    args: ['--difficulty', '8'],
    dataDir: platform.dataDir,
  });
  expect(await honestyOf(restarted, 'm-1')).toMatchObject({ proven_blocks: 0 });
});

test('where blocks are believed nobody is measured', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock, args: [...args, '--verify', 'off'] });
  const miner = await connect(platform, 'm-1');
  clock.advance(30_000);
  await miner.heartbeat({ hashrate: 1e9 });
  const unmeasured = {
    claimed_hashes: 0,
    expected_blocks: 0,
    proven_blocks: 0,
    z_score: null,
    flag: '',
  };
  expect(await honestyOf(platform, 'm-1')).toEqual(unmeasured);
  await platform.stop();
  const proving = await startTestPlatform({ clock, args, dataDir: platform.dataDir });
  expect(await honestyOf(proving, 'm-1')).toEqual(unmeasured);
});
