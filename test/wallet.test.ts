import type { PrivateKeyAccount } from 'viem/accounts';
import { describe, expect, test } from 'vitest';
import type { WalletPoint } from '../src-main/contract/rest/wallet.routes.ts';
import { admin, call, deposit, newWallet, ok, register, signIn, type Who } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { readRows, writeRows } from './support/platform-figures.ts';
import { ended, mineFor, rent, stop } from './support/renting.ts';
import { newKey, TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, type TestPlatform } from './support/test-platform.ts';

interface History {
  address: string;
  period: string;
  count: number;
  data: WalletPoint[];
}

interface Achievements {
  total_blocks: number;
  peak_hashrate: number;
  total_earnings: number;
  mining_days: number;
  first_seen: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startMs = Date.UTC(2026, 0, 1);

const get = <Body>(platform: Pick<TestPlatform, 'apiUrl'>, path: string, who: Who) =>
  ok<Body>(platform, 'GET', `/api/wallet/${path}`, { who });

/** A wallet with one connected miner on a platform that believes block reports. */
async function startWithWallet(options: { clock?: ManualClock; dataDir?: string } = {}) {
  const clock = options.clock ?? new ManualClock(startMs);
  const platform = await startTestPlatform({ ...options, clock, args: believing });
  const wallet = newWallet();
  const miner = await connectMiner(platform, 'rig-1', wallet.address);
  return { clock, platform, wallet, miner, who: await signIn(platform, wallet) };
}

async function connectMiner(
  platform: TestPlatform,
  workerId: string,
  ethAddress: string,
): Promise<TestMiner> {
  const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl, ethAddress });
  await miner.introduce();
  return miner;
}

const pointsOf = async (platform: TestPlatform, wallet: PrivateKeyAccount, period: string) =>
  (await get<History>(platform, `history?period=${period}`, await signIn(platform, wallet))).data;

describe('a wallet now', () => {
  test('adds up its workers, written in any case, and no others', async () => {
    const { platform, wallet, miner, who, clock } = await startWithWallet();
    const second = await connectMiner(platform, 'rig-2', wallet.address.toLowerCase());
    const other = await connectMiner(platform, 'other', newWallet().address);
    await miner.heartbeat({ hashrate: 1000.25 });
    await second.heartbeat({ hashrate: 500 });
    await other.heartbeat({ hashrate: 9 });
    await miner.block();
    await second.block();
    await other.block();
    const expected = {
      address: wallet.address,
      online_workers: 2,
      total_workers: 2,
      total_hashrate: 1500.25,
      total_gpus: 4,
      total_blocks: 2,
      total_earnings: 0,
    };
    expect(await get(platform, 'stats', who)).toEqual(expected);
    expect(await get(platform, 'achievements', who)).toEqual({
      address: wallet.address,
      current_hashrate: 1500.25,
      online_workers: 2,
      total_workers: 2,
      total_blocks: 2,
      peak_hashrate: 1500.25,
      total_earnings: 0,
      mining_days: 1,
      first_seen: startMs / 1000,
    });
    expect(await get(platform, 'share', who)).toEqual({
      address: `${wallet.address.slice(0, 6)}...${wallet.address.slice(-4)}`,
      full_address: wallet.address,
      total_blocks: 2,
      peak_hashrate: 1500.25,
      total_earnings: 0,
      mining_hours: 1,
      worker_count: 2,
      generated_at: startMs / 1000,
    });
    await second.pullPlug();
    clock.advance(10_000);
    await miner.heartbeat({ hashrate: 1000.25 });
    expect(await get(platform, 'stats', who)).toEqual({
      ...expected,
      online_workers: 1,
      total_hashrate: 1000.25,
    });
    // The peak stays.
    expect(await get(platform, 'achievements', who)).toMatchObject({
      current_hashrate: 1000.25,
      peak_hashrate: 1500.25,
    });
  });

  test('without workers has zeros, since its account was opened', async () => {
    const clock = new ManualClock(startMs);
    const platform = await startTestPlatform({ clock });
    const wallet = newWallet();
    const who = await signIn(platform, wallet);
    clock.advance(5000);
    expect(await get(platform, 'achievements', who)).toEqual({
      address: wallet.address,
      current_hashrate: 0,
      online_workers: 0,
      total_workers: 0,
      total_blocks: 0,
      peak_hashrate: 0,
      total_earnings: 0,
      mining_days: 0,
      first_seen: startMs / 1000,
    });
    expect(await get(platform, 'history', who)).toEqual({
      address: wallet.address,
      period: '30d',
      count: 0,
      data: [],
    });
  });

  test('is shown to the wallet itself only, in every access mode', async () => {
    const { platform, who } = await startWithWallet();
    const provider = await register(platform, 'a-provider', 'provider');
    for (const path of ['history', 'achievements', 'stats', 'share']) {
      expect((await call(platform, 'GET', `/api/wallet/${path}`, { who })).status).toBe(200);
      for (const [others, expected] of [
        [{}, 401],
        [provider, 403],
        [admin(platform), 403],
      ] as const)
        expect((await call(platform, 'GET', `/api/wallet/${path}`, { who: others })).status).toBe(expected);
    }
    for (const access of ['open', 'strict']) {
      const other = await startTestPlatform({ args: ['--access', access] });
      expect((await call(other, 'GET', '/api/wallet/stats')).status).toBe(401);
    }
  });

  test.each(['period=1h', 'period=', 'period=24H', 'period=7d&period=7d'])('refuses ?%s', async (query) => {
    const platform = await startTestPlatform();
    const who = await signIn(platform, newWallet());
    const { status, body } = await call<{ detail: string }>(platform, 'GET', `/api/wallet/history?${query}`, {
      who,
    });
    expect(status).toBe(422);
    expect(body.detail).toContain('period');
  });
});

