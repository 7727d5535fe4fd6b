import BetterSqlite from 'better-sqlite3';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrations } from '../src-main/platform/storage/migrations/index.ts';
import { newWallet, ok, signIn } from './support/accounts.ts';
import { storageAt } from './support/database.ts';
import { ManualClock } from './support/manual-clock.ts';
import { readRows } from './support/platform-figures.ts';
import { believing, startTestPlatform, temporaryFolder } from './support/test-platform.ts';

const dayMs = 86_400_000;

test('a file from before the market comes along with its leases and its blocks in all totals', async () => {
  const clock = new ManualClock();
  const wallet = newWallet();
  const account = wallet.address.toLowerCase();
  const dataDir = temporaryFolder();
  const path = join(dataDir, 'marketplace.db');
  const [first, migration] = Object.entries(migrations)[0]!;
  const earlier = storageAt(path, { migrations: { [first]: migration } });
  await earlier.start();
  await earlier.stop();

  const file = new BetterSqlite(path);
  file.exec(`
    insert into accounts (account_id, role, eth_address, created_at_ms) values
      ('${account}', 'provider', '${account}', 1), ('renter', 'consumer', null, 1);
    insert into workers (worker_id, account_id, eth_address, gpu_count, total_memory_gb, gpus, version, registered_at_ms)
      values ('rig', '${account}', '${wallet.address}', 0, 0, '[]', '', 1000);
    insert into worker_activity values ('rig', 'AVAILABLE', '', '', null, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '');`);
  const addLease = file.prepare(
    `insert into leases (lease_id, worker_id, consumer_id, consumer_address, prefix, duration_sec,
       price_per_min_micro, state, created_at_ms, ended_at_ms, blocks_found)
     values (?, 'rig', 'renter', '', ?, 60, 600000, ?, 1, ?, ?)`,
  );
  addLease.run('l1', 'p1', 'completed', 2, 3);
  addLease.run('l2', 'p2', 'completed', 2, 0);
  addLease.run('l3', 'p3', 'cancelled', 2, 1);
  const addBlock = file.prepare(
    `insert into blocks (worker_id, lease_id, hash, key, account, attempts, hashrate, prefix_valid, verified,
       reason, reported_at_ms) values ('rig', '', '', ?, '', 1, '1', 1, ?, '', ?)`,
  );
  addBlock.run('k1', 'unproven', clock.nowMs() - 200 * dayMs);
  addBlock.run('k2', 'unproven', clock.nowMs() - 20 * dayMs);
  addBlock.run('k3', 'unproven', clock.nowMs() - 3_600_000);
  addBlock.run('k4', 'rejected', clock.nowMs() - 3_600_000);
  file.close();

  const platform = await startTestPlatform({ clock, dataDir, args: believing });
  expect(readRows(platform, 'select * from account_totals order by account_id desc')).toMatchObject([
    {
      account_id: 'renter',
      consumer_leases: 3,
      consumer_completed: 2,
      consumer_cancelled: 1,
      provider_leases: 0,
    },
    {
      account_id: account,
      consumer_leases: 0,
      provider_leases: 3,
      provider_completed: 2,
      provider_cancelled: 1,
      provider_blocks: 4,
    },
  ]);
  const who = await signIn(platform, wallet);
  expect(await ok(platform, 'GET', '/api/wallet/achievements', { who })).toMatchObject({
    total_blocks: 3,
    first_seen: 1,
  });
  const { data } = await ok<{ data: { blocks: number; cumulative_blocks: number }[] }>(
    platform,
    'GET',
    '/api/wallet/history',
    { who },
  );
  // The first block is older than anything that is kept, but not forgotten.
  const points = data.filter(({ blocks }) => blocks > 0);
  expect(points.map(({ blocks, cumulative_blocks }) => [blocks, cumulative_blocks])).toEqual([
    [1, 2],
    [1, 3],
  ]);
  expect(await ok(platform, 'GET', '/api/provider/dashboard', { who })).toMatchObject({
    worker_count: 1,
    total_blocks_mined: 7,
    active_leases: 0,
  });
});
