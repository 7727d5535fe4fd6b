import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Block } from '../src-main/contract/domain/block.ts';
import type { ImportReport } from '../src-main/contract/domain/import-report.ts';
import type { Lease, LeaseDetails, Settlement } from '../src-main/contract/domain/lease.ts';
import { checkLedgerOfFile } from '../src-main/platform/operations/check-ledger.ts';
import { admin, call, newWallet, ok, signIn } from './support/accounts.ts';
import { EarlierDatabaseFile } from './support/earlier-database.ts';
import { ManualClock } from './support/manual-clock.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';

const consumerAddress = '0xaabbccddee1234567890abcdef1234567890abcd';
const rigAddress = '0x1111111111222222222233333333334444444444';
const keyOf = (accountId: string) => Buffer.from(accountId).toString('hex').padEnd(32, '0');

/** Two renters, a wallet, two rigs of one owner, one without an address; everything that they did. */
function makeStory(version: number) {
  const wallet = newWallet();
  const file = new EarlierDatabaseFile(version);
  file.account('consumer-1', 'consumer', 1000 - 36 - 0.1 - 0.2, {
    eth_address: consumerAddress,
    api_key: keyOf('consumer-1'),
  });
  file.account('consumer-2', 'consumer', 500 + 12.345678 - 7.2 + 25, { api_key: keyOf('consumer-2') });
  file.account('platform-treasury', 'consumer', 1.8 + 0.015 + 0.36, { api_key: keyOf('treasury') });
  file.account(`wallet-${wallet.address.slice(0, 10).toLowerCase()}`, 'provider', 75 - 25 + 0.1 + 0.2, {
    eth_address: wallet.address,
  });
  file.account('rig-1', 'provider', 34.2, { eth_address: rigAddress });
  file.account('rig-2', 'provider', 0.285, { eth_address: rigAddress.toUpperCase().replace('X', 'x') });
  file.account('rig-3', 'provider', 6.84);
  file.worker('rig-1', {
    eth_address: rigAddress,
    gpu_count: 2,
    total_memory_gb: 48,
    gpus_json: '[{"index": 0, "name": "RTX 4090", "memory_gb": 24}, {"name": "RTX 4090", "memory_gb": 24}]',
    version: '2.1.0',
    hashrate: 4321.5,
    active_gpus: 2,
    price_per_min: 1.25,
    min_duration_sec: 120,
    max_duration_sec: 7200,
    total_online_sec: 1234.5,
    last_online_at: 1_650_000_000.5,
    self_blocks_found: 2,
  });
  file.worker('rig-2', { eth_address: rigAddress, state: 'SELF_MINING' });
  file.worker('rig-3', { state: 'offline' });
  const paid = { consumerId: 'consumer-1', createdAt: 1_640_000_000.5 };
  file.transaction('consumer-2', 'deposit', 12.345678);
  file.transaction(`wallet-${wallet.address.slice(0, 10).toLowerCase()}`, 'deposit', 75);
  file.transaction(`wallet-${wallet.address.slice(0, 10).toLowerCase()}`, 'transfer_out', 25, {
    created_at: 1_630_000_000.25,
  });
  file.transaction('consumer-2', 'transfer_in', 25, { created_at: 1_630_000_000.25 });
  file.transaction(`wallet-${wallet.address.slice(0, 10).toLowerCase()}`, 'deposit', 0.1 + 0.2);
  file.paidLease({
    ...paid,
    leaseId: 'lease-1',
    workerId: 'rig-1',
    durationSec: 3600,
    pricePerSec: 0.01,
    blocksFound: 2,
  });
  file.paidLease({ ...paid, leaseId: 'lease-2', workerId: 'rig-2', durationSec: 30, pricePerSec: 0.01 });
  file.paidLease({
    ...{ leaseId: 'lease-3', workerId: 'rig-3', consumerId: 'consumer-2', createdAt: 1_641_000_000 },
    ...{ durationSec: 720, pricePerSec: 0.01, blocksFound: 1 },
  });
  file.lease('lease-4', 'rig-3', 'consumer-2', { state: 'cancelled', ended_at: 1_640_000_100 });
  const leased = { created_at: 1_640_001_000.75, account: consumerAddress };
  file.block('rig-1', 'ab12cd34ef56ab78aa', { ...leased, lease_id: 'lease-1', chain_block_id: 17 });
  file.block('rig-1', 'ab12cd34ef56ab78bb', { ...leased, lease_id: 'lease-1' });
  file.block('rig-1', 'ffff', { ...leased, lease_id: 'lease-1', prefix_valid: 0, chain_verified: 0 });
  file.block('rig-3', 'ab12cd34ef56ab78cc', { ...leased, lease_id: 'lease-3' });
  if (version >= 6) {
    file.block('rig-1', 'self-1');
    file.block('rig-1', 'self-2', { created_at: 1_645_000_100 });
  }
  return { file, wallet };
}

