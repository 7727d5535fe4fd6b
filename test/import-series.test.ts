import { describe, expect, test } from 'vitest';
import { newWallet, ok, signIn } from './support/accounts.ts';
import { hourSec, importSec, newEarlierFile, takeOver } from './support/take-over.ts';

describe('time series', () => {
  const hour = (ago: number) => Math.floor(importSec / hourSec) * hourSec - ago * hourSec;

  test('of hashrates: rounds of the last day, the older ones are counted', async () => {
    const file = newEarlierFile();
    file.worker('w1');
    for (const [worker, hashrate, ageSec] of [
      ['w1', 100, 90_000],
      ['w1', 200, 60],
      ['w2', 50, 60],
      ['w1', 220, 30],
      ['w1', 221, 30],
    ] as const)
      file.insert('hashrate_snapshots', {
        worker_id: worker,
        hashrate,
        active_gpus: 1,
        timestamp: importSec - ageSec,
      });
    const { platform, findings, report } = await takeOver(file);
    const fleet = await ok<{ hashrate: number; active_gpus: number; timestamp: number }[]>(
      platform,
      'GET',
      '/api/monitoring/hashrate-history?hours=1',
    );
    expect(fleet.map(({ hashrate, active_gpus, timestamp }) => [hashrate, active_gpus, timestamp])).toEqual([
      [250, 2, importSec - 60],
      [220, 1, importSec - 30],
    ]);
    const one = await ok<{ hashrate: number }[]>(
      platform,
      'GET',
      '/api/monitoring/hashrate-history?worker_id=w2',
    );
    expect(one).toMatchObject([{ hashrate: 50 }]);
    expect(findings('snapshot_old')).toEqual(['hashrate_snapshots: 1 rows older than 24 hours']);
    expect(findings('snapshot_doubled')).toEqual(['hashrate snapshot 5: "w1"']);
    expect(report.tables.find(({ table }) => table === 'hashrate_snapshots')).toMatchObject({
      rows: 5,
      imported: 4,
      too_old: 1,
    });
  });

  test('of a wallet: an hour once, its own blocks and earnings, whatever the rows repeated', async () => {
    const wallet = newWallet();
    const file = newEarlierFile();
    file.account('renter', 'consumer', 0);
    file.account('w1', 'provider', 3.8, { eth_address: wallet.address });
    file.worker('w1', {
      eth_address: wallet.address,
      self_blocks_found: 10,
      total_online_sec: 3 * 86_400,
      registered_at: hour(500),
    });
    const snapshot = (at: number, rate: number, blocks: number, cumulative: number, earnings: number) =>
      file.insert('wallet_snapshots', {
        ...{
          eth_address: at % 2 === 0 ? wallet.address : wallet.address.toLowerCase(),
          timestamp: at,
          total_hashrate: rate,
        },
        ...{
          online_workers: 1,
          total_workers: 1,
          blocks_found: blocks,
          cumulative_blocks: cumulative,
          earnings,
        },
      });
    // Nothing but the counters tells of the first five blocks, nor of two more in the fourth hour.
    snapshot(hour(30) + 100, 1000, 5, 5, 10);
    snapshot(hour(29) + 101, 2000, 5, 5, 10);
    snapshot(hour(29) + 200, 4000, 0, 5, 10);
    snapshot(hour(28) + 100, 0, 2, 7, 10);
    snapshot(hour(27) + 3000, 3000, 1, 9, 13.8);
    for (const [index, ago] of [27, 27, 26].entries())
      file.block('w1', `k${index}`, { created_at: hour(ago) + 60 * index });
    file.paidLease({
      ...{ leaseId: 'l1', workerId: 'w1', consumerId: 'renter' },
      ...{ createdAt: hour(27) + 100, durationSec: 400, pricePerSec: 0.01 },
    });
    const { platform, findings } = await takeOver(file);
    const who = await signIn(platform, wallet);
    const { data } = await ok<{ data: Record<string, number>[] }>(
      platform,
      'GET',
      '/api/wallet/history?period=7d',
      { who },
    );
    const points = data.map((point) => [
      (Math.floor(importSec / hourSec) * hourSec - Number(point['timestamp'])) / hourSec,
      ...['hashrate', 'blocks', 'cumulative_blocks', 'earnings'].map((name) => point[name]),
    ]);
    expect(points).toEqual([
      [30, 1000, 0, 5, 0],
      [29, 3000, 0, 5, 0],
      [28, 0, 2, 7, 0],
      [27, 3000, 2, 9, 3.8],
      [26, 0, 1, 10, 0],
    ]);
    expect(findings('snapshot_doubled')).toHaveLength(1);
    const achievements = await ok(platform, 'GET', '/api/wallet/achievements', { who });
    expect(achievements).toMatchObject({
      peak_hashrate: 4000,
      mining_days: 3,
      first_seen: hour(500),
      total_earnings: 3.8,
    });
    const share = await ok(platform, 'GET', '/api/wallet/share', { who });
    expect(share).toMatchObject({ mining_hours: 72 });
  });

  test('of a wallet beyond seven days are days, beyond ninety they are counted', async () => {
    const wallet = newWallet();
    const file = newEarlierFile();
    file.worker('w1', { eth_address: wallet.address });
    const snapshot = (agoHours: number, interval: string, rate: number) =>
      file.insert('wallet_snapshots', {
        ...{
          eth_address: wallet.address,
          timestamp: hour(agoHours) + 5,
          interval_type: interval,
          total_hashrate: rate,
        },
        ...{ online_workers: 2, total_workers: 3, blocks_found: 0, cumulative_blocks: 0, earnings: 0 },
      });
    snapshot(24 * 10, 'hourly', 100);
    snapshot(24 * 10 - 1, 'hourly', 300);
    snapshot(24 * 20, 'daily', 500);
    snapshot(24 * 100, 'daily', 900);
    const { platform, report } = await takeOver(file);
    const who = await signIn(platform, wallet);
    const { data } = await ok<{ data: Record<string, number>[] }>(
      platform,
      'GET',
      '/api/wallet/history?period=30d',
      { who },
    );
    expect(data.map(({ hashrate, workers_online }) => [hashrate, workers_online])).toEqual([
      [500, 2],
      [200, 2],
    ]);
    expect(report.tables.find(({ table }) => table === 'wallet_snapshots')).toMatchObject({
      rows: 4,
      imported: 3,
      too_old: 1,
    });
    expect(await ok(platform, 'GET', '/api/wallet/share', { who })).toMatchObject({ peak_hashrate: 900 });
  });
});
