/** Books the staged entries in the order of their time: balances and the hash chain as if they had been written then. */
import { linkEntry, type BookedPosting, type Bucket, type ChainTip } from '../ledger/index.ts';
import type { ImportedAccounts } from './imported-accounts.ts';
import type { ImportContext } from './import-context.ts';

type Buckets = Record<Bucket, number>;

/** What all accounts hold in the end. */
export interface ImportedLedger {
  readonly entries: number;
  readonly freeMicro: number;
  readonly heldMicro: number;
}

export function bookStagedEntries(context: ImportContext, accounts: ImportedAccounts): ImportedLedger {
  const { target, pace } = context;
  const buckets = new Map<string, Buckets>();
  const bucketsOf = (accountId: string): Buckets => {
    const known = buckets.get(accountId) ?? { available: 0, held: 0, external: 0 };
    buckets.set(accountId, known);
    return known;
  };
  let tip: ChainTip | undefined;
  for (const entry of target.stagedEntries()) {
    if (entry.postings.length === 0) continue;
    pace.row(`entry ${(tip?.transaction_id ?? 0) + 1}`);
    const booked = entry.postings.map((posting): BookedPosting => {
      const own = bucketsOf(posting.accountId);
      own[posting.bucket] += posting.amountMicro;
      return { ...posting, balanceAfterMicro: own[posting.bucket] };
    });
    const { transaction, postings } = linkEntry(entry, booked, tip);
    target.insert('transactions', transaction);
    for (const posting of postings) target.insert('postings', posting);
    if (entry.kind === 'settlement' && entry.leaseId !== undefined)
      target.noteEntry(entry.leaseId, transaction.transaction_id);
    tip = transaction;
  }
  const totals = { entries: tip?.transaction_id ?? 0, freeMicro: 0, heldMicro: 0 };
  for (const { accountId } of accounts.all()) {
    const { available, held } = bucketsOf(accountId);
    totals.freeMicro += available;
    totals.heldMicro += held;
  }
  writeAccounts(context, accounts, bucketsOf);
  return totals;
}

function writeAccounts(
  { target }: ImportContext,
  accounts: ImportedAccounts,
  bucketsOf: (accountId: string) => Buckets,
): void {
  for (const account of accounts.all()) {
    const { available, held } = bucketsOf(account.accountId);
    target.insert('accounts', {
      account_id: account.accountId,
      role: account.role,
      eth_address: account.ethAddress,
      balance_micro: available,
      held_micro: held,
      created_at_ms: account.createdAtMs,
      origin: account.origin,
      declared_address: account.ethAddress === null ? account.address : '',
      linked_address: account.linkedAddress,
      closed_at_ms: null,
    });
  }
}
