/** Writing the ledger: entries inside the transaction of whoever moves money. */
import type { Database } from '../../storage/schema.ts';
import { linkEntry, requireBalanced, requireCountable, type BookedPosting } from './ledger-entry.ts';
import type { LedgerEntry, Posting } from './posting.ts';

/**
 * No account is given more than this, free and held money together. Leases are settled whatever comes together:
 * up to the largest exact integer there is as much room again.
 */
export const maxBalanceMicro = 4_000_000_000_000_000;

/** Free and held money of an account, and since when it is closed; undefined when there is no such account. */
export async function readBalance(
  db: Database,
  accountId: string,
): Promise<{ availableMicro: number; heldMicro: number; closedAtMs: number | null } | undefined> {
  return db
    .selectFrom('accounts')
    .where('account_id', '=', accountId)
    .select(['balance_micro as availableMicro', 'held_micro as heldMicro', 'closed_at_ms as closedAtMs'])
    .executeTakeFirst();
}

/**
 * Books an entry: its postings, the balances of its accounts and its link in the hash chain. Runs inside the
 * caller's transaction; an entry without postings moves nothing and is not booked.
 *
 * @returns the number of the entry; 0 when nothing was booked
 * @throws LedgerRefusal when a balance would become negative or too large; callers look at balances before
 * @throws Error when the postings do not sum to zero or an account does not exist
 */
export async function bookEntry(db: Database, given: LedgerEntry): Promise<number> {
  if (given.postings.length === 0) return 0;
  const entry = requireBalanced(given);
  const booked = await applyPostings(db, entry.postings);
  const tip = await db
    .selectFrom('transactions')
    .select(['transaction_id', 'hash'])
    .orderBy('transaction_id', 'desc')
    .limit(1)
    .executeTakeFirst();
  const rows = linkEntry(entry, booked, tip);
  await db.insertInto('transactions').values(rows.transaction).execute();
  await db.insertInto('postings').values(rows.postings).execute();
  return rows.transaction.transaction_id;
}

async function applyPostings(db: Database, postings: readonly Posting[]): Promise<BookedPosting[]> {
  const booked: BookedPosting[] = [];
  for (const posting of postings) {
    const { accountId, bucket, amountMicro } = posting;
    const balanceAfterMicro =
      bucket === 'external'
        ? (await externalBalance(db, accountId, booked)) + amountMicro
        : await changeBalance(db, accountId, bucket, amountMicro);
    booked.push({ ...posting, balanceAfterMicro });
  }
  return booked;
}

async function changeBalance(
  db: Database,
  accountId: string,
  bucket: 'available' | 'held',
  amountMicro: number,
): Promise<number> {
  const column = bucket === 'available' ? 'balance_micro' : 'held_micro';
  const row = await db
    .updateTable('accounts')
    .set((expression) => ({ [column]: expression(column, '+', amountMicro) }))
    .where('account_id', '=', accountId)
    .returning(column)
    .executeTakeFirst();
  const after = row?.[column];
  if (after === undefined) throw new Error(`there is no account ${accountId}`);
  return requireCountable(accountId, bucket, after);
}

/** What went out minus what came in, before this posting. */
async function externalBalance(
  db: Database,
  accountId: string,
  booked: readonly BookedPosting[],
): Promise<number> {
  const earlier = booked.findLast(
    (posting) => posting.accountId === accountId && posting.bucket === 'external',
  );
  if (earlier) return earlier.balanceAfterMicro;
  const row = await db
    .selectFrom('postings')
    .where('account_id', '=', accountId)
    .where('bucket', '=', 'external')
    .orderBy('posting_id', 'desc')
    .limit(1)
    .select('balance_after_micro')
    .executeTakeFirst();
  return row?.balance_after_micro ?? 0;
}
