/** What is written when a lease begins and when it ends: its rows and its entries in the ledger. Pure. */
import type { LeaseEndReason, LeaseState } from '../../../contract/domain/lease.ts';
import type { LeaseRow, SettlementRow } from '../../storage/schema.ts';
import { holdPostings, settlementPostings, type LedgerEntry } from '../ledger/index.ts';
import type { Outage } from '../sessions/index.ts';
import type { ActiveLease } from './active-lease.ts';
import { computeBill } from './settlement.ts';

/** How a lease ends. */
export interface Ending {
  readonly leaseId: string;
  readonly endedAtMs: number;
  readonly state: Exclude<LeaseState, 'active'>;
  readonly reason: LeaseEndReason;
  /** From here on nothing is paid; undefined: all observed time counts. */
  readonly unpaidSinceMs: number | undefined;
  readonly actor: string;
  readonly atMs: number;
  readonly hashrateSum: number;
  readonly hashrateSamples: number;
}

/** A settlement before its entry has a number in the ledger. */
export type UnbookedSettlement = Omit<SettlementRow, 'settlement_id' | 'transaction_id'>;

/** The row of a lease that begins. */
export function toNewRow(lease: ActiveLease): LeaseRow {
  return {
    lease_id: lease.leaseId,
    worker_id: lease.workerId,
    consumer_id: lease.consumerId,
    consumer_address: lease.consumerAddress,
    prefix: lease.prefix,
    duration_sec: lease.durationSec,
    price_per_min_micro: lease.pricePerMinMicro,
    state: 'active',
    created_at_ms: lease.createdAtMs,
    ended_at_ms: null,
    blocks_found: 0,
    hashrate_sum: 0,
    hashrate_samples: 0,
    provider_id: lease.providerId,
    held_micro: lease.heldMicro,
    mining_since_ms: null,
    end_reason: '',
    imported: 0,
  };
}

/** The entry that sets its full price aside. */
export function holdOf(lease: ActiveLease, actor: string): LedgerEntry {
  return {
    kind: 'hold',
    leaseId: lease.leaseId,
    actor,
    note: `full price of ${lease.durationSec} s of ${lease.workerId}`,
    atMs: lease.createdAtMs,
    postings: holdPostings(lease.consumerId, lease.heldMicro),
  };
}

/**
 * The end of an active lease: what changes in its row, its settlement, and the entry that pays it.
 *
 * @param outages of its worker during the lease, in order
 */
export function settle(
  row: LeaseRow,
  ending: Ending,
  outages: readonly Outage[],
): {
  changes: Pick<LeaseRow, 'state' | 'ended_at_ms' | 'end_reason' | 'hashrate_sum' | 'hashrate_samples'>;
  settlement: UnbookedSettlement;
  entry: LedgerEntry;
} {
  const { endedAtMs, unpaidSinceMs, atMs } = ending;
  const bill = computeBill({
    createdAtMs: row.created_at_ms,
    endedAtMs,
    durationSec: row.duration_sec,
    pricePerMinMicro: row.price_per_min_micro,
    heldMicro: row.held_micro,
    outages,
    unpaidSinceMs,
  });
  const parties = { consumer_id: row.consumer_id, provider_id: row.provider_id, worker_id: row.worker_id };
  return {
    changes: {
      state: ending.state,
      ended_at_ms: endedAtMs,
      end_reason: ending.reason,
      hashrate_sum: ending.hashrateSum,
      hashrate_samples: ending.hashrateSamples,
    },
    settlement: {
      lease_id: row.lease_id,
      ...parties,
      elapsed_ms: bill.elapsedMs,
      downtime_ms: bill.downtimeMs,
      billed_ms: bill.billedMs,
      blocks_found: row.blocks_found,
      held_micro: row.held_micro,
      total_cost_micro: bill.costMicro,
      provider_payout_micro: bill.payoutMicro,
      platform_fee_micro: bill.feeMicro,
      refund_micro: bill.refundMicro,
      unpaid_since_ms: unpaidSinceMs ?? null,
      settled_at_ms: atMs,
    },
    entry: {
      kind: 'settlement',
      leaseId: row.lease_id,
      actor: ending.actor,
      note: `${ending.reason}: ${bill.billedMs / 1000} of ${row.duration_sec} s`,
      atMs,
      postings: settlementPostings({ consumerId: row.consumer_id, providerId: row.provider_id, ...bill }),
    },
  };
}
