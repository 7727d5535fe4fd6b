/** Databases as the earlier Python platform left them, of any of its schema versions. */
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { temporaryFolder } from './test-platform.ts';

type Value = string | number | bigint | null | Buffer;
type Row = Readonly<Record<string, Value>>;

/** A column, the version that brought it, and its declaration. */
type Column = readonly [name: string, since: number, declaration: string];

const tables: Readonly<Record<string, { readonly since: number; readonly columns: readonly Column[] }>> = {
  schema_version: {
    since: 1,
    columns: [
      ['version', 1, 'integer not null'],
      ['applied_at', 1, 'real not null'],
    ],
  },
  accounts: {
    since: 1,
    columns: [
      ['account_id', 1, 'text primary key'],
      ['role', 1, "text not null check (role in ('provider', 'consumer'))"],
      ['eth_address', 1, "text not null default ''"],
      ['balance', 1, 'real not null default 0.0'],
      ['created_at', 1, 'real not null'],
      ['updated_at', 1, 'real not null default 0'],
      ['api_key', 5, "text not null default ''"],
    ],
  },
  workers: {
    since: 1,
    columns: [
      ['worker_id', 1, 'text primary key'],
      ['eth_address', 1, "text not null default ''"],
      ['gpu_count', 1, 'integer not null default 0'],
      ['total_memory_gb', 1, 'integer not null default 0'],
      ['gpus_json', 1, "text not null default '[]'"],
      ['version', 1, "text not null default ''"],
      ['state', 1, "text not null default 'AVAILABLE'"],
      ['hashrate', 1, 'real not null default 0.0'],
      ['active_gpus', 1, 'integer not null default 0'],
      ['last_heartbeat', 1, 'real not null'],
      ['registered_at', 1, 'real not null'],
      ['price_per_min', 3, 'real not null default 0.60'],
      ['min_duration_sec', 3, 'integer not null default 60'],
      ['max_duration_sec', 3, 'integer not null default 86400'],
      ['total_online_sec', 4, 'real not null default 0.0'],
      ['last_online_at', 4, 'real'],
      ['self_blocks_found', 6, 'integer not null default 0'],
    ],
  },
  leases: {
    since: 1,
    columns: [
      ['lease_id', 1, 'text primary key'],
      ['worker_id', 1, 'text not null references workers (worker_id)'],
      ['consumer_id', 1, 'text not null references accounts (account_id)'],
      ['consumer_address', 1, 'text not null'],
      ['prefix', 1, "text not null default ''"],
      ['duration_sec', 1, 'integer not null'],
      ['price_per_sec', 1, 'real not null default 0.01'],
      ['state', 1, "text not null default 'active' check (state in ('active', 'completed', 'cancelled'))"],
      ['created_at', 1, 'real not null'],
      ['ended_at', 1, 'real'],
      ['blocks_found', 1, 'integer not null default 0'],
      ['total_hashrate_samples', 1, 'real not null default 0.0'],
      ['hashrate_count', 1, 'integer not null default 0'],
    ],
  },
  blocks: {
    since: 1,
    columns: [
      ['id', 1, 'integer primary key autoincrement'],
      ['lease_id', 1, "text not null default ''"],
      ['worker_id', 1, 'text not null'],
      ['block_hash', 1, 'text not null'],
      ['key', 1, 'text not null'],
      ['account', 1, "text not null default ''"],
      ['attempts', 1, 'integer not null default 0'],
      ['hashrate', 1, "text not null default '0.0'"],
      ['prefix_valid', 1, 'integer not null default 1'],
      ['created_at', 1, 'real not null'],
      ['chain_verified', 2, 'integer not null default 0'],
      ['chain_block_id', 2, 'integer'],
    ],
  },
  settlements: {
    since: 1,
    columns: [
      ['id', 1, 'integer primary key autoincrement'],
      ['lease_id', 1, 'text not null unique references leases (lease_id)'],
      ['consumer_id', 1, 'text not null'],
      ['worker_id', 1, 'text not null'],
      ['duration_sec', 1, 'real not null'],
      ['blocks_found', 1, 'integer not null default 0'],
      ['total_cost', 1, 'real not null'],
      ['provider_payout', 1, 'real not null'],
      ['platform_fee', 1, 'real not null'],
      ['settled_at', 1, 'real not null'],
    ],
  },
  transactions: {
    since: 1,
    columns: [
      ['id', 1, 'integer primary key autoincrement'],
      ['account_id', 1, 'text not null references accounts (account_id)'],
      ['type', 1, 'text not null'],
      ['amount', 1, 'real not null'],
      ['reference_id', 1, "text not null default ''"],
      ['created_at', 1, 'real not null'],
    ],
  },
  hashrate_snapshots: {
    since: 8,
    columns: [
      ['id', 8, 'integer primary key autoincrement'],
      ['worker_id', 8, 'text not null'],
      ['hashrate', 8, 'real not null'],
      ['active_gpus', 8, 'integer not null default 0'],
      ['timestamp', 8, 'real not null'],
    ],
  },
  wallet_snapshots: {
    since: 10,
    columns: [
      ['id', 10, 'integer primary key autoincrement'],
      ['eth_address', 10, 'text not null collate nocase'],
      ['timestamp', 10, 'real not null'],
      ['interval_type', 10, "text not null default 'hourly'"],
      ['total_hashrate', 10, 'real not null default 0'],
      ['online_workers', 10, 'integer not null default 0'],
      ['total_workers', 10, 'integer not null default 0'],
      ['blocks_found', 10, 'integer not null default 0'],
      ['cumulative_blocks', 10, 'integer not null default 0'],
      ['earnings', 10, 'real not null default 0'],
    ],
  },
};

