/** An entry of the ledger as it is stored: its rows, its number and its place in the hash chain. Pure. */
import { chainHash, chainStart } from '../../kernel/hash-chain.ts';
import type { PostingsTable, TransactionsTable } from '../../storage/schema.ts';
import type { Bucket, LedgerEntry, Posting } from './posting.ts';

/** A posting with what its account's bucket holds after it. */
export interface BookedPosting extends Posting {
  readonly balanceAfterMicro: number;
}

/** The last entry of the chain. */
export type ChainTip = Pick<TransactionsTable, 'transaction_id' | 'hash'>;

/** A movement that would leave less than nothing, or more than the ledger counts exactly. */
export class LedgerRefusal extends Error {
  override readonly name = 'LedgerRefusal';
}

/**
 * The entry in the form in which it is hashed: what the database gives back is always well-formed.
 *
 * @throws Error when its postings do not sum to zero
 */
export function requireBalanced(entry: LedgerEntry): LedgerEntry {
  if (entry.postings.reduce((sum, { amountMicro }) => sum + amountMicro, 0) !== 0)
    throw new Error(`the postings of a ${entry.kind} do not sum to zero`);
  return { ...entry, actor: entry.actor.toWellFormed(), note: entry.note.toWellFormed() };
}

/** What a bucket would hold. @throws LedgerRefusal when that is less than nothing, or too much */
export function requireCountable(
  accountId: string,
  bucket: Exclude<Bucket, 'external'>,
  afterMicro: number,
): number {
  if (afterMicro < 0) throw new LedgerRefusal(`account ${accountId} has too little ${bucket} money`);
  if (!Number.isSafeInteger(afterMicro)) throw new LedgerRefusal(`account ${accountId} would hold too much`);
  return afterMicro;
}

/** The rows of a balanced entry that follows on `tip`; undefined: it is the first one. */
export function linkEntry(
  entry: LedgerEntry,
  booked: readonly BookedPosting[],
  tip: ChainTip | undefined,
): { transaction: TransactionsTable; postings: Omit<PostingsTable, 'posting_id'>[] } {
  const transactionId = (tip?.transaction_id ?? 0) + 1;
  const previousHash = tip?.hash ?? chainStart;
  const leaseId = entry.leaseId ?? null;
  return {
    transaction: {
      transaction_id: transactionId,
      kind: entry.kind,
      lease_id: leaseId,
      actor: entry.actor,
      note: entry.note,
      created_at_ms: entry.atMs,
      previous_hash: previousHash,
      hash: entryHash(previousHash, { ...entry, leaseId, transactionId }, booked),
    },
    postings: booked.map((posting) => ({
      transaction_id: transactionId,
      account_id: posting.accountId,
      bucket: posting.bucket,
      kind: posting.kind,
      amount_micro: posting.amountMicro,
      balance_after_micro: posting.balanceAfterMicro,
    })),
  };
}

/** The hash of an entry over everything that it says. */
export function entryHash(
  previousHash: string,
  entry: {
    readonly transactionId: number;
    readonly kind: string;
    readonly leaseId: string | null;
    readonly actor: string;
    readonly note: string;
    readonly atMs: number;
  },
  postings: readonly {
    readonly accountId: string;
    readonly bucket: string;
    readonly kind: string;
    readonly amountMicro: number;
    readonly balanceAfterMicro: number;
  }[],
): string {
  return chainHash(previousHash, [
    entry.transactionId,
    entry.kind,
    entry.leaseId,
    entry.actor,
    entry.note,
    entry.atMs,
    ...postings.map(({ accountId, bucket, kind, amountMicro, balanceAfterMicro }) => [
      accountId,
      bucket,
      kind,
      amountMicro,
      balanceAfterMicro,
    ]),
  ]);
}
