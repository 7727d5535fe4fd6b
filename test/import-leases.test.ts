import { describe, expect, test } from 'vitest';
import type { Block } from '../src-main/contract/domain/block.ts';
import type { Lease, Settlement } from '../src-main/contract/domain/lease.ts';
import { ok } from './support/accounts.ts';
import { accountsOf, hourSec, importSec, newEarlierFile, takeOver } from './support/take-over.ts';

describe('leases that were under way', () => {
  const mined = { state: 'active', price_per_sec: 0.01, total_hashrate_samples: 5000, hashrate_count: 5 };

  test('go on with their price held, and those whose time is over are settled until the worker was last heard', async () => {
    const file = newEarlierFile();
    file.account('renter', 'consumer', 100);
    for (const name of ['w1', 'w2', 'w3']) {
      file.account(name, 'provider', 1);
      file.worker(name, { last_heartbeat: importSec - 600, registered_at: importSec - 50 * hourSec });
    }
    file.lease('goes-on', 'w1', 'renter', {
      ...mined,
      created_at: importSec - 1800,
      prefix: 'aaaaaaaaaaaaaaaa',
    });
    file.lease('is-over', 'w2', 'renter', {
      ...mined,
      created_at: importSec - 4200,
      duration_sec: 3900,
      prefix: 'bbbbbbbbbbbbbbbb',
    });
    file.lease('never-mined', 'w3', 'renter', {
      state: 'active',
      created_at: importSec - 7200,
      prefix: 'cccccccccccccccc',
    });
    const { platform, who, findings } = await takeOver(file);
    expect(findings('lease_active')).toEqual(['lease "goes-on": 36 of 36 credits of "renter" are held']);
    expect(findings('lease_expired')).toHaveLength(2);
    const { items } = await ok<{ items: Lease[] }>(platform, 'GET', '/api/leases', { who });
    const lease = (id: string) => items.find(({ lease_id }) => lease_id === id);
    expect(lease('goes-on')).toMatchObject({ state: 'active', end_reason: '', prefix: 'aaaaaaaaaaaaaaaa' });
    expect(lease('is-over')).toMatchObject({ state: 'completed', end_reason: 'expired' });
    expect(lease('never-mined')).toMatchObject({ state: 'cancelled', end_reason: 'never_started' });
    const settlements = await ok<{ items: Settlement[] }>(platform, 'GET', '/api/settlements', { who });
    expect(settlements.items.find(({ lease_id }) => lease_id === 'is-over')).toMatchObject({
      ...{ duration_sec: 3600, total_cost: 36, provider_payout: 34.2, platform_fee: 1.8, refund: 3 },
    });
    const accounts = await accountsOf(platform);
    expect(accounts['renter']).toMatchObject({ balance: 28, held: 36 });
    expect(accounts['w2']).toMatchObject({ balance: 35.2 });
    expect(accounts['w3']).toMatchObject({ balance: 1 });
  });

  test('are held as far as the consumer has the money, the older ones first', async () => {
    const file = newEarlierFile();
    file.account('poor', 'consumer', 50);
    for (const name of ['w1', 'w2']) file.worker(name, { last_heartbeat: importSec - 30 });
    file.lease('first', 'w1', 'poor', { ...mined, created_at: importSec - 100, prefix: 'aaaaaaaaaaaaaaaa' });
    file.lease('second', 'w2', 'poor', { ...mined, created_at: importSec - 50, prefix: 'bbbbbbbbbbbbbbbb' });
    const { platform, report } = await takeOver(file);
    expect((await accountsOf(platform))['poor']).toMatchObject({ balance: 0, held: 50 });
    expect(report.money).toMatchObject({ balances_before: 50, free: 0, held: 50 });
  });

  test('of one worker: the newest stays, the others are cancelled, and nothing is charged', async () => {
    const file = newEarlierFile();
    file.handle.exec('drop index idx_leases_worker_active');
    file.account('renter', 'consumer', 1000);
    file.worker('w1', { last_heartbeat: importSec - 10 });
    file.worker('w2', { last_heartbeat: importSec - 10 });
    for (const [name, ageSec] of [
      ['old', 3000],
      ['older', 3500],
      ['new', 1000],
    ] as const)
      file.lease(name, 'w1', 'renter', { ...mined, created_at: importSec - ageSec, prefix: '0000' });
    file.lease('same-prefix', 'w2', 'renter', { ...mined, created_at: importSec - 2000, prefix: '0000' });
    const { platform, who, findings } = await takeOver(file);
    expect(findings('lease_doubled')).toHaveLength(3);
    const { items } = await ok<{ items: Lease[] }>(platform, 'GET', '/api/leases', { who });
    expect(
      Object.fromEntries(
        items.map(({ lease_id, state, end_reason }) => [lease_id, `${state} ${end_reason}`]),
      ),
    ).toEqual({
      new: 'active ',
      old: 'cancelled imported_conflict',
      older: 'cancelled imported_conflict',
      'same-prefix': 'cancelled imported_conflict',
    });
    expect((await accountsOf(platform))['renter']).toMatchObject({ balance: 964, held: 36 });
  });

  test('and were settled all the same are over', async () => {
    const file = newEarlierFile();
    file.account('renter', 'consumer', 10);
    file.account('w1', 'provider', 34.2);
    file.worker('w1');
    file.paidLease({
      ...{ leaseId: 'l1', workerId: 'w1', consumerId: 'renter' },
      createdAt: importSec - 4000,
      durationSec: 3600,
      pricePerSec: 0.01,
    });
    file.handle.exec("update leases set state = 'active', ended_at = null");
    const { platform, who, findings } = await takeOver(file);
    expect(findings('lease_changed')).toHaveLength(1);
    const { items } = await ok<{ items: Lease[] }>(platform, 'GET', '/api/leases', { who });
    expect(items).toMatchObject([{ state: 'completed', ended_at: importSec - 400 }]);
  });
});