/** A declaration without what keeps values out; the type of a column stays, and so does the number of its rows. */
function loosen(declaration: string): string {
  return declaration.startsWith('integer primary key')
    ? declaration
    : declaration.replace(/ (not null|unique|primary key|check \(.*\)\)|references \w+ \(\w+\))/g, '');
}

/** A lease that ended and was paid, as the earlier platform wrote it. */
export interface PaidLease {
  readonly leaseId: string;
  readonly workerId: string;
  readonly consumerId: string;
  readonly createdAt: number;
  readonly durationSec: number;
  readonly pricePerSec: number;
  readonly blocksFound?: number;
}

export class EarlierDatabaseFile {
  readonly path: string;
  readonly dataDir: string;
  readonly handle: BetterSqlite.Database;
  readonly version: number;

  /** @param isLoose without the rules of the tables: columns may hold anything */
  constructor(version: number, { dataDir = temporaryFolder(), isLoose = false } = {}) {
    this.version = version;
    this.dataDir = dataDir;
    this.path = join(dataDir, 'marketplace.db');
    this.handle = new BetterSqlite(this.path);
    this.handle.pragma('journal_mode = WAL');
    // Its data was not always what its rules said.
    this.handle.pragma('foreign_keys = OFF');
    for (const [table, { since, columns }] of Object.entries(tables)) {
      if (since > version) continue;
      const own = columns.filter(([, from]) => from <= version);
      this.handle.exec(
        `create table ${table} (${own.map(([name, , text]) => `${name} ${isLoose ? loosen(text) : text}`).join(', ')})`,
      );
    }
    this.insert('schema_version', { version: 1, applied_at: 0 });
    if (version > 1) this.insert('schema_version', { version, applied_at: 1 });
    if (version >= 11 && !isLoose)
      this.handle.exec(
        "create unique index idx_leases_worker_active on leases (worker_id) where state = 'active'",
      );
  }

  /** Columns that the version does not have are left out. */
  insert(table: string, row: Row): void {
    const own = (tables[table]?.columns ?? []).filter(([, since]) => since <= this.version);
    const names = Object.keys(row).filter((name) => own.some(([column]) => column === name));
    this.handle
      .prepare(`insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`)
      .run(...names.map((name) => row[name]));
  }

  account(accountId: string, role: 'provider' | 'consumer', balance: number, fields: Row = {}): void {
    this.insert('accounts', { account_id: accountId, role, balance, created_at: 1_600_000_000, ...fields });
  }

  worker(workerId: string, fields: Row = {}): void {
    this.insert('workers', {
      worker_id: workerId,
      last_heartbeat: 1_650_000_000.5,
      registered_at: 1_600_000_000.25,
      ...fields,
    });
  }

  lease(leaseId: string, workerId: string, consumerId: string, fields: Row = {}): void {
    this.insert('leases', {
      lease_id: leaseId,
      worker_id: workerId,
      consumer_id: consumerId,
      consumer_address: '0xaabbccddee1234567890abcdef1234567890abcd',
      prefix: 'ab12cd34ef56ab78',
      duration_sec: 3600,
      created_at: 1_640_000_000,
      ...fields,
    });
  }

  /** Lease, transactions and settlement; the balances are the test's to set. */
  paidLease({
    leaseId,
    workerId,
    consumerId,
    createdAt,
    durationSec,
    pricePerSec,
    blocksFound = 0,
  }: PaidLease): void {
    const endedAt = createdAt + durationSec;
    const cost = durationSec * pricePerSec;
    this.lease(leaseId, workerId, consumerId, {
      duration_sec: durationSec,
      price_per_sec: pricePerSec,
      state: 'completed',
      created_at: createdAt,
      ended_at: endedAt,
      blocks_found: blocksFound,
      total_hashrate_samples: 3000,
      hashrate_count: 3,
    });
    for (const [account, type, amount] of [
      [consumerId, 'lease_charge', cost],
      [workerId, 'provider_payout', cost * 0.95],
      ['platform-treasury', 'platform_fee', cost * 0.05],
    ] as const)
      this.transaction(account, type, amount, { reference_id: leaseId, created_at: endedAt });
    this.insert('settlements', {
      lease_id: leaseId,
      consumer_id: consumerId,
      worker_id: workerId,
      duration_sec: durationSec,
      blocks_found: blocksFound,
      total_cost: cost,
      provider_payout: cost * 0.95,
      platform_fee: cost * 0.05,
      settled_at: endedAt,
    });
  }

  transaction(accountId: string, type: string, amount: Value, fields: Row = {}): void {
    this.insert('transactions', {
      account_id: accountId,
      type,
      amount,
      created_at: 1_620_000_000,
      ...fields,
    });
  }

  block(workerId: string, key: string, fields: Row = {}): void {
    this.insert('blocks', {
      worker_id: workerId,
      block_hash: `hash of ${key}`,
      key,
      account: '0xaabbccddee1234567890abcdef1234567890abcd',
      attempts: 12,
      hashrate: '1234.5',
      chain_verified: 1,
      created_at: 1_645_000_000,
      ...fields,
    });
  }

  close(): this {
    this.handle.close();
    return this;
  }
}

/** The columns of a table in the last version. */
export function earlierColumns(table: string): string[] {
  return (tables[table]?.columns ?? []).map(([name]) => name);
}
