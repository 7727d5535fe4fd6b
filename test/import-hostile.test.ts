/** Databases of the earlier platform that nobody wrote with good intentions, or that broke. */
import BetterSqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { ImportReport } from '../src-main/contract/domain/import-report.ts';
import { checkLedgerOfFile } from '../src-main/platform/operations/check-ledger.ts';
import { migrateDatabase } from '../src-main/platform/operations/migrate-database.ts';
import { newWallet, ok, signIn } from './support/accounts.ts';
import { EarlierDatabaseFile } from './support/earlier-database.ts';
import { startTestPlatform } from './support/test-platform.ts';

/** Takes the database over, and requires a ledger that is right. */
async function migrate(file: EarlierDatabaseFile): Promise<ImportReport> {
  file.close();
  const { report } = await migrateDatabase({ dataDir: file.dataDir, dbPath: undefined }, { isTrial: false });
  expect(await checkLedgerOfFile({ dataDir: file.dataDir })).toMatchObject({ ok: true, findings: [] });
  return report!;
}

function query<Row>({ path }: EarlierDatabaseFile, sql: string): Row[] {
  const handle = new BetterSqlite(path, { readonly: true });
  try {
    return handle.prepare(sql).all() as Row[];
  } finally {
    handle.close();
  }
}

const tableOf = (report: ImportReport, name: string) => report.tables.find(({ table }) => table === name);

const walletNameOf = (address: string) => `wallet-${address.slice(0, 10).toLowerCase()}`;

test('whoever holds a key of an account with a foreign address gets nothing of what the address earns from now on', async () => {
  const owner = newWallet();
  const file = new EarlierDatabaseFile(11);
  const name = walletNameOf(owner.address);
  file.account(name, 'provider', 5, { eth_address: owner.address, api_key: 'key-of-a-stranger' });
  file.worker('rig-1', { eth_address: owner.address });
  const report = await migrate(file);
  expect(report.findings.map(({ code }) => code)).toContain('address_declared');
  const platform = await startTestPlatform({ dataDir: file.dataDir });
  const stranger = { key: 'key-of-a-stranger' };
  expect(await ok(platform, 'GET', '/api/auth/me', { who: stranger })).toMatchObject({
    ...{ account_id: name, balance: 5, linked_accounts: [] },
  });
  expect(await ok(platform, 'GET', '/api/provider/dashboard', { who: stranger })).toMatchObject({
    worker_count: 0,
  });
  const who = await signIn(platform, owner);
  expect(await ok(platform, 'GET', '/api/auth/me', { who })).toMatchObject({
    account_id: owner.address.toLowerCase(),
    linked_accounts: [{ account_id: name, balance: 5 }],
  });
  expect(await ok(platform, 'GET', '/api/provider/dashboard', { who })).toMatchObject({ worker_count: 1 });
});

test("what a worker earned before it had an address is its address's, unless somebody has a key of it", async () => {
  const owner = newWallet();
  const file = new EarlierDatabaseFile(11);
  file.account('rig-1', 'provider', 7);
  file.account('rig-2', 'provider', 9, { api_key: 'key-of-somebody' });
  for (const workerId of ['rig-1', 'rig-2']) file.worker(workerId, { eth_address: owner.address });
  await migrate(file);
  const platform = await startTestPlatform({ dataDir: file.dataDir });
  const who = await signIn(platform, owner);
  expect(await ok(platform, 'GET', '/api/auth/me', { who })).toMatchObject({
    ...{ account_id: 'rig-1', balance: 7, linked_accounts: [] },
  });
});

test('names that are bytes or text and read the same are told apart: no balance is lost', async () => {
  const file = new EarlierDatabaseFile(11);
  file.account('renter', 'consumer', 10);
  file.account('platform-treasury', 'consumer', 3);
  for (const [name, balance] of [
    ['renter', 20],
    ['platform-treasury', 40],
  ] as const)
    file.insert('accounts', {
      ...{ account_id: Buffer.from(name), role: 'consumer', balance, created_at: 1_600_000_000 },
    });
  file.worker('rig');
  file.lease('lease', 'rig', 'renter', { state: 'completed' });
  file.insert('leases', {
    ...{ lease_id: Buffer.from('lease'), worker_id: 'rig', consumer_id: 'renter', consumer_address: '' },
    ...{ duration_sec: 60, created_at: 1_600_000_000, state: 'completed' },
  });
  file.insert('settlements', {
    ...{ lease_id: Buffer.from('lease'), consumer_id: 'another', worker_id: 'rig', duration_sec: 60 },
    ...{ total_cost: 1, provider_payout: 0.95, platform_fee: 0.05, settled_at: 1_640_000_060 },
  });
  const report = await migrate(file);
  expect(tableOf(report, 'leases')).toMatchObject({ rows: 2, imported: 1, leftovers: 1 });
  expect(
    query(
      file,
      `select account_id, role, balance_micro from accounts where balance_micro > 0 order by balance_micro`,
    ),
  ).toEqual([
    { account_id: 'platform-treasury', role: 'admin', balance_micro: 3_000_000 },
    { account_id: 'renter', role: 'consumer', balance_micro: 10_000_000 },
    { account_id: 'imported:renter', role: 'consumer', balance_micro: 20_000_000 },
    { account_id: 'imported:platform-treasury', role: 'consumer', balance_micro: 40_000_000 },
  ]);
});