type Rows = Record<string, number | string | null>[];

/** What the database says, before it is closed. */
function readStory(file: EarlierDatabaseFile) {
  const all = (table: string) => file.handle.prepare(`select * from ${table} order by rowid`).all() as Rows;
  const rows = {
    accounts: all('accounts'),
    workers: all('workers'),
    leases: all('leases'),
    blocks: all('blocks'),
    settlements: all('settlements'),
    transactions: all('transactions'),
  };
  file.close();
  return rows;
}

const micro = (credits: unknown) => Math.round(Number(credits) * 1e6);

async function start(file: EarlierDatabaseFile): Promise<TestPlatform> {
  return startTestPlatform({ dataDir: file.dataDir, clock: new ManualClock(Date.UTC(2022, 5, 1)) });
}

const versions = [1, 2, 3, 5, 6, 8, 10, 11];

describe.each(versions)('a database of schema version %d', (version) => {
  test('comes along with accounts, keys, workers, leases, blocks, settlements and transactions', async () => {
    const { file, wallet } = makeStory(version);
    const before = readStory(file);
    const platform = await start(file);
    const who = admin(platform);

    const accounts = await ok<Record<string, { role: string; balance: number }>>(
      platform,
      'GET',
      '/api/accounts',
      { who },
    );
    for (const row of before.accounts) {
      const account = accounts[String(row['account_id'])];
      expect([row['account_id'], micro(account?.balance)]).toEqual([
        row['account_id'],
        micro(row['balance']),
      ]);
    }
    const sum = Object.values(accounts).reduce((total, { balance }) => total + micro(balance), 0);
    expect(sum).toBe(before.accounts.reduce((total, { balance }) => total + micro(balance), 0));

    for (const accountId of version >= 5 ? ['consumer-1', 'consumer-2'] : []) {
      const me = await ok(platform, 'GET', '/api/auth/me', { who: { key: keyOf(accountId) } });
      expect(me).toMatchObject({ account_id: accountId, role: 'consumer' });
      await ok(platform, 'POST', '/api/auth/login', {
        body: { account_id: accountId, api_key: keyOf(accountId) },
      });
    }
    const signedIn = await signIn(platform, wallet);
    expect(await ok(platform, 'GET', '/api/auth/me', { who: signedIn })).toMatchObject({
      account_id: `wallet-${wallet.address.slice(0, 10).toLowerCase()}`,
      eth_address: wallet.address,
      balance: 50.3,
    });

    const workers = await ok<Record<string, unknown>[]>(platform, 'GET', '/api/workers');
    expect(workers.map(({ worker_id }) => worker_id)).toEqual(['rig-1', 'rig-2', 'rig-3']);
    expect(workers[0]).toMatchObject({
      ...{ gpu_count: 2, total_memory_gb: 48, hashrate: 4321.5, active_gpus: 2 },
      last_heartbeat: 1_650_000_000.5,
      gpus: [
        { index: 0, name: 'RTX 4090', memory_gb: 24 },
        { index: 1, name: 'RTX 4090', memory_gb: 24 },
      ],
      ...(version >= 3
        ? { price_per_min: 1.25, min_duration_sec: 120, max_duration_sec: 7200 }
        : { price_per_min: 0.6, min_duration_sec: 60, max_duration_sec: 86_400 }),
      self_blocks_found: version >= 6 ? 2 : 0,
    });
    const fleet = await ok<{ items: { online: boolean; total_online_sec: number; state: string }[] }>(
      platform,
      'GET',
      '/api/monitoring/fleet',
    );
    expect(fleet.items.map(({ online }) => online)).toEqual([false, false, false]);
    expect(Math.max(...fleet.items.map((worker) => worker.total_online_sec))).toBe(version >= 4 ? 1235 : 0);

    const leases = await ok<{ items: Lease[]; total: number }>(platform, 'GET', '/api/leases', { who });
    expect(leases.total).toBe(before.leases.length);
    for (const row of before.leases) {
      expect(leases.items.find(({ lease_id }) => lease_id === row['lease_id'])).toMatchObject({
        worker_id: row['worker_id'],
        consumer_id: row['consumer_id'],
        consumer_address: '0xaABbCcDdEe1234567890abcdEF1234567890ABCd',
        prefix: row['prefix'],
        duration_sec: row['duration_sec'],
        state: row['state'],
        created_at: row['created_at'],
        ended_at: row['ended_at'],
        blocks_found: row['blocks_found'],
        avg_hashrate: row['hashrate_count'] === 0 ? 0 : 1000,
        end_reason: 'imported',
      });
    }

    const settlements = await ok<{ items: Settlement[]; total: number }>(
      platform,
      'GET',
      '/api/settlements',
      { who },
    );
    expect(settlements.total).toBe(before.settlements.length);
    for (const row of before.settlements) {
      const settlement = settlements.items.find(({ lease_id }) => lease_id === row['lease_id']);
      expect(settlement).toMatchObject({
        duration_sec: row['duration_sec'],
        blocks_found: row['blocks_found'],
        settled_at: row['settled_at'],
      });
      expect(micro(settlement?.total_cost)).toBe(micro(row['total_cost']));
      expect(micro(settlement?.provider_payout)).toBe(micro(row['provider_payout']));
      expect(micro(settlement?.platform_fee)).toBe(micro(row['platform_fee']));
    }

    const blocks = await ok<{ items: Block[]; total: number }>(platform, 'GET', '/api/blocks');
    expect(blocks.total).toBe(before.blocks.length);
    for (const row of before.blocks) {
      const isWrong = row['prefix_valid'] === 0;
      expect(blocks.items.find(({ key }) => key === row['key'])).toMatchObject({
        lease_id: row['lease_id'],
        worker_id: row['worker_id'],
        hash: row['block_hash'],
        account: row['account'],
        attempts: row['attempts'],
        hashrate: row['hashrate'],
        prefix_valid: !isWrong,
        chain_verified: row['chain_verified'] === 1,
        chain_block_id: row['chain_block_id'] ?? null,
        timestamp: row['created_at'],
        verified: isWrong ? 'rejected' : 'unproven',
        reason: isWrong ? 'wrong_prefix' : 'imported',
        counted: !isWrong,
      });
    }

    const reputation = await ok<{
      breakdown: { block_detail: unknown; completion_detail: unknown; uptime_detail: object };
    }>(platform, 'GET', '/api/workers/rig-1/reputation');
    const confirmed = version >= 6 ? 4 : version >= 2 ? 2 : 0;
    expect(reputation.breakdown.block_detail).toMatchObject({ verified_blocks: confirmed });
    expect(reputation.breakdown.completion_detail).toMatchObject({ completed_leases: 1, total_leases: 1 });

    const check = await ok<{ ok: boolean; findings: unknown }>(platform, 'GET', '/api/admin/ledger/check', {
      who,
    });
    expect(check).toMatchObject({ ok: true, findings: [] });
    const report = await ok<ImportReport>(platform, 'GET', '/api/admin/import', { who });
    expect(report).toMatchObject({ schema_version: version, source: file.path, is_trial: false });
    for (const { table, rows, imported, leftovers } of report.tables) {
      const expected = before[table as keyof typeof before] as Rows | undefined;
      expect([table, rows, imported, leftovers]).toEqual([
        table,
        expected?.length ?? 0,
        expected?.length ?? 0,
        0,
      ]);
    }
    await platform.stop();
    expect(await checkLedgerOfFile({ dataDir: file.dataDir })).toMatchObject({ ok: true });
  });
});

