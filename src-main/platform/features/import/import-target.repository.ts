/** All SQL that fills the new database; nobody else uses the file, and it is thrown away when anything fails. */
import type { Insertable } from 'kysely';
import type { DatabaseSchema } from '../../storage/schema.ts';
import type { SqliteConnection, SqliteHandle } from '../../storage/sqlite-connection.ts';
import type { LedgerEntry } from '../ledger/index.ts';

const prepare = (handle: SqliteHandle, sql: string) => handle.prepare(sql);
type Statement = ReturnType<typeof prepare>;

/** Where entries of one moment stand in the ledger. */
export type EntryRank = 'opening' | 'ordinary' | 'last';
const ranks: Readonly<Record<EntryRank, number>> = { opening: 0, ordinary: 1, last: 2 };

/** A lease's settlement, as the lease needs it. */
export interface KnownSettlement {
  readonly settled_at_ms: number;
  readonly total_cost_micro: number;
  readonly consumer_id: string;
  readonly provider_id: string;
  readonly worker_id: string;
}

export interface OrphanSettlement {
  readonly lease_id: string;
  readonly worker_id: string;
  readonly consumer_id: string;
  readonly provider_id: string;
  readonly billed_ms: number;
  readonly blocks_found: number;
  readonly total_cost_micro: number;
  readonly settled_at_ms: number;
}

/** Indexes of these tables are made after their rows: in order, at once. */
const lateIndexed = "('blocks', 'leases', 'settlements', 'transactions', 'postings')";

/** They decide while rows come whether a key counts already. */
const keyIndexes = "('blocks_counted_key', 'blocks_uncounted_key')";

const entriesPerPortion = 2000;

export class ImportTarget {
  readonly #handle: SqliteHandle;
  readonly #inserts = new Map<string, { statement: Statement; columns: string[] }>();
  #lateIndexes: string[] = [];
  #findSettlement: Statement | undefined;
  #findLease: Statement | undefined;
  #stage: Statement | undefined;
  #staged = 0;

  constructor({ handle }: SqliteConnection) {
    this.#handle = handle;
  }

