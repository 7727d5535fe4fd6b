import { existsSync, readdirSync, renameSync, statSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { describe, expect, onTestFinished, test } from 'vitest';
import { migrations } from '../src-main/platform/storage/migrations/index.ts';
import { migratedDatabase, storageAt } from './support/database.ts';
import { temporaryFolder } from './support/test-platform.ts';

/** A look into a file, beside the platform. */
function open(path: string, options: BetterSqlite.Options = {}): BetterSqlite.Database {
  const handle = new BetterSqlite(path, options);
  onTestFinished(() => void handle.close());
  return handle;
}

function columnsOf(handle: BetterSqlite.Database, table: string) {
  return handle.pragma(`table_info(${table})`) as { name: string; type: string }[];
}

describe('a new database', () => {
  test('can be read by its owner alone, with what belongs to it', async () => {
    const path = join(temporaryFolder(), 'marketplace.db');
    const storage = storageAt(path);
    await storage.start();
    onTestFinished(() => storage.stop());
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(`${path}${suffix}`).mode & 0o777).toBe(0o600);
  });

  test('has the tables of the deployment guide', async () => {
    const handle = open(await migratedDatabase());
    const tables = handle.prepare("select name from sqlite_schema where type = 'table'").pluck().all();
    expect(tables).toEqual(
      expect.arrayContaining([
        'schema_version',
        'accounts',
        'workers',
        'leases',
        'blocks',
        'settlements',
        'transactions',
        'postings',
        'audit_log',
        'hashrate_snapshots',
        'wallet_snapshots',
      ]),
    );
    expect(handle.prepare('select name from schema_version').pluck().all()).toEqual(Object.keys(migrations));
  });

  test('is in WAL mode and names its program', async () => {
    const handle = open(await migratedDatabase());
    expect(handle.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(handle.pragma('application_id', { simple: true })).toBe(0x58454e42);
    expect(handle.pragma('auto_vacuum', { simple: true })).toBe(2);
    expect(handle.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(handle.pragma('foreign_key_check')).toEqual([]);
  });

  test('keeps money and times as whole numbers', async () => {
    const handle = open(await migratedDatabase());
    const tables = handle.prepare("select name from sqlite_schema where type = 'table'").pluck().all();
    const money: string[] = [];
    for (const table of tables as string[]) {
      for (const { name, type } of columnsOf(handle, table)) {
        if (/_(micro|ms)$/.test(name)) expect(`${table}.${name} ${type}`).toMatch(/ integer$/i);
        if (name.endsWith('_micro')) money.push(`${table}.${name}`);
      }
    }
    expect(money).toEqual(
      expect.arrayContaining([
        'accounts.balance_micro',
        'accounts.held_micro',
        'workers.price_per_min_micro',
        'leases.price_per_min_micro',
        'settlements.total_cost_micro',
        'settlements.provider_payout_micro',
        'settlements.platform_fee_micro',
        'settlements.refund_micro',
        'postings.amount_micro',
        'postings.balance_after_micro',
      ]),
    );
  });

  test('makes its folder, and is one file again when it is closed', async () => {
    const path = join(temporaryFolder(), 'a', 'b', 'farm.db');
    const storage = storageAt(path);
    await storage.start();
    await storage.stop();
    const files = readdirSync(dirname(path)).filter((name) => name !== 'farm.db.lock');
    expect(files).toEqual(['farm.db']);
    expect(statSync(`${path}.lock`).size).toBe(0);
  });
});

describe('the database itself refuses', () => {
  async function filled(): Promise<BetterSqlite.Database> {
    const handle = open(await migratedDatabase());
    handle.pragma('foreign_keys = on');
    handle.exec(`
      insert into accounts (account_id, role, eth_address, created_at_ms)
        values ('p', 'provider', '0xaa', 1), ('c', 'consumer', null, 1), ('d', 'consumer', null, 1);
      insert into workers (worker_id, account_id, eth_address, gpu_count, total_memory_gb, gpus, version, registered_at_ms)
        values ('w1', 'p', '', 1, 8, '[]', '', 1), ('w2', 'p', '', 1, 8, '[]', '', 1);
      ${lease('l1', 'w1', 'aaaa', 'active')};
      ${lease('l0', 'w1', 'aaaa', 'completed')};
      ${settlement('l0', 100, 95, 5)};
      ${block('K1', 'l1', 'unproven')};
      insert into transactions values (1, 'deposit', null, 'admin', '', 1, '', 'h1');
      insert into postings values (1, 1, 'c', 'available', 'deposit', 1, 1), (2, 1, 'c', 'external', 'deposit', -1, -1);
      insert into audit_log values (1, 1, 'admin', 'admin', '', 'a', 't', 'ok', '{}', '', 'h1');`);
    return handle;
  }

  const lease = (id: string, worker: string, prefix: string, state: string) =>
    `insert into leases (lease_id, worker_id, consumer_id, consumer_address, prefix, duration_sec,
       price_per_min_micro, state, created_at_ms, ended_at_ms)
     values ('${id}', '${worker}', 'c', '', '${prefix}', 60, 1, '${state}', 1, ${state === 'active' ? 'null' : '2'})`;
  const settlement = (id: string, cost: number, payout: number, fee: number, held = cost) =>
    `insert into settlements (lease_id, consumer_id, provider_id, worker_id, transaction_id, elapsed_ms, downtime_ms,
       billed_ms, blocks_found, held_micro, total_cost_micro, provider_payout_micro, platform_fee_micro, refund_micro,
       settled_at_ms)
     values ('${id}', 'c', 'p', 'w1', 0, 1, 0, 1, 0, ${held}, ${cost}, ${payout}, ${fee}, 0, 2)`;
  const block = (
    key: string,
    leaseId: string,
    verified: string,
    worker = 'w1',
    counted = verified === 'rejected' ? 0 : 1,
  ) =>
    `insert into blocks (worker_id, lease_id, hash, key, account, attempts, hashrate, prefix_valid, verified, reason, reported_at_ms, counted)
     values ('${worker}', '${leaseId}', 'h', '${key}', '', 1, '1', 1, '${verified}', '', 1, ${counted})`;

  test.each([
    ['a second active lease of a worker', lease('l2', 'w1', 'bbbb', 'active'), 'leases.worker_id'],
    ['an active prefix twice', lease('l2', 'w2', 'aaaa', 'active'), 'leases.prefix'],
    ['a second settlement of a lease', settlement('l0', 1, 1, 0), 'settlements.lease_id'],
    ['a settlement that does not add up', settlement('l1', 100, 95, 6), 'settlements_split'],
    ['a settlement that loses held money', settlement('l1', 100, 95, 5, 101), 'settlements_hold'],
    ['a change of the ledger', 'update postings set amount_micro = 2', 'append-only'],
    ['an end of a part of the ledger', 'delete from transactions', 'append-only'],
    ['a change of the audit log', "update audit_log set actor = 'x'", 'append-only'],
    ['a settlement of no lease', settlement('nope', 100, 95, 5), 'FOREIGN KEY'],
    ['a key twice', block('K1', '', 'proven'), 'blocks_counted_key'],
    ['a key twice in other letters', block('k1', '', 'proven', 'w2'), 'blocks_counted_key'],
    ['a rejected block that counts', block('K2', '', 'rejected', 'w1', 1), 'counted'],
    ['a block of no worker', block('K2', '', 'proven', 'nobody'), 'FOREIGN KEY'],
    ['an active lease that ended', "update leases set ended_at_ms = 5 where lease_id = 'l1'", 'leases_ended'],
    ['an unknown state', lease('l2', 'w2', 'bbbb', 'paused'), 'CHECK'],
    ['a negative hold', "update accounts set held_micro = -1 where account_id = 'c'", 'held_micro'],
    [
      'an address twice',
      "update accounts set eth_address = '0xaa' where account_id = 'c'",
      'accounts.eth_address',
    ],
    ['an account away from its workers', "delete from accounts where account_id = 'p'", 'FOREIGN KEY'],
  ])('%s', async (_what, statement, reason) => {
    const handle = await filled();
    expect(() => handle.exec(statement)).toThrow(reason);
  });

  test('none of what is allowed: ended leases of the same prefix, rejected repeats, empty addresses', async () => {
    const handle = await filled();
    handle.exec(lease('l2', 'w1', 'aaaa', 'completed'));
    handle.exec(lease('l3', 'w2', 'bbbb', 'active'));
    handle.exec(block('K1', 'l1', 'rejected'));
    handle.exec(block('K1', 'l1', 'unproven', 'w2', 0));
    handle.exec(settlement('l2', 0, 0, 0));
    expect(handle.pragma('foreign_key_check')).toEqual([]);
  });
});

describe('an open storage', () => {
  test('enforces foreign keys for what it writes', async () => {
    const storage = storageAt();
    await storage.start();
    onTestFinished(() => storage.stop());
    const orphan = storage.write((db) =>
      sql`insert into api_keys (key_id, account_id, key_hash, label, created_at_ms)
        values ('k', 'nobody', 'h', '', 1)`.execute(db),
    );
    await expect(orphan).rejects.toThrow('FOREIGN KEY');
  });

  test('refuses work before its start and after its end, and can start again', async () => {
    const storage = storageAt();
    const work = () => Promise.resolve('done');
    await expect(storage.write(work)).rejects.toThrow('not open');
    expect(() => storage.read).toThrow('not open');
    await storage.start();
    expect(await storage.write(work)).toBe('done');
    const last = storage.write(work);
    await storage.stop();
    expect(await last).toBe('done');
    await expect(storage.write(work)).rejects.toThrow('not open');
    await storage.start();
    expect(await storage.write(work)).toBe('done');
    await storage.stop();
  });
});

describe('an upgrade', () => {
  const second: Migration = {
    async up(db) {
      await sql`alter table workers add column rack text not null default 'unknown'`.execute(db);
    },
  };
  const third: Migration = {
    async up(db) {
      await sql`create table racks (name text primary key)`.execute(db);
    },
  };
  const failing: Migration = {
    async up(db) {
      await sql`create table half_done (x integer)`.execute(db);
      await sql`update accounts set balance_micro = -5`.execute(db);
      await sql`insert into no_such_table values (1)`.execute(db);
    },
  };

  async function oldDatabase(): Promise<string> {
    const path = await migratedDatabase();
    const handle = new BetterSqlite(path);
    handle.exec("insert into accounts (account_id, role, created_at_ms) values ('old', 'consumer', 1)");
    handle.close();
    return path;
  }

  const backupsOf = (path: string) => readdirSync(dirname(path)).filter((name) => name.endsWith('.bak'));

  test('backs the file up first; the backup is a whole database of before', async () => {
    const path = await oldDatabase();
    const storage = storageAt(path, {
      migrations: { ...migrations, '9001-racks': second, '9002-more': third },
    });
    await storage.start();
    await storage.stop();
    const upgraded = open(path);
    expect(upgraded.prepare('select name from schema_version order by name').pluck().all()).toEqual([
      ...Object.keys(migrations),
      '9001-racks',
      '9002-more',
    ]);
    const [backup = '', ...others] = backupsOf(path);
    expect(others).toEqual([]);
    expect(backup).toMatch(new RegExp(`^${basename(path)}\\.before-9001-racks-\\d{8}-\\d{6}\\.bak$`));
    const before = open(join(dirname(path), backup));
    expect(before.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(before.prepare('select account_id from accounts').pluck().all()).toEqual(['old']);
    expect(columnsOf(before, 'workers').map(({ name }) => name)).not.toContain('rack');
    expect(columnsOf(upgraded, 'workers').map(({ name }) => name)).toContain('rack');
  });

  test('that is not needed makes no backup; nor does a new database', async () => {
    const path = await oldDatabase();
    const storage = storageAt(path);
    await storage.start();
    await storage.stop();
    expect(backupsOf(path)).toEqual([]);
  });

  test('that fails leaves the database as it was, also for the earlier version', async () => {
    const path = await oldDatabase();
    const broken = storageAt(path, {
      migrations: { ...migrations, '9001-racks': second, '9002-fails': failing },
    });
    await expect(broken.start()).rejects.toThrow(
      /^The database .* can't be opened: .*no_such_table.*Nothing in it was changed;.*--db-path\.$/,
    );
    const handle = open(path);
    expect(handle.prepare('select name from schema_version').pluck().all()).toEqual(Object.keys(migrations));
    expect(handle.prepare('select account_id, balance_micro from accounts').raw().all()).toEqual([
      ['old', 0],
    ]);
    expect(columnsOf(handle, 'workers').map(({ name }) => name)).not.toContain('rack');
    expect(columnsOf(handle, 'half_done')).toEqual([]);
    expect(backupsOf(path)).toHaveLength(1);
    const backup = join(dirname(path), backupsOf(path)[0] ?? '');
    const first = `${path}.before-9001-racks-20200101-000000.bak`;
    renameSync(backup, first);
    await expect(broken.start()).rejects.toThrow('no_such_table');
    expect(backupsOf(path), 'tried again and again, one backup is kept').toEqual([basename(first)]);
    const again = storageAt(path);
    await again.start();
    await again.stop();
  });

  test('may rebuild a table that others refer to, and fails when it would orphan rows', async () => {
    const path = await oldDatabase();
    const handle = open(path);
    handle.exec(`insert into workers (worker_id, account_id, eth_address, gpu_count, total_memory_gb, gpus, version,
      registered_at_ms) values ('w1', 'old', '', 1, 8, '[]', '', 1)`);
    const rebuild = (keep: string): Migration => ({
      async up(db) {
        await sql`create table renewed as select * from accounts where ${sql.raw(keep)}`.execute(db);
        await sql`drop table accounts`.execute(db);
        await sql`create table accounts (account_id text primary key, role text, created_at_ms integer)`.execute(
          db,
        );
        await sql`insert into accounts select account_id, role, created_at_ms from renewed`.execute(db);
        await sql`drop table renewed`.execute(db);
      },
    });
    const losing = storageAt(path, { migrations: { ...migrations, '9001-renew': rebuild('false') } });
    await expect(losing.start()).rejects.toThrow('would leave 1 rows without what they refer to');
    expect(handle.prepare('select account_id from accounts').pluck().all()).toEqual(['old']);
    const keeping = storageAt(path, { migrations: { ...migrations, '9001-renew': rebuild('true') } });
    await keeping.start();
    await keeping.stop();
    expect(handle.prepare('select account_id from workers').pluck().all()).toEqual(['old']);
    expect(columnsOf(handle, 'accounts').map(({ name }) => name)).not.toContain('balance_micro');
  });

  test('from the first migration on leads to the same tables as a new database', async () => {
    const stepwise = storageAt();
    const all = Object.entries({ ...migrations, '9001-racks': second, '9002-more': third });
    for (let count = 1; count <= all.length; count += 1) {
      const storage = storageAt(stepwise.path, { migrations: Object.fromEntries(all.slice(0, count)) });
      await storage.start();
      await storage.stop();
    }
    const fresh = storageAt(undefined, { migrations: Object.fromEntries(all) });
    await fresh.start();
    await fresh.stop();
    const schemaOf = (path: string) =>
      open(path).prepare('select name, sql from sqlite_schema order by name').raw().all();
    expect(schemaOf(stepwise.path)).toEqual(schemaOf(fresh.path));
  });
});

test('two names of one file share its lock', async () => {
  const path = await migratedDatabase();
  const alias = join(temporaryFolder(), 'alias.db');
  symlinkSync(path, alias);
  const first = storageAt(path);
  await first.start();
  onTestFinished(() => first.stop());
  await expect(storageAt(alias).start()).rejects.toThrow('in use by another running instance');
  expect(existsSync(`${alias}.lock`)).toBe(false);
});