test('the history of an account goes on from an opening entry, in the order and at the times of the movements', async () => {
  const { file } = makeStory(11);
  file.close();
  const platform = await start(file);
  const { items } = await ok<{
    items: { type: string; amount: number; balance_after: number; created_at: number; note: string }[];
  }>(platform, 'GET', '/api/accounts/consumer-2/transactions', { who: admin(platform) });
  const free = items.filter(({ type }) => type !== 'lease_charge').reverse();
  expect(
    free.map(({ type, amount, balance_after, created_at }) => [type, amount, balance_after, created_at]),
  ).toEqual([
    ['opening', 500, 500, 1_600_000_000],
    ['deposit', 12.345678, 512.345678, 1_620_000_000],
    ['transfer', 25, 537.345678, 1_630_000_000.25],
    ['hold', -7.2, 530.145678, 1_641_000_720],
    ['hold', 7.2, 7.2, 1_641_000_720],
  ]);
  expect(free[1]?.note).toContain('transaction 1');
  const report = await ok<ImportReport>(platform, 'GET', '/api/admin/import', { who: admin(platform) });
  // Both renters began with money that no transaction names.
  expect(report.money).toMatchObject({ openings_out: 0, held: 0 });
  expect(report.money.openings_in).toBeCloseTo(1500, 4);
});

