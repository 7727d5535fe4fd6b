/** Checks of entries and accounts: sums, balances and the hash chain. */
import { chainStart } from '../../kernel/hash-chain.ts';
import type { Findings } from './findings.ts';
import type { AccountMoney, FullEntry, PostingRow } from './ledger-check.repository.ts';
import { entryHash } from './ledger-entry.ts';

/** What the postings of one account and bucket say. */
interface Bucket {
  sum: number;
  /** As the last posting says; the next one starts from it, so that one wrong row is one finding. */
  last: number;
}

/** Follows the entries in their order, then compares accounts with what they led to. */
export class EntryCheck {
  transactions = 0;
  postings = 0;
  accounts = 0;
  paidInMicro = 0n;
  takenOutMicro = 0n;
  balancesMicro = 0n;
  heldMicro = 0n;
  readonly #findings: Findings;
  readonly #buckets = new Map<string, Map<string, Bucket>>();
  #previous = { id: 0, hash: chainStart };

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** @param full the next one by its number */
  checkEntry(full: FullEntry): void {
    const { entry, postings, hasLease } = full;
    const where = `transaction ${entry.transaction_id}`;
    this.transactions += 1;
    for (let id = this.#previous.id + 1; id < entry.transaction_id; id += 1) {
      this.#findings.add('entry_missing', `transaction ${id}`, 'is not there');
      // A forged number far away must not fill the memory.
      if (id - this.#previous.id >= 100) break;
    }
    if (entry.previous_hash !== this.#previous.hash)
      this.#findings.add('chain_broken', where, 'does not hold the hash of the entry before it');
    if (entry.hash !== hashOf(full))
      this.#findings.add('entry_changed', where, 'its hash does not fit what it says');
    if (postings.length === 0) this.#findings.add('entry_empty', where, 'moves nothing');
    const needsLease = entry.kind === 'hold' || entry.kind === 'settlement';
    if (!hasLease || (needsLease && entry.lease_id === null))
      this.#findings.add('entry_without_lease', where, `names the lease ${entry.lease_id ?? '(none)'}`);
    const sum = postings.reduce((total, posting) => total + this.#checkPosting(posting), 0);
    if (sum !== 0) this.#findings.add('entry_unbalanced', where, `its postings sum to ${sum} micro-credits`);
    this.#previous = { id: entry.transaction_id, hash: entry.hash };
  }

  checkStray(posting: PostingRow): void {
    this.#findings.add(
      'posting_without_entry',
      `posting ${posting.posting_id}`,
      `belongs to transaction ${posting.transaction_id}, which is not there`,
    );
    this.#checkPosting(posting);
  }

  /** After all entries. Returns what the account holds. */
  checkAccount(account: AccountMoney): void {
    const { account_id: accountId } = account;
    const where = `account ${accountId}`;
    this.accounts += 1;
    const free = this.#findings.wholeNumber(account.balance_micro, where);
    const held = this.#findings.wholeNumber(account.held_micro, where);
    this.balancesMicro += BigInt(free);
    this.heldMicro += BigInt(held);
    if (free < 0 || held < 0)
      this.#findings.add('balance_negative', where, `has ${free} free and ${held} held micro-credits`);
    const buckets = this.#buckets.get(accountId);
    this.#compare('balance_wrong', where, free, buckets?.get('available'));
    this.#compare('held_wrong', where, held, buckets?.get('held'));
    this.#buckets.delete(accountId);
  }

  /** After all accounts. */
  finish(): void {
    for (const accountId of this.#buckets.keys())
      this.#findings.add('account_missing', `account ${accountId}`, 'has postings but is not there');
    const difference = this.balancesMicro + this.heldMicro - (this.paidInMicro - this.takenOutMicro);
    if (difference !== 0n)
      this.#findings.add('total_wrong', 'all accounts', `hold ${difference} micro-credits too much`);
  }

  #compare(
    code: 'balance_wrong' | 'held_wrong',
    where: string,
    stored: number,
    bucket: Bucket | undefined,
  ): void {
    const { sum, last } = bucket ?? { sum: 0, last: 0 };
    if (stored === sum && stored === last) return;
    this.#findings.add(
      code,
      where,
      `holds ${stored} micro-credits; its postings sum to ${sum}, the last one says ${last}`,
    );
  }

  #checkPosting(posting: PostingRow): number {
    const where = `posting ${posting.posting_id}`;
    this.postings += 1;
    const amount = this.#findings.wholeNumber(posting.amount_micro, where);
    const after = this.#findings.wholeNumber(posting.balance_after_micro, where);
    const bucket = this.#bucketOf(posting);
    if (bucket.last + amount !== after)
      this.#findings.add(
        'balance_after_wrong',
        where,
        `${bucket.last} and ${amount} make ${bucket.last + amount} micro-credits, not ${after}`,
      );
    bucket.sum += amount;
    bucket.last = after;
    if (posting.bucket === 'external') {
      if (amount < 0) this.paidInMicro -= BigInt(amount);
      else this.takenOutMicro += BigInt(amount);
    }
    return amount;
  }

  #bucketOf({ account_id: accountId, bucket: name }: PostingRow): Bucket {
    const buckets = this.#buckets.get(accountId) ?? new Map<string, Bucket>();
    this.#buckets.set(accountId, buckets);
    const bucket = buckets.get(name) ?? { sum: 0, last: 0 };
    buckets.set(name, bucket);
    return bucket;
  }
}

function hashOf({ entry, postings }: FullEntry): string {
  return entryHash(
    entry.previous_hash,
    {
      transactionId: entry.transaction_id,
      kind: entry.kind,
      leaseId: entry.lease_id,
      actor: entry.actor,
      note: entry.note,
      atMs: entry.created_at_ms,
    },
    postings.map((posting) => ({
      accountId: posting.account_id,
      bucket: posting.bucket,
      kind: posting.kind,
      amountMicro: posting.amount_micro,
      balanceAfterMicro: posting.balance_after_micro,
    })),
  );
}