describe('rows that refer to what is not there are not lost:', () => {
  test('leases of unknown workers and renters, settlements of unknown leases, transactions of unknown accounts', async () => {
    const file = newEarlierFile();
    file.lease('orphan', 'gone-rig', 'gone-renter', { state: 'completed', ended_at: 1_640_003_600 });
    file.insert('settlements', {
      ...{ lease_id: 'gone-lease', consumer_id: 'gone-renter', worker_id: 'gone-rig', duration_sec: 100.5 },
      ...{
        blocks_found: 4,
        total_cost: 1.005,
        provider_payout: 0.95475,
        platform_fee: 0.05025,
        settled_at: 1_640_009_000,
      },
    });
    file.transaction('gone-account', 'deposit', 5);
    const { platform, who, findings, report } = await takeOver(file);
    expect(findings('worker_recreated')).toEqual(['worker "gone-rig"']);
    expect(findings('account_recreated').toSorted()).toEqual([
      'account "gone-account": as a consumer',
      'account "gone-renter": as a consumer',
    ]);
    expect(findings('lease_recreated')).toEqual(['lease "gone-lease"']);
    expect(findings('lease_unsettled')).toEqual(['lease "orphan"']);
    const { items } = await ok<{ items: Settlement[] }>(platform, 'GET', '/api/settlements', { who });
    expect(items).toMatchObject([
      {
        lease_id: 'gone-lease',
        duration_sec: 100.5,
        total_cost: 1.005,
        provider_payout: 0.95475,
        platform_fee: 0.05025,
        blocks_found: 4,
      },
    ]);
    const accounts = await accountsOf(platform);
    expect(Object.values(accounts).map(({ balance }) => balance)).toEqual(
      Object.values(accounts).map(() => 0),
    );
    expect(report.money.free).toBe(0);
  });

  test('blocks of unknown workers and leases', async () => {
    const file = newEarlierFile();
    file.block('gone-rig', 'k1');
    file.block('gone-rig', 'k2', { lease_id: 'gone-lease' });
    const { platform, findings } = await takeOver(file);
    expect(findings('block_unknown_lease')).toEqual(['block 2: "gone-lease"']);
    const { items } = await ok<{ items: Block[] }>(platform, 'GET', '/api/blocks');
    expect(items.map(({ key, verified, reason, counted }) => [key, verified, reason, counted])).toEqual([
      ['k2', 'rejected', 'unknown_lease', false],
      ['k1', 'unproven', 'imported', true],
    ]);
  });
});
