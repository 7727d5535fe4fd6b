import { describe, expect, test } from 'vitest';
import type { Block } from '../src-main/contract/domain/block.ts';
import { newWallet, ok, signIn } from './support/accounts.ts';
import { readRows } from './support/platform-figures.ts';
import { accountsOf, importSec, newEarlierFile, takeOver } from './support/take-over.ts';

describe('blocks', () => {
  test('with the same key: the first counts, the next is a rejected duplicate, more of it are left over; figures stay', async () => {
    const file = newEarlierFile();
    for (const name of ['w1', 'w2']) file.worker(name, { self_blocks_found: name === 'w1' ? 3 : 1 });
    for (const key of ['Ab', 'ab', 'AB']) file.block('w1', key);
    file.block('w2', 'aB');
    const { platform, findings, report } = await takeOver(file);
    expect(findings('block_doubled')).toEqual(['block 2: "ab"', 'block 4: "aB"']);
    expect(findings('block_repeated')).toEqual(['block 3: "AB"']);
    expect(report.tables.find(({ table }) => table === 'blocks')).toMatchObject({
      rows: 4,
      imported: 3,
      leftovers: 1,
    });
    expect(
      readRows(platform, 'select source_table, source_rowid, reason, row_json from import_leftovers'),
    ).toEqual([
      {
        source_table: 'blocks',
        source_rowid: 3,
        reason: 'block_repeated',
        row_json: expect.stringContaining('"key":"AB"') as string,
      },
    ]);
    const workers = await ok<{ worker_id: string; self_blocks_found: number }[]>(
      platform,
      'GET',
      '/api/workers',
    );
    expect(workers.map((worker) => worker.self_blocks_found)).toEqual([3, 1]);
    const reputation = await ok(platform, 'GET', '/api/workers/w1/reputation');
    expect(reputation).toMatchObject({ breakdown: { block_detail: { verified_blocks: 3 } } });
  });

  test('whose columns an upgrade of the earlier platform mixed up are put in order', async () => {
    const file = newEarlierFile();
    file.worker('w1', { self_blocks_found: 1 });
    // The time where the confirmation belongs, that where the chain's number belongs, and that as the time.
    file.block('w1', 'k1', { chain_verified: 1_645_000_000.5, chain_block_id: 1, created_at: 42 });
    const { platform, findings } = await takeOver(file);
    expect(findings('columns_shuffled')).toEqual(['block 1']);
    const { items } = await ok<{ items: Block[] }>(platform, 'GET', '/api/blocks');
    expect(items).toMatchObject([{ timestamp: 1_645_000_000.5, chain_verified: true, chain_block_id: 42 }]);
  });

  test('with odd keys and hashes are kept as they are', async () => {
    const file = newEarlierFile();
    file.worker('w1', { self_blocks_found: 3 });
    file.block('w1', '0123456789abcdef', { block_hash: 'f'.repeat(60) });
    file.block('w1', '', { block_hash: '' });
    file.block('w1', 'not hex at all ✨', { hashrate: 'fast', attempts: -4 });
    const { platform, findings } = await takeOver(file);
    const { items } = await ok<{ items: Block[] }>(platform, 'GET', '/api/blocks');
    expect(items.map(({ key, hash, counted }) => [key, hash.length, counted])).toEqual([
      ['not hex at all ✨', 24, true],
      ['', 0, true],
      ['0123456789abcdef', 60, true],
    ]);
    expect(findings('number_unusable')).toEqual(['block 3: attempts is -4, taken as 0']);
  });
});

test('times that are none, or lie in the future, and texts where numbers belong are reported and replaced', async () => {
  const file = newEarlierFile(11, true);
  file.insert('workers', {
    worker_id: 'w1',
    ...{
      gpu_count: 'two',
      total_memory_gb: null,
      gpus_json: '{broken',
      state: 'DREAMING',
      hashrate: Infinity,
    },
    ...{ last_heartbeat: importSec + 99_999, registered_at: null, price_per_min: -1 },
    ...{
      min_duration_sec: 7200,
      max_duration_sec: 60,
      total_online_sec: 'long',
      self_blocks_found: -2,
      eth_address: '0x' + 'a'.repeat(32),
    },
  });
  file.insert('accounts', {
    account_id: 'timeless',
    role: 'wizard',
    balance: 1,
    created_at: 'yesterday',
    eth_address: 'nowhere',
  });
  const { platform, findings } = await takeOver(file);
  const [worker] = await ok<Record<string, unknown>[]>(platform, 'GET', '/api/workers');
  expect(worker).toMatchObject({
    ...{ gpu_count: 0, total_memory_gb: 0, gpus: [], state: 'offline', hashrate: 0, eth_address: '' },
    ...{
      last_heartbeat: importSec,
      price_per_min: 0.6,
      min_duration_sec: 7200,
      max_duration_sec: 7200,
      self_blocks_found: 0,
    },
  });
  expect(findings('time_unusable')).toHaveLength(3);
  expect(findings('worker_changed')).toHaveLength(4);
  expect(findings('address_invalid')).toHaveLength(2);
  expect(findings('account_role')).toEqual(['account "timeless": "wizard"']);
});

