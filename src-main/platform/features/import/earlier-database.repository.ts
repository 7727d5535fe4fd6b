/** All SQL that reads the earlier platform's database: a copy that nobody changes. */
import { importTables, type ImportTable } from '../../../contract/domain/import-report.ts';
import type { SqliteHandle } from '../../storage/sqlite-connection.ts';
import type { SourceValues } from './source-row.ts';

/** The columns that are known, of schema version 11; earlier versions lack some. */
const knownColumns: Readonly<Record<ImportTable, readonly string[]>> = {
  accounts: ['account_id', 'role', 'eth_address', 'balance', 'api_key', 'created_at', 'updated_at'],
  workers: [
    'worker_id',
    'eth_address',
    'gpu_count',
    'total_memory_gb',
    'gpus_json',
    'version',
    'state',
    'hashrate',
    'active_gpus',
    'last_heartbeat',
    'registered_at',
    'price_per_min',
    'min_duration_sec',
    'max_duration_sec',
    'total_online_sec',
    'last_online_at',
    'self_blocks_found',
  ],
  leases: [
    'lease_id',
    'worker_id',
    'consumer_id',
    'consumer_address',
    'prefix',
    'duration_sec',
    'price_per_sec',
    'state',
    'created_at',
    'ended_at',
    'blocks_found',
    'total_hashrate_samples',
    'hashrate_count',
  ],
  blocks: [
    'id',
    'lease_id',
    'worker_id',
    'block_hash',
    'key',
    'account',
    'attempts',
    'hashrate',
    'prefix_valid',
    'chain_verified',
    'chain_block_id',
    'created_at',
  ],
  settlements: [
    'id',
    'lease_id',
    'consumer_id',
    'worker_id',
    'duration_sec',
    'blocks_found',
    'total_cost',
    'provider_payout',
    'platform_fee',
    'settled_at',
  ],
  transactions: ['id', 'account_id', 'type', 'amount', 'reference_id', 'created_at'],
  hashrate_snapshots: ['id', 'worker_id', 'hashrate', 'active_gpus', 'timestamp'],
  wallet_snapshots: [
    'id',
    'eth_address',
    'timestamp',
    'interval_type',
    'total_hashrate',
    'online_workers',
    'total_workers',
    'blocks_found',
    'cumulative_blocks',
    'earnings',
  ],
};

/** Columns whose sums tell whether two copies are the same. */
const summedColumns: Readonly<Partial<Record<ImportTable, readonly string[]>>> = {
  accounts: ['balance'],
  leases: ['price_per_sec', 'blocks_found'],
  settlements: ['total_cost', 'provider_payout', 'platform_fee'],
  transactions: ['amount'],
  blocks: ['created_at'],
  wallet_snapshots: ['earnings'],
};

/** Tables beside the known ones that every database of the earlier platform has. */
const otherTables = ['schema_version'];

/** Parts of the payment of a lease. */
const leaseTypes = "('lease_charge', 'provider_payout', 'platform_fee')";

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

export class EarlierDatabase {
  readonly #handle: SqliteHandle;
  /** The columns that each table has. */
  readonly #columns: ReadonlyMap<string, readonly string[]>;