describe('the history of a wallet', () => {
  test('has the mean of each hour, its blocks and the running total', async () => {
    const { clock, platform, wallet, miner, who } = await startWithWallet();
    await miner.heartbeat({ hashrate: 1000 });
    clock.advance(30_000);
    const second = await connectMiner(platform, 'rig-2', wallet.address);
    await second.heartbeat({ hashrate: 600 });
    await miner.heartbeat({ hashrate: 1000 });
    clock.advance(30_000);
    await miner.block();
    await miner.block();
    expect(await get(platform, 'history?period=24h', who)).toEqual({
      address: wallet.address,
      period: '24h',
      count: 1,
      data: [
        {
          timestamp: startMs / 1000,
          hashrate: 1300,
          workers_online: 2,
          total_workers: 2,
          blocks: 2,
          cumulative_blocks: 2,
          earnings: 0,
        },
      ],
    });
    // The hour rolls over: nobody talks any more.
    clock.jump(hourMs - 60_000);
    await miner.block();
    const { data } = await get<History>(platform, 'history?period=24h', who);
    expect(data).toEqual([
      expect.objectContaining({ hashrate: 1300, blocks: 2, cumulative_blocks: 2 }),
      {
        timestamp: (startMs + hourMs) / 1000,
        hashrate: 0,
        workers_online: 0,
        total_workers: 2,
        blocks: 1,
        cumulative_blocks: 3,
        earnings: 0,
      },
    ]);
  });

  test('has what its workers earned, in the hour of the settlement', async () => {
    const { clock, platform, wallet, miner } = await startWithWallet();
    const consumer = await register(platform, 'renter');
    await deposit(platform, 'renter', 100);
    const setting = { platform, clock, consumer, miner };
    const earn = async (seconds: number) => {
      const { body } = await rent(platform, consumer, { worker_id: 'rig-1' });
      await miner.status('MINING', { lease_id: body.lease_id });
      await mineFor(setting, seconds);
      await stop(platform, consumer, body.lease_id);
      await ended(platform, body.lease_id);
      await miner.status('AVAILABLE');
    };
    await earn(10);
    await earn(20);
    clock.jump(hourMs);
    await miner.heartbeat();
    await earn(30);
    const points = await pointsOf(platform, wallet, '24h');
    // 95 % of 0.10 + 0.20, and of 0.30
    expect(points.map(({ earnings }) => earnings)).toEqual([0.285, 0.285]);
    const who = await signIn(platform, wallet);
    expect(await get(platform, 'achievements', who)).toMatchObject({ total_earnings: 0.57 });
    expect(await get(platform, 'stats', who)).toMatchObject({ total_earnings: 0.57 });
  });

  test('goes on after a stop over the full hour, and counts nothing twice', async () => {
    const { clock, platform, wallet, miner } = await startWithWallet();
    clock.advance(50 * 60_000);
    await miner.heartbeat({ hashrate: 800 });
    clock.advance(30_000);
    await miner.block();
    const before = await pointsOf(platform, wallet, '24h');
    await platform.stop();
    clock.advance(80 * 60_000);
    for (let round = 0; round < 2; round += 1) {
      const again = await startTestPlatform({ clock, dataDir: platform.dataDir, args: believing });
      expect(await pointsOf(again, wallet, '24h')).toEqual(before);
      await again.stop();
    }
    const last = await startTestPlatform({ clock, dataDir: platform.dataDir, args: believing });
    await (await connectMiner(last, 'rig-1', wallet.address)).block();
    clock.advance(30_000);
    const after = await pointsOf(last, wallet, '24h');
    // Nothing is known of the hour in between.
    expect(after.map(({ timestamp }) => timestamp)).toEqual(
      [startMs, startMs + 2 * hourMs].map((timeMs) => timeMs / 1000),
    );
    expect(after.map(({ blocks }) => blocks)).toEqual([1, 1]);
    expect(after[1]).toMatchObject({ cumulative_blocks: 2 });
    expect(after[0]).toEqual(before[0]);
  });

  test('finds what was recorded right before a crash, in its own hour or day, once', async () => {
    const { clock, platform, wallet } = await startWithWallet();
    clock.jump(10 * dayMs);
    await platform.stop();
    const recordedAtMs = [
      clock.nowMs() - 9 * dayMs,
      clock.nowMs() - 9 * dayMs + hourMs,
      clock.nowMs() - hourMs,
    ];
    writeRows(platform, (database) => {
      const insert = database.prepare(
        `insert into blocks (worker_id, lease_id, hash, key, account, attempts, hashrate, prefix_valid, verified,
           reason, reported_at_ms, counted) values ('rig-1', '', '', ?, '', 1, '1', 1, 'unproven', '', ?, ?)`,
      );
      for (const atMs of recordedAtMs) insert.run(newKey(), atMs, 1);
      insert.run(newKey(), clock.nowMs() - hourMs, 0);
    });
    for (let round = 0; round < 2; round += 1) {
      const again = await startTestPlatform({ clock, dataDir: platform.dataDir, args: believing });
      const points = await pointsOf(again, wallet, '30d');
      const found = points.filter(({ blocks }) => blocks > 0);
      expect(found.map(({ timestamp, blocks }) => [timestamp * 1000, blocks])).toEqual([
        [startMs + dayMs, 2],
        [clock.nowMs() - hourMs, 1],
      ]);
      expect(points.at(-1)).toMatchObject({ cumulative_blocks: 3 });
      const achievements = await get<Achievements>(again, 'achievements', await signIn(again, wallet));
      expect(achievements.total_blocks).toBe(3);
      await again.stop();
    }
  });

  test('is hourly for seven days and daily before, each hour once, and totals outlive both', async () => {
    const { clock, platform, wallet, miner } = await startWithWallet();
    const hours = 216;
    const blocksAt = new Map([
      [0, 1],
      [30, 2],
      [48, 1],
      [100, 3],
      [215, 1],
    ]);
    for (let hour = 0; hour < hours; hour += 1) {
      await miner.heartbeat({ hashrate: hour === 7 ? 5000 : 1000 });
      for (let count = blocksAt.get(hour) ?? 0; count > 0; count -= 1) await miner.block();
      clock.advance(30_000);
      // The second sample of each hour: the worker has been silent since the hour before.
      clock.jump(hourMs - 30_000);
    }
    const month = await pointsOf(platform, wallet, '30d');
    const week = await pointsOf(platform, wallet, '7d');
    const day = await pointsOf(platform, wallet, '24h');
    const startOf = (hour: number) => (startMs + hour * hourMs) / 1000;
    // The hours 49 to 216 are hourly; 0 to 48 are in the first three days.
    expect(month.map(({ timestamp }) => timestamp)).toEqual([
      ...[0, 24, 48].map(startOf),
      ...Array.from({ length: 168 }, (_, index) => startOf(49 + index)),
    ]);
    expect(week).toEqual(month.slice(3));
    expect(day).toEqual(month.slice(-24));
    // 47 samples of the first day (the platform started with the first hour), 48 of the second.
    expect(month.slice(0, 3).map(({ hashrate }) => hashrate)).toEqual([
      Math.round((28_000 / 47) * 100) / 100,
      500,
      500,
    ]);
    expect(month.map(({ blocks }) => blocks).filter((blocks) => blocks > 0)).toEqual([1, 2, 1, 3, 1]);
    let total = 0;
    for (const { blocks, cumulative_blocks } of month) {
      total += blocks;
      expect(cumulative_blocks).toBe(total);
    }
    expect(total).toBe(8);
    const kept = readRows<{ resolution: string; rows: number; samples: number }>(
      platform,
      `select resolution, count(*) as rows, sum(samples) as samples from wallet_snapshots group by resolution`,
    );
    expect(kept).toEqual([
      { resolution: 'daily', rows: 3, samples: 2 * 49 - 1 },
      { resolution: 'hourly', rows: 168, samples: 2 * 167 + 1 },
    ]);
    clock.jump(100 * dayMs);
    expect(await pointsOf(platform, wallet, '30d')).toEqual([
      expect.objectContaining({ hashrate: 0, cumulative_blocks: 8, blocks: 0 }),
    ]);
    const who = await signIn(platform, wallet);
    expect(await get(platform, 'achievements', who)).toMatchObject({
      total_blocks: 8,
      peak_hashrate: 5000,
      mining_days: 9,
      first_seen: startMs / 1000,
    });
    expect(await get(platform, 'share', who)).toMatchObject({ mining_hours: hours, peak_hashrate: 5000 });
    expect(readRows(platform, `select * from wallet_snapshots where resolution = 'daily'`)).toHaveLength(0);
  });

  test('keeps days for 90 days', async () => {
    const { clock, platform, wallet, miner } = await startWithWallet();
    await miner.heartbeat();
    clock.advance(30_000);
    const daysOf = async () => {
      await pointsOf(platform, wallet, '30d');
      return readRows(platform, `select * from wallet_snapshots where resolution = 'daily' and blocks > 0`)
        .length;
    };
    await miner.block();
    clock.jump(89 * dayMs);
    expect(await daysOf()).toBe(1);
    clock.jump(dayMs);
    expect(await daysOf()).toBe(0);
  });
});