test('tables and columns that are not known are named, and a newer schema is taken over as far as it is known', async () => {
  const file = newEarlierFile();
  file.insert('schema_version', { version: 12, applied_at: 2 });
  file.handle.exec(`create table blocks_new (id integer); insert into blocks_new values (1), (2);
    alter table workers add column rack text; create table "odd ""name" (x)`);
  file.worker('w1');
  const { findings } = await takeOver(file);
  expect(findings('newer_schema')).toEqual(['schema_version: 12; known up to 11']);
  expect(findings('unknown_table')).toEqual(['blocks_new: 2 rows', 'odd "name: 0 rows']);
  expect(findings('unknown_column')).toEqual(['workers.rack']);
});

describe('accounts', () => {
  test('with one key twice: it opens the first one', async () => {
    const file = newEarlierFile();
    const key = 'the-same-key-of-two-accounts-000';
    file.account('first', 'consumer', 1, { api_key: key });
    file.account('second', 'consumer', 2, { api_key: key });
    const { platform, findings } = await takeOver(file);
    expect(findings('key_doubled')).toEqual(['account "second"']);
    expect(await ok(platform, 'GET', '/api/auth/me', { who: { key } })).toMatchObject({
      account_id: 'first',
    });
  });

  test('of wallets whose addresses begin alike: the money is with the address that the account names', async () => {
    const wallet = newWallet();
    const other = `${wallet.address.slice(0, 10)}${'9'.repeat(32)}`;
    const file = newEarlierFile();
    file.account(`wallet-${wallet.address.slice(0, 10).toLowerCase()}`, 'provider', 7, {
      eth_address: wallet.address,
    });
    file.worker('w1', { eth_address: other });
    const { platform, findings } = await takeOver(file);
    expect(findings('address_ambiguous')).toHaveLength(1);
    const who = await signIn(platform, wallet);
    expect(await ok(platform, 'GET', '/api/auth/me', { who })).toMatchObject({ balance: 7 });
  });

  test('named like an address open it to nobody, and its wallet can still sign in', async () => {
    const wallet = newWallet();
    const file = newEarlierFile();
    file.account(wallet.address.toLowerCase(), 'consumer', 3, { api_key: 'some-key-of-somebody-0123456789' });
    const { platform, findings } = await takeOver(file);
    expect(findings('account_renamed')).toHaveLength(1);
    const who = await signIn(platform, wallet);
    expect(await ok(platform, 'GET', '/api/auth/me', { who })).toMatchObject({
      account_id: wallet.address.toLowerCase(),
      balance: 0,
    });
    expect((await accountsOf(platform))[`imported:${wallet.address.toLowerCase()}`]).toMatchObject({
      balance: 3,
    });
  });

  test('of a renter with a key and an address: the key works, and the wallet may use it from an account of its own', async () => {
    const wallet = newWallet();
    const file = newEarlierFile();
    file.account('renter', 'consumer', 20, {
      api_key: 'key-of-the-renter-0123456789abcd',
      eth_address: wallet.address,
    });
    const { platform, findings } = await takeOver(file);
    expect(findings('address_declared')).toHaveLength(1);
    const who = await signIn(platform, wallet);
    expect(await ok(platform, 'GET', '/api/auth/me', { who })).toMatchObject({
      ...{ account_id: wallet.address.toLowerCase(), balance: 0 },
      linked_accounts: [{ account_id: 'renter', balance: 20 }],
    });
    await ok(platform, 'POST', '/api/accounts/renter/withdraw', { who, body: { amount: 20 } });
  });
});
