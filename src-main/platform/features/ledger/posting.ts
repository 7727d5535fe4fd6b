/** What the ledger is made of (double entry, micro-credits). */
import { treasuryAccountId } from '../../../contract/domain/account.ts';

/** Where money is: free, set aside for a lease, or outside of the platform. */
export type Bucket = 'available' | 'held' | 'external';

/** One side of an entry. */
export interface Posting {
  readonly accountId: string;
  readonly bucket: Bucket;
  readonly kind: PostingKind;
  /** Signed; never 0. */
  readonly amountMicro: number;
}

/** Why money moved. */
export type PostingKind =
  'deposit' | 'withdrawal' | 'hold' | 'lease_charge' | 'payout' | 'fee' | 'refund' | 'transfer' | 'opening';

/** An entry to be written; its postings sum to zero. */
export interface LedgerEntry {
  /** `imported`: a movement of the earlier platform that has no counterpart. */
  readonly kind: 'deposit' | 'withdrawal' | 'hold' | 'settlement' | 'transfer' | 'opening' | 'imported';
  readonly leaseId?: string;
  /** Account that caused it, or `system`. */
  readonly actor: string;
  readonly note: string;
  readonly atMs: number;
  readonly postings: readonly Posting[];
}

const move = (
  kind: PostingKind,
  amountMicro: number,
  from: readonly [accountId: string, bucket: Bucket],
  to: readonly [accountId: string, bucket: Bucket],
): Posting[] =>
  amountMicro === 0
    ? []
    : [
        { accountId: from[0], bucket: from[1], kind, amountMicro: -amountMicro },
        { accountId: to[0], bucket: to[1], kind, amountMicro },
      ];

/** Money comes in from outside. */
export function depositPostings(accountId: string, amountMicro: number): Posting[] {
  return move('deposit', amountMicro, [accountId, 'external'], [accountId, 'available']);
}

/** Money goes out. */
export function withdrawalPostings(accountId: string, amountMicro: number): Posting[] {
  return move('withdrawal', amountMicro, [accountId, 'available'], [accountId, 'external']);
}

/** The full price of a lease is set aside. */
export function holdPostings(consumerId: string, amountMicro: number): Posting[] {
  return move('hold', amountMicro, [consumerId, 'available'], [consumerId, 'held']);
}

/** Money goes from one account to another. */
export function transferPostings(fromId: string, toId: string, amountMicro: number): Posting[] {
  return move('transfer', amountMicro, [fromId, 'available'], [toId, 'available']);
}

/** What becomes of a lease's hold at its end. */
export interface Settling {
  readonly consumerId: string;
  readonly providerId: string;
  readonly payoutMicro: number;
  readonly feeMicro: number;
  readonly refundMicro: number;
}

/**
 * The hold becomes payout, fee and refund. On the consumer's side both, payout and fee, are the charge of the
 * lease: charge = payout + fee to the last unit.
 */
export function settlementPostings(settling: Settling): Posting[] {
  const { consumerId, providerId, payoutMicro, feeMicro, refundMicro } = settling;
  const chargeMicro = payoutMicro + feeMicro;
  const sides: Posting[] = [
    { accountId: consumerId, bucket: 'held', kind: 'lease_charge', amountMicro: -chargeMicro },
    { accountId: providerId, bucket: 'available', kind: 'payout', amountMicro: payoutMicro },
    { accountId: treasuryAccountId, bucket: 'available', kind: 'fee', amountMicro: feeMicro },
  ];
  return [
    ...sides.filter(({ amountMicro }) => amountMicro !== 0),
    ...move('refund', refundMicro, [consumerId, 'held'], [consumerId, 'available']),
  ];
}