  constructor(handle: SqliteHandle) {
    this.#handle = handle;
    this.#columns = new Map(
      (
        handle
          .prepare(
            `select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'`,
          )
          .pluck()
          .all() as string[]
      ).map((table) => [
        table,
        (handle.pragma(`table_info(${quote(table)})`) as { name: string }[]).map(({ name }) => name),
      ]),
    );
  }

  /** 0 when it says none. */
  get version(): number {
    const hasVersion = this.#columns.get('schema_version')?.includes('version');
    const version = hasVersion
      ? this.#handle.prepare('select max(version) from schema_version').pluck().get()
      : 0;
    return typeof version === 'number' ? version : 0;
  }

  /** Names of tables that are not known. */
  unknownTables(): string[] {
    const known: readonly string[] = [...importTables, ...otherTables];
    return [...this.#columns.keys()].filter((table) => !known.includes(table));
  }

  /** Names of columns of known tables that are not known, as `table.column`. */
  unknownColumns(): string[] {
    return importTables.flatMap((table) =>
      (this.#columns.get(table) ?? [])
        .filter((column) => !knownColumns[table].includes(column))
        .map((column) => `${table}.${column}`),
    );
  }

  /** Rows of any table; 0 when it is not there. */
  count(table: string): number {
    if (!this.#columns.has(table)) return 0;
    return this.#handle
      .prepare(`select count(*) from ${quote(table)}`)
      .pluck()
      .get() as number;
  }

  /** Counts and sums of all tables: equal for two copies of one database. */
  summary(): string {
    const sums = [...this.#columns.keys()].toSorted().map((table) => {
      const known: readonly string[] = summedColumns[table as ImportTable] ?? [];
      const own = known.filter((column) => this.#columns.get(table)?.includes(column));
      const columns = ['count(*)', ...own.map((column) => `total(${column})`)].join(', ');
      return [
        table,
        this.#handle
          .prepare(`select ${columns} from ${quote(table)}`)
          .raw()
          .get(),
      ];
    });
    return JSON.stringify(sums);
  }

  /** What is wrong with its pages and indexes; rows that break a rule of their table are none of it. */
  problems(): string[] {
    const verdicts = this.#handle.pragma('integrity_check(1000)') as { integrity_check: string }[];
    return verdicts
      .map((row) => row.integrity_check)
      .filter((verdict) => verdict !== 'ok' && !/^(NULL value in|CHECK constraint failed in)/.test(verdict));
  }

  accounts(): Generator<SourceValues> {
    return this.#rows('accounts', `select * from ${this.#from('accounts')} order by source_rowid`);
  }

  workers(): Generator<SourceValues> {
    return this.#rows('workers', `select * from ${this.#from('workers')} order by source_rowid`);
  }

  leases(): Generator<SourceValues> {
    return this.#rows('leases', `select * from ${this.#from('leases')} order by source_rowid`);
  }

  /** Those under way, the newest first. */
  activeLeases(): Generator<SourceValues> {
    return this.#rows(
      'leases',
      `select * from ${this.#from('leases')} where cast(state as text) = 'active' order by created_at desc, source_rowid desc`,
    );
  }

  /** By their number, with `has_lease`. */
  blocks(): Generator<SourceValues> {
    return this.#rows(
      'blocks',
      `select b.*, coalesce(${this.#firstOf('leases', 'b.lease_id')}, ${this.#firstOf('settlements', 'b.lease_id')})
         is not null as has_lease
       from ${this.#from('blocks')} b
       order by b.source_rowid`,
    );
  }

  /**
   * By their number, each as often as there are transactions of its lease (once without any): those as `tx_*`, the
   * lease's own parties as `lease_worker_id` and `lease_consumer_id`, NULL when there is no such lease.
   */
  settlements(): Generator<SourceValues> {
    return this.#rows(
      'settlements',
      `select s.*, l.worker_id as lease_worker_id, l.consumer_id as lease_consumer_id,
         l.lease_id is not null as has_lease,
         t.id as tx_id, t.account_id as tx_account_id, t.type as tx_type, t.amount as tx_amount,
         t.created_at as tx_created_at
       from ${this.#from('settlements')} s
       left join ${this.#from('leases')} l on l.source_rowid = ${this.#firstOf('leases', 's.lease_id')}
       left join (select * from ${this.#from('transactions')} where type in ${leaseTypes} and reference_id <> '') t
         on t.reference_id = s.lease_id and s.source_rowid = ${this.#firstOf('settlements', 's.lease_id')}
       order by s.source_rowid, t.id`,
    );
  }

  /** Parts of payments of leases without a settlement, those of one lease together, with the lease's own columns. */
  unsettledPayments(): Generator<SourceValues> {
    return this.#rows(
      'transactions',
      `select t.*, l.worker_id as lease_worker_id, l.consumer_id as lease_consumer_id,
         l.state as lease_state, l.duration_sec, l.created_at as lease_created_at, l.ended_at as lease_ended_at,
         l.blocks_found, l.lease_id is not null as has_lease
       from ${this.#from('transactions')} t
       left join ${this.#from('leases')} l on l.source_rowid = ${this.#firstOf('leases', 't.reference_id')}
       where t.type in ${leaseTypes} and ${this.#firstOf('settlements', 't.reference_id')} is null
       order by t.reference_id, t.id`,
    );
  }

  /** All other movements, by their number. */
  otherTransactions(): Generator<SourceValues> {
    return this.#rows(
      'transactions',
      `select * from ${this.#from('transactions')}
       where type is null or type not in ${leaseTypes} order by id`,
    );
  }

  /** Since a moment, rising in time. @param sinceSec Unix seconds */
  hashrateSnapshots(sinceSec: number): Generator<SourceValues> {
    return this.#rows(
      'hashrate_snapshots',
      `select * from ${this.#from('hashrate_snapshots')} where timestamp >= ? order by timestamp, id`,
      sinceSec,
    );
  }

  /** Address by address, rising in time. */
  walletSnapshots(): Generator<SourceValues> {
    return this.#rows(
      'wallet_snapshots',
      `select * from ${this.#from('wallet_snapshots')} order by lower(eth_address), timestamp, id`,
    );
  }

  /** A table with all known columns, also when it lacks some, or is not there at all. */
  #from(table: ImportTable): string {
    const own = this.#columns.get(table);
    const columns = knownColumns[table].map((column) =>
      own?.includes(column) ? column : `null as ${column}`,
    );
    return own
      ? `(select rowid as source_rowid, ${columns.join(', ')} from ${table})`
      : `(select null as source_rowid, ${columns.join(', ')} where false)`;
  }

  /**
   * The row of a lease, as an expression; NULL when there is none. A file without the rules of its tables may have
   * several: then the first one counts.
   */
  #firstOf(table: 'leases' | 'settlements', leaseId: string): string {
    if (!this.#columns.has(table)) return 'null';
    return `(select min(first.rowid) from ${table} first where first.lease_id = ${leaseId} and first.lease_id <> '')`;
  }

  *#rows(table: ImportTable, sql: string, ...parameters: number[]): Generator<SourceValues> {
    const missing = knownColumns[table].filter((column) => !this.#columns.get(table)?.includes(column));
    for (const row of this.#handle.prepare(sql).iterate(...parameters)) {
      const values = row as Record<string, unknown>;
      for (const column of missing) Reflect.deleteProperty(values, column);
      yield values;
    }
  }
}