test('a lease that is given up for one without a possible time ends now at the latest', async () => {
  const file = new EarlierDatabaseFile(10);
  file.account('renter', 'consumer', 100);
  file.worker('rig');
  file.lease('older', 'rig', 'renter');
  file.lease('newer', 'rig', 'renter', { created_at: Infinity, prefix: 'ff00ff00ff00ff00' });
  const { imported_at: importedAt } = await migrate(file);
  expect(query(file, `select ended_at_ms, end_reason from leases where lease_id = 'older'`)).toEqual([
    { ended_at_ms: Math.round(importedAt * 1000), end_reason: 'imported_conflict' },
  ]);
});

test('amounts of which no sum would be exact are left over; the balance stays what it was', async () => {
  const file = new EarlierDatabaseFile(11);
  file.account('rich', 'consumer', 4e9);
  file.account('rig', 'provider', 0);
  file.worker('rig');
  for (let number = 0; number < 5; number += 1) {
    file.transaction('rich', 'deposit', 1_999_999_999.123_456);
    file.paidLease({
      ...{ leaseId: `lease-${number}`, workerId: 'rig', consumerId: 'rich', createdAt: 1_640_000_000 },
      ...{ durationSec: 1_000_000, pricePerSec: 1999.5 },
    });
  }
  const report = await migrate(file);
  expect(tableOf(report, 'transactions')).toMatchObject({ rows: 20, imported: 7, leftovers: 13 });
  const { settlement_changed: changed, transaction_unusable: unusable } = Object.fromEntries(
    report.findings.map(({ code, total }) => [code, total]),
  );
  expect({ changed, unusable }).toEqual({ changed: 4, unusable: 13 });
  expect(query(file, `select balance_micro from accounts where account_id = 'rich'`)).toEqual([
    { balance_micro: 4e15 },
  ]);
});

test('rows without a name or a possible number stop nothing: each is somewhere', async () => {
  const file = new EarlierDatabaseFile(11);
  file.account('renter', 'consumer', 100);
  file.worker('rig');
  file.lease('', 'rig', 'renter', { state: 'completed' });
  file.insert('settlements', {
    ...{ lease_id: '', consumer_id: 'renter', worker_id: 'rig', duration_sec: 60, settled_at: 1_640_000_060 },
    ...{ total_cost: 1, provider_payout: 0.95, platform_fee: 0.05 },
  });
  file.transaction('renter', 'lease_charge', 1);
  file.transaction('renter', 'lease_charge', 2);
  file.block('rig', 'aa', { id: -1 });
  file.block('rig', 'bb', { id: 2n ** 60n });
  file.block('rig', 'cc', { id: 7, chain_block_id: -Infinity });
  const report = await migrate(file);
  expect(tableOf(report, 'transactions')).toMatchObject({ rows: 2, imported: 2 });
  expect(tableOf(report, 'blocks')).toMatchObject({ rows: 3, imported: 1, leftovers: 2 });
  expect(query(file, 'select block_id, chain_block_id from blocks')).toEqual([
    { block_id: 7, chain_block_id: null },
  ]);
});

test('snapshots of what is no address are left over: none takes the place of another', async () => {
  const file = new EarlierDatabaseFile(11);
  const timestamp = Date.now() / 1000 - 7200;
  for (const address of ['ÉA', 'x', 'éA', '0xaabbccddee1234567890abcdef1234567890abcd'])
    file.insert('wallet_snapshots', { eth_address: address, timestamp, total_hashrate: 5 });
  const report = await migrate(file);
  expect(tableOf(report, 'wallet_snapshots')).toMatchObject({ rows: 4, imported: 1, leftovers: 3 });
  expect(query(file, 'select eth_address from wallet_records')).toHaveLength(1);
});
