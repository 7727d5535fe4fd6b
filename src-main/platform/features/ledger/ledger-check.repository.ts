/** Reading the whole ledger in portions, on a snapshot. */
import type { Selectable } from 'kysely';
import type {
  AccountsTable,
  AuditLogTable,
  Database,
  LeasesTable,
  PostingsTable,
  SettlementsTable,
  TransactionsTable,
} from '../../storage/schema.ts';

export type EntryRow = Selectable<TransactionsTable>;
export type PostingRow = Selectable<PostingsTable>;

/** The postings of the entries after one number up to another, in the order in which they were booked. */
export function postingsBetween(db: Database, after: number, last: number): Promise<PostingRow[]> {
  return db
    .selectFrom('postings')
    .where('transaction_id', '>', after)
    .where('transaction_id', '<=', last)
    .selectAll()
    .orderBy('transaction_id')
    .orderBy('posting_id')
    .execute();
}

/** An entry with its postings, in the order in which they were booked. */
export interface FullEntry {
  readonly entry: EntryRow;
  readonly postings: readonly PostingRow[];
  /** Whether the lease that it names exists; true when it names none. */
  readonly hasLease: boolean;
}

export type AccountMoney = Pick<Selectable<AccountsTable>, 'account_id' | 'balance_micro' | 'held_micro'>;

export interface LeaseWithMoney {
  readonly lease: Selectable<LeasesTable>;
  readonly settlement: Selectable<SettlementsTable> | undefined;
  /** Its entries in the ledger. */
  readonly entries: readonly Omit<FullEntry, 'hasLease'>[];
}

/** Rows of one query: a few milliseconds of work together with what is done with them. */
const entriesPerPortion = 60;
const rowsPerPortion = 150;

/** Reads on one snapshot; every portion is small, and the caller gives the event loop its turns in between. */
export class LedgerCheckRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** All entries by their numbers, and after them postings that belong to none. */
  async *entries(): AsyncGenerator<{ entries: FullEntry[]; strays: PostingRow[] }> {
    for (let after = 0; ;) {
      const rows = await this.#db
        .selectFrom('transactions')
        .leftJoin('leases', 'leases.lease_id', 'transactions.lease_id')
        .where('transaction_id', '>', after)
        .selectAll('transactions')
        .select('leases.lease_id as found_lease_id')
        .orderBy('transaction_id')
        .limit(entriesPerPortion)
        .execute();
      const isLast = rows.length < entriesPerPortion;
      const last = isLast ? Number.MAX_SAFE_INTEGER : (rows.at(-1)?.transaction_id ?? 0);
      const postings = Map.groupBy(await postingsBetween(this.#db, after, last), (row) => row.transaction_id);
      const entries = rows.map(({ found_lease_id: foundLeaseId, ...entry }) => {
        const own = postings.get(entry.transaction_id) ?? [];
        postings.delete(entry.transaction_id);
        return { entry, postings: own, hasLease: entry.lease_id === foundLeaseId };
      });
      yield { entries, strays: [...postings.values()].flat() };
      if (isLast) return;
      after = last;
    }
  }

  /** All accounts. */
  async *accounts(): AsyncGenerator<AccountMoney[]> {
    for (let after = ''; ;) {
      const rows = await this.#db
        .selectFrom('accounts')
        .where('account_id', '>', after)
        .select(['account_id', 'balance_micro', 'held_micro'])
        .orderBy('account_id')
        .limit(rowsPerPortion)
        .execute();
      yield rows;
      if (rows.length < rowsPerPortion) return;
      after = rows.at(-1)?.account_id ?? '';
    }
  }

  /** All leases with their settlements and entries. */
  async *leases(): AsyncGenerator<LeaseWithMoney[]> {
    for (let after = ''; ;) {
      const leases = await this.#db
        .selectFrom('leases')
        .where('lease_id', '>', after)
        .selectAll()
        .orderBy('lease_id')
        .limit(entriesPerPortion)
        .execute();
      yield await this.#withMoney(leases);
      if (leases.length < entriesPerPortion) return;
      after = leases.at(-1)?.lease_id ?? '';
    }
  }

  /** Settlements whose lease does not exist, or is active; and how many settlements there are. */
  async *settlements(): AsyncGenerator<{ lease_id: string; state: string | null }[]> {
    for (let after = 0; ;) {
      const rows = await this.#db
        .selectFrom('settlements')
        .leftJoin('leases', 'leases.lease_id', 'settlements.lease_id')
        .where('settlement_id', '>', after)
        .select(['settlement_id', 'settlements.lease_id', 'leases.state'])
        .orderBy('settlement_id')
        .limit(rowsPerPortion)
        .execute();
      yield rows;
      if (rows.length < rowsPerPortion) return;
      after = rows.at(-1)?.settlement_id ?? 0;
    }
  }

  /** The audit log by its numbers. */
  async *auditLog(): AsyncGenerator<Selectable<AuditLogTable>[]> {
    for (let after = 0; ;) {
      const rows = await this.#db
        .selectFrom('audit_log')
        .where('audit_id', '>', after)
        .selectAll()
        .orderBy('audit_id')
        .limit(rowsPerPortion)
        .execute();
      yield rows;
      if (rows.length < rowsPerPortion) return;
      after = rows.at(-1)?.audit_id ?? 0;
    }
  }

  async #withMoney(leases: readonly Selectable<LeasesTable>[]): Promise<LeaseWithMoney[]> {
    const ids = leases.map((lease) => lease.lease_id);
    if (ids.length === 0) return [];
    const settlements = await this.#db
      .selectFrom('settlements')
      .where('lease_id', 'in', ids)
      .selectAll()
      .execute();
    const entries = await this.#db
      .selectFrom('transactions')
      .where('lease_id', 'in', ids)
      .selectAll()
      .orderBy('transaction_id')
      .execute();
    const numbers = entries.map((entry) => entry.transaction_id);
    const postings =
      numbers.length === 0
        ? []
        : await this.#db
            .selectFrom('postings')
            .where('transaction_id', 'in', numbers)
            .selectAll()
            .orderBy('posting_id')
            .execute();
    const settlementOf = new Map(settlements.map((row) => [row.lease_id, row]));
    const entriesOf = Map.groupBy(entries, (entry) => entry.lease_id);
    const postingsOf = Map.groupBy(postings, (posting) => posting.transaction_id);
    return leases.map((lease) => ({
      lease,
      settlement: settlementOf.get(lease.lease_id),
      entries: (entriesOf.get(lease.lease_id) ?? []).map((entry) => ({
        entry,
        postings: postingsOf.get(entry.transaction_id) ?? [],
      })),
    }));
  }
}