test('a settled lease explains itself as the earlier platform settled it', async () => {
  const { file } = makeStory(11);
  file.close();
  const platform = await start(file);
  const details = await ok<LeaseDetails>(platform, 'GET', '/api/leases/lease-1', { who: admin(platform) });
  expect(details.blocks.map(({ counted }) => counted).toSorted()).toEqual([false, true, true]);
  expect(details.settlement).toMatchObject({
    total_cost: 36,
    provider_payout: 34.2,
    platform_fee: 1.8,
    provider_id: 'rig-1',
  });
  expect(details.statement).toMatchObject({ total_cost: 36, billed_sec: 3600, refund: 0, is_final: true });
  expect(details.statement.transactions).toHaveLength(2);
  expect(details.statement.explanation.join(' ')).toContain('earlier platform');
  const unpaid = await ok<LeaseDetails>(platform, 'GET', '/api/leases/lease-4', { who: admin(platform) });
  expect(unpaid.settlement).toBe(undefined);
  expect(unpaid.statement).toMatchObject({ total_cost: 0, is_final: true });
});

test("a rig's owner reaches what its rigs earned: in the first account itself, in the others as its own", async () => {
  const owner = newWallet();
  const stranger = newWallet();
  const { file } = makeStory(11);
  for (const table of ['accounts', 'workers'])
    file.handle
      .prepare(`update ${table} set eth_address = ? where eth_address like ?`)
      .run(owner.address, rigAddress);
  file.close();
  const platform = await start(file);
  const who = await signIn(platform, owner);
  expect(await ok(platform, 'GET', '/api/auth/me', { who })).toMatchObject({
    account_id: 'rig-1',
    balance: 34.2,
    linked_accounts: [{ account_id: 'rig-2', balance: 0.285 }],
  });
  expect(await ok(platform, 'GET', '/api/provider/dashboard', { who })).toMatchObject({
    ...{ account_id: 'rig-1', worker_count: 2, total_earned: 34.485, settled_leases: 2 },
    total_blocks_mined: 4,
  });
  expect(await ok(platform, 'GET', '/api/wallet/stats', { who })).toMatchObject({
    total_earnings: 34.485,
    total_blocks: 2,
  });
  const { earnings } = await ok<{ earnings: Settlement[] }>(platform, 'GET', '/api/provider/earnings', {
    who,
  });
  expect(earnings.map(({ lease_id }) => lease_id)).toEqual(['lease-1', 'lease-2']);
  const csv = await ok<string>(platform, 'GET', '/api/provider/earnings.csv', { who });
  expect(csv).toContain('lease-2');

  const other = await signIn(platform, stranger);
  const withdrawal = { body: { amount: 0.285 } };
  const path = '/api/accounts/rig-2/withdraw';
  expect((await call(platform, 'POST', path, { ...withdrawal, who: other })).status).toBe(403);
  expect((await call(platform, 'GET', '/api/accounts/rig-2/balance', { who: other })).status).toBe(403);
  await ok(platform, 'POST', path, { ...withdrawal, who });
  expect(await ok(platform, 'GET', '/api/accounts/rig-2/balance', { who })).toMatchObject({ balance: 0 });
});