  /** From here on rows come, fast and without safety: a file that was not finished is of no use. */
  open(): void {
    const handle = this.#handle;
    handle.pragma('foreign_keys = OFF');
    handle.pragma('journal_mode = OFF');
    handle.pragma('synchronous = OFF');
    handle.pragma('cache_size = -65536');
    const indexes = handle
      .prepare(
        `select name, sql from sqlite_schema where type = 'index' and sql is not null
           and tbl_name in ${lateIndexed} and name not in ${keyIndexes}`,
      )
      .all() as { name: string; sql: string }[];
    handle.exec('begin');
    for (const { name } of indexes) handle.exec(`drop index ${name}`);
    this.#lateIndexes = indexes.map(({ sql }) => sql);
    handle.exec(`
      create temp table staged_entries (at_ms integer, rank integer, number integer, entry text,
        primary key (at_ms, rank, number)) without rowid;
      create temp table address_hours (address text, hour_ms integer, blocks integer, earnings_micro integer,
        primary key (address, hour_ms)) without rowid`);
    this.#findSettlement = prepare(
      handle,
      'select settled_at_ms, total_cost_micro, consumer_id, provider_id, worker_id from settlements where lease_id = ?',
    );
    this.#findLease = prepare(handle, 'select 1 from leases where lease_id = ?');
    this.#stage = prepare(handle, 'insert into staged_entries values (?, ?, ?, ?)');
  }

  /** Makes the indexes. @param made told after each, with their number */
  makeIndexes(made: (done: number, total: number) => void): void {
    this.#handle.exec('commit');
    this.#lateIndexes.forEach((sql, index) => {
      this.#handle.exec(sql);
      made(index + 1, this.#lateIndexes.length);
    });
    this.#handle.exec('drop table temp.staged_entries; drop table temp.address_hours; analyze');
  }

  /** After the last row: an ordinary database again, on disk but for the sync. */
  close(): void {
    this.#handle.pragma('journal_mode = WAL');
    this.#handle.pragma('wal_checkpoint(TRUNCATE)');
  }

  /**
   * Inserts a row; all rows of a table have to have the same columns.
   *
   * @returns false when it is there already
   */
  insert<Table extends keyof DatabaseSchema>(table: Table, row: Insertable<DatabaseSchema[Table]>): boolean {
    let known = this.#inserts.get(table);
    if (!known) {
      const columns = Object.keys(row);
      const places = columns.map(() => '?').join(', ');
      const sql = `insert into ${table} (${columns.join(', ')}) values (${places}) on conflict do nothing`;
      known = { columns, statement: prepare(this.#handle, sql) };
      this.#inserts.set(table, known);
    }
    const values = known.columns.map((column) => (row as Record<string, unknown>)[column]);
    return known.statement.run(...values).changes === 1;
  }

  /** An entry that will be booked in the order of its time. */
  stage(entry: LedgerEntry, rank: EntryRank): void {
    this.#staged += 1;
    this.#stage?.run(entry.atMs, ranks[rank], this.#staged, JSON.stringify(entry));
  }

  get stagedCount(): number {
    return this.#staged;
  }

  /** What was staged, in order. */
  *stagedEntries(): Generator<LedgerEntry> {
    const select = this.#handle.prepare(
      `select at_ms, rank, number, entry from staged_entries where (at_ms, rank, number) > (?, ?, ?)
       order by at_ms, rank, number limit ${entriesPerPortion}`,
    );
    type Row = { at_ms: number; rank: number; number: number; entry: string };
    for (let last: Row | undefined; ;) {
      const rows = select.all(last?.at_ms ?? -1, last?.rank ?? 0, last?.number ?? 0) as Row[];
      for (const { entry } of rows) yield JSON.parse(entry) as LedgerEntry;
      last = rows.at(-1);
      if (!last) return;
    }
  }

  settlementOf(leaseId: string): KnownSettlement | undefined {
    return this.#findSettlement?.get(leaseId) as KnownSettlement | undefined;
  }

  hasLease(leaseId: string): boolean {
    return this.#findLease?.get(leaseId) !== undefined;
  }

  /** The ledger's number of a settlement. */
  noteEntry(leaseId: string, transactionId: number): void {
    this.#update('update settlements set transaction_id = ? where lease_id = ?', transactionId, leaseId);
  }

  /** Settlements whose lease is not there. */
  orphanSettlements(): OrphanSettlement[] {
    return this.#handle
      .prepare(
        `select s.* from settlements s left join leases l on l.lease_id = s.lease_id where l.lease_id is null`,
      )
      .all() as OrphanSettlement[];
  }

  /** All that the blocks and settlements say of each address, hour by hour, since ever. */
  collectAddressHours(): void {
    this.#handle.exec(`
      insert into address_hours
        select lower(w.eth_address), b.reported_at_ms / 3600000 * 3600000, count(*), 0
        from blocks b join workers w on w.worker_id = b.worker_id
        where b.lease_id = '' and w.eth_address <> '' group by 1, 2;
      insert into address_hours
        select lower(w.eth_address), s.settled_at_ms / 3600000 * 3600000, 0, sum(s.provider_payout_micro)
        from settlements s join workers w on w.worker_id = s.worker_id
        where w.eth_address <> '' group by 1, 2
        on conflict do update set earnings_micro = excluded.earnings_micro`);
  }

  /** The hours of an address, rising. */
  addressHours(address: string): { hour_ms: number; blocks: number; earnings_micro: number }[] {
    return this.#handle
      .prepare('select hour_ms, blocks, earnings_micro from address_hours where address = ? order by hour_ms')
      .all(address) as { hour_ms: number; blocks: number; earnings_micro: number }[];
  }

  /** Addresses of which there are hours. */
  hourAddresses(): string[] {
    return this.#handle.prepare('select distinct address from address_hours').pluck().all() as string[];
  }

  /** Counting goes on after the last block and settlement. */
  finishWalletProgress(): void {
    this.#handle.exec(`update wallet_progress set
      block_id = coalesce((select max(block_id) from blocks), 0),
      settlement_id = coalesce((select max(settlement_id) from settlements), 0)`);
  }

  count(table: keyof DatabaseSchema): number {
    return this.#handle.prepare(`select count(*) from ${table}`).pluck().get() as number;
  }

  /** Rows that refer to rows that are not there. */
  orphans(): { table: string; rowid: number | null; parent: string }[] {
    return this.#handle.pragma('foreign_key_check') as {
      table: string;
      rowid: number | null;
      parent: string;
    }[];
  }

  /** `ok`, or what is wrong with the file. */
  verdict(): string {
    return String(this.#handle.pragma('quick_check(1)', { simple: true }));
  }

  balances(): IterableIterator<{ account_id: string; balance_micro: number; held_micro: number }> {
    return this.#handle
      .prepare('select account_id, balance_micro, held_micro from accounts')
      .iterate() as IterableIterator<{ account_id: string; balance_micro: number; held_micro: number }>;
  }

  #update(sql: string, ...values: (string | number)[]): void {
    let known = this.#inserts.get(sql);
    if (!known) {
      known = { columns: [], statement: prepare(this.#handle, sql) };
      this.#inserts.set(sql, known);
    }
    known.statement.run(...values);
  }
}
