/** Booking thousands of entries in one transaction. */
import { sql } from 'kysely';
import { insertRows, type AfterRows } from '../../storage/bulk-insert.ts';
import type { Database, PostingsTable, TransactionsTable } from '../../storage/schema.ts';
import {
  linkEntry,
  requireBalanced,
  requireCountable,
  type BookedPosting,
  type ChainTip,
} from './ledger-entry.ts';
import type { Bucket, LedgerEntry } from './posting.ts';

type Buckets = Record<Bucket, number>;

/**
 * Books entries like `bookEntry`, but keeps the balances and the end of the chain in memory until `store`. Between
 * `open` and `store` nothing else may book in the transaction.
 */
export class LedgerBatch {
  readonly #buckets: Map<string, Buckets>;
  /** Accounts whose balances are other than stored. */
  readonly #moved = new Set<string>();
  readonly #transactions: TransactionsTable[] = [];
  readonly #postings: Omit<PostingsTable, 'posting_id'>[] = [];
  #tip: ChainTip | undefined;

  private constructor(buckets: Map<string, Buckets>, tip: ChainTip | undefined) {
    this.#buckets = buckets;
    this.#tip = tip;
  }

  /** @param accountIds all accounts whose money will move; they have to exist */
  static async open(db: Database, accountIds: readonly string[]): Promise<LedgerBatch> {
    const wanted = sql<string>`(select value from json_each(${JSON.stringify(accountIds)}))`;
    const accounts = await db
      .selectFrom('accounts')
      .where('account_id', 'in', wanted)
      .select(['account_id', 'balance_micro as available', 'held_micro as held'])
      .execute();
    const lastOutside = db
      .selectFrom('postings')
      .where('account_id', 'in', wanted)
      .where('bucket', '=', 'external')
      .groupBy('account_id')
      .select(({ fn }) => fn.max('posting_id').as('posting_id'));
    const outside = await db
      .selectFrom('postings')
      .where('posting_id', 'in', lastOutside)
      .select(['account_id', 'balance_after_micro'])
      .execute();
    const buckets = new Map(
      accounts.map(({ account_id: accountId, ...account }) => [accountId, { ...account, external: 0 }]),
    );
    for (const { account_id: accountId, balance_after_micro: external } of outside)
      Object.assign(buckets.get(accountId) ?? {}, { external });
    const tip = await db
      .selectFrom('transactions')
      .select(['transaction_id', 'hash'])
      .orderBy('transaction_id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return new LedgerBatch(buckets, tip);
  }

  /** Entries and postings that wait to be stored. */
  get rows(): number {
    return this.#transactions.length + this.#postings.length;
  }

  /** Free money of an account after all that is booked. */
  availableMicro(accountId: string): number {
    return this.#bucketsOf(accountId).available;
  }

  /**
   * @returns the number of the entry; 0 when it moves nothing and is not booked
   * @throws LedgerRefusal when a balance would become negative or too large; the batch is then of no more use
   */
  book(given: LedgerEntry): number {
    if (given.postings.length === 0) return 0;
    const entry = requireBalanced(given);
    const booked = entry.postings.map((posting): BookedPosting => {
      const { accountId, bucket, amountMicro } = posting;
      const buckets = this.#bucketsOf(accountId);
      buckets[bucket] += amountMicro;
      this.#moved.add(accountId);
      if (bucket !== 'external') requireCountable(accountId, bucket, buckets[bucket]);
      return { ...posting, balanceAfterMicro: buckets[bucket] };
    });
    const { transaction, postings } = linkEntry(entry, booked, this.#tip);
    this.#transactions.push(transaction);
    this.#postings.push(...postings);
    this.#tip = transaction;
    return transaction.transaction_id;
  }

  /** Writes the entries and what they made of the balances. */
  async store(db: Database, afterRows?: AfterRows): Promise<void> {
    await insertRows(db, 'transactions', this.#transactions.splice(0), afterRows);
    await insertRows(db, 'postings', this.#postings.splice(0), afterRows);
    for (const accountId of this.#moved) {
      const { available, held } = this.#bucketsOf(accountId);
      await db
        .updateTable('accounts')
        .set({ balance_micro: available, held_micro: held })
        .where('account_id', '=', accountId)
        .execute();
    }
    this.#moved.clear();
  }

  #bucketsOf(accountId: string): Buckets {
    const buckets = this.#buckets.get(accountId);
    if (!buckets) throw new Error(`there is no account ${accountId} in the batch`);
    return buckets;
  }
}