test('no account but the operator acts for all: not the one of the fees, not one that was called admin', async () => {
  const { file } = makeStory(11);
  file.account('admin', 'provider', 5, { api_key: keyOf('admin') });
  file.close();
  const platform = await start(file);
  const treasury = await call(platform, 'GET', '/api/auth/me', { who: { key: keyOf('treasury') } });
  expect(treasury.status).toBe(401);
  const me = await ok(platform, 'GET', '/api/auth/me', { who: { key: keyOf('admin') } });
  expect(me).toMatchObject({ account_id: 'imported:admin', role: 'provider', balance: 5 });
  expect((await call(platform, 'GET', '/api/accounts', { who: { key: keyOf('admin') } })).status).toBe(403);
  const report = await ok<ImportReport>(platform, 'GET', '/api/admin/import', { who: admin(platform) });
  const codes = report.findings.map(({ code }) => code);
  expect(codes).toContain('account_renamed');
  expect(codes).toContain('key_dropped');
});

test('the report lies beside the database as text and JSON, with the backup; nobody else can read them', async () => {
  const { file } = makeStory(11);
  file.close();
  const platform = await start(file);
  const report = await ok<ImportReport>(platform, 'GET', '/api/admin/import', { who: admin(platform) });
  const names = readdirSync(file.dataDir).filter((name) => /\.import-|\.bak$/.test(name));
  expect(names).toHaveLength(3);
  for (const name of names) expect(statSync(join(file.dataDir, name)).mode & 0o777).toBe(0o600);
  const text = readFileSync(
    join(
      file.dataDir,
      names.find((name) => name.endsWith('.txt'))!,
    ),
    'utf8',
  );
  expect(text).toContain(report.backup);
  expect(text).toContain('address_shared: 1');
  const json = readFileSync(
    join(
      file.dataDir,
      names.find((name) => name.endsWith('.json'))!,
    ),
    'utf8',
  );
  expect(JSON.parse(json)).toEqual(report);
  for (const key of ['consumer-1', 'consumer-2', 'treasury']) {
    expect(text + json).not.toContain(keyOf(key));
    expect(readFileSync(file.path, 'latin1')).not.toContain(keyOf(key));
  }
});

test('a database that was never imported has no report', async () => {
  const platform = await startTestPlatform();
  expect((await call(platform, 'GET', '/api/admin/import', { who: admin(platform) })).status).toBe(404);
});
