/** Movements of single accounts, as the earlier platform noted them. */
import { transferPostings, type LedgerEntry, type Posting, type PostingKind } from '../ledger/index.ts';
import type { ImportContext } from './import-context.ts';
import { show, SourceRow, type SourceValues } from './source-row.ts';

/** A movement of one account, as the earlier platform noted it. */
export interface Movement {
  readonly id: unknown;
  readonly account: string;
  readonly type: MovementName;
  /** As it was noted: positive, whichever way the money went. Never 0. */
  readonly amountMicro: number;
  readonly reference: string;
  readonly atMs: number;
  readonly hasLease: boolean;
  readonly row: SourceRow;
}

interface MovementType {
  readonly sign: 1 | -1;
  readonly kind: PostingKind;
  readonly entry: LedgerEntry['kind'];
}

/** What each type of movement does to its account, and what it is called here. */
const movementTypes = {
  deposit: { sign: 1, kind: 'deposit', entry: 'deposit' },
  withdraw: { sign: -1, kind: 'withdrawal', entry: 'withdrawal' },
  lease_charge: { sign: -1, kind: 'lease_charge', entry: 'imported' },
  provider_payout: { sign: 1, kind: 'payout', entry: 'imported' },
  platform_fee: { sign: 1, kind: 'fee', entry: 'imported' },
  transfer_in: { sign: 1, kind: 'transfer', entry: 'imported' },
  transfer_out: { sign: -1, kind: 'transfer', entry: 'imported' },
} as const satisfies Readonly<Record<string, MovementType>>;
type MovementName = keyof typeof movementTypes;

function isMovementName(type: string): type is MovementName {
  return Object.hasOwn(movementTypes, type);
}

/** The parts of the payment of a lease. */
export const paymentParts = ['lease_charge', 'provider_payout', 'platform_fee'] as const;

/** Undefined for what moves nothing: it is left over. */
export function toMovement(context: ImportContext, values: SourceValues): Movement | undefined {
  const { findings, moved, nowMs, tally, leaveOver, pace } = context;
  const row = new SourceRow(values, `transaction ${show(values['id'])}`, findings, nowMs);
  pace.row(row.where);
  const type = row.text('type');
  const amountMicro = row.amountMicro('amount');
  const account = row.text('account_id');
  const isUsable = isMovementName(type) && amountMicro !== undefined && amountMicro !== 0;
  if (!isUsable || !moved.admits([account], Math.abs(amountMicro))) {
    const detail = `${show(values['type'])} of ${show(values['amount'])}`;
    leaveOver('transactions', row, 'transaction_unusable', detail);
    return undefined;
  }
  tally('transactions').imported += 1;
  const reference = row.text('reference_id');
  return {
    id: values['id'],
    account,
    type,
    amountMicro,
    reference,
    atMs: row.timeMs('created_at', nowMs),
    hasLease: reference !== '' && row.flag('has_lease', 0) === 1,
    row,
  };
}

/** A movement without its counterpart, as an entry. @param accountId ours */
export function entryAlone(
  { type, reference, atMs, id, hasLease, amountMicro }: Movement,
  accountId: string,
): LedgerEntry {
  const { sign, kind, entry } = movementTypes[type];
  const about = reference === '' ? '' : ` (${reference})`;
  return {
    kind: entry,
    ...(hasLease ? { leaseId: reference } : {}),
    actor: 'system',
    note: `earlier platform: transaction ${show(id)}: ${type}${about}`,
    atMs,
    postings: outsidePostings(accountId, kind, sign * amountMicro),
  };
}

/** Whether a movement is only one side of something. */
export function isOneSided({ type }: Movement): boolean {
  return movementTypes[type].entry === 'imported';
}

/** Both sides of a transfer. */
export function transferEntry(out: Movement, back: Movement, fromId: string, toId: string): LedgerEntry {
  const about = out.reference === '' ? '' : ` (${out.reference})`;
  const note = `earlier platform: transactions ${show(out.id)}, ${show(back.id)}: transfer${about}`;
  const postings = transferPostings(fromId, toId, out.amountMicro);
  return { kind: 'transfer', actor: 'system', note, atMs: out.atMs, postings };
}

/** Free money comes from outside, or goes there. @param amountMicro signed */
export function outsidePostings(accountId: string, kind: PostingKind, amountMicro: number): Posting[] {
  const free = { accountId, bucket: 'available', kind, amountMicro } as const;
  const outside = { accountId, bucket: 'external', kind, amountMicro: -amountMicro } as const;
  return amountMicro > 0 ? [outside, free] : [free, outside];
}

/** The two sides of a transfer were written together. */
export function isCounterpart(out: Movement, back: Movement): boolean {
  return (
    out.type === 'transfer_out' &&
    back.type === 'transfer_in' &&
    out.amountMicro === back.amountMicro &&
    out.reference === back.reference &&
    out.atMs === back.atMs &&
    out.account !== back.account
  );
}

export function listIds(movements: readonly Movement[]): string {
  return movements.length === 0 ? '' : `, transactions ${movements.map(({ id }) => show(id)).join(', ')}`;
}
