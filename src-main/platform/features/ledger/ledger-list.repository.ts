/** Entries of the ledger with their postings, for lists and exports. */
import type { StorageAccess } from '../../storage/storage.ts';
import { postingsBetween, type EntryRow, type PostingRow } from './ledger-check.repository.ts';

/** An entry with its postings, in the order in which they were booked. */
export interface ListedEntry {
  readonly entry: EntryRow;
  readonly postings: readonly PostingRow[];
}

const entriesPerPortion = 200;

export class LedgerListRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** A page of entries, newest first. Their numbers have no gaps, so the highest is their count. */
  async page(limit: number, offset: number): Promise<{ total: number; rows: ListedEntry[] }> {
    const { last } = await this.#storage.read
      .selectFrom('transactions')
      .select(({ fn }) => fn.max<number | null>('transaction_id').as('last'))
      .executeTakeFirstOrThrow();
    const total = last ?? 0;
    const high = total - offset;
    const rows = high > 0 ? await this.#between(Math.max(0, high - limit), high) : [];
    return { total, rows: rows.reverse() };
  }

  /** All entries, oldest first, in portions. */
  async *all(): AsyncGenerator<ListedEntry> {
    for (let after = 0; ; after += entriesPerPortion) {
      const rows = await this.#between(after, after + entriesPerPortion);
      yield* rows;
      if (rows.length < entriesPerPortion) return;
    }
  }

  async #between(after: number, last: number): Promise<ListedEntry[]> {
    const entries = await this.#storage.read
      .selectFrom('transactions')
      .where('transaction_id', '>', after)
      .where('transaction_id', '<=', last)
      .selectAll()
      .orderBy('transaction_id')
      .execute();
    const postings = await postingsBetween(this.#storage.read, after, last);
    const postingsOf = Map.groupBy(postings, (posting) => posting.transaction_id);
    return entries.map((entry) => ({ entry, postings: postingsOf.get(entry.transaction_id) ?? [] }));
  }
}
