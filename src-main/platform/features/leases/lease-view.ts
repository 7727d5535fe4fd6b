/** Leases, settlements and statements as calls show them. */
import type { Lease, Settlement, Statement } from '../../../contract/domain/lease.ts';
import { platformFeePercent, toCredits } from '../../../contract/domain/money.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import type { ActiveLease } from './active-lease.ts';
import type { LeaseRow, SettlementRow } from '../../storage/schema.ts';
import type { Bill } from './settlement.ts';

/**
 * @param live what the platform knows beyond the stored row, while the lease is active
 * @param costMicro what it was settled for; undefined while it is not
 */
export function toLease(
  row: LeaseRow,
  nowMs: number,
  live: ActiveLease | undefined,
  costMicro: number | undefined,
): Lease {
  const { hashrateSum: sum, hashrateSamples: samples } = live ?? {
    hashrateSum: row.hashrate_sum,
    hashrateSamples: row.hashrate_samples,
  };
  const elapsedMs = Math.min((row.ended_at_ms ?? nowMs) - row.created_at_ms, row.duration_sec * 1000);
  return {
    lease_id: row.lease_id,
    worker_id: row.worker_id,
    consumer_id: row.consumer_id,
    consumer_address: row.consumer_address,
    prefix: row.prefix,
    duration_sec: row.duration_sec,
    state: row.state,
    created_at: toUnixSeconds(row.created_at_ms),
    ended_at: row.ended_at_ms === null ? null : toUnixSeconds(row.ended_at_ms),
    blocks_found: row.blocks_found,
    avg_hashrate: samples === 0 ? 0 : Math.round((sum / samples) * 100) / 100,
    elapsed_sec: Math.max(0, elapsedMs) / 1000,
    price_per_min: toCredits(row.price_per_min_micro),
    total_cost: costMicro === undefined ? null : toCredits(costMicro),
    end_reason: row.end_reason,
  };
}

export function toSettlement(row: SettlementRow): Settlement {
  return {
    lease_id: row.lease_id,
    consumer_id: row.consumer_id,
    provider_id: row.provider_id,
    worker_id: row.worker_id,
    duration_sec: row.billed_ms / 1000,
    elapsed_sec: row.elapsed_ms / 1000,
    downtime_sec: row.downtime_ms / 1000,
    blocks_found: row.blocks_found,
    held: toCredits(row.held_micro),
    total_cost: toCredits(row.total_cost_micro),
    provider_payout: toCredits(row.provider_payout_micro),
    provider_payment: toCredits(row.provider_payout_micro),
    platform_fee: toCredits(row.platform_fee_micro),
    refund: toCredits(row.refund_micro),
    transaction_id: row.transaction_id,
    settled_at: toUnixSeconds(row.settled_at_ms),
  };
}

/** Explains every number of a bill in words and figures. */
export function toStatement(row: LeaseRow, bill: Bill, transactions: number[], isFinal: boolean): Statement {
  const price = toCredits(row.price_per_min_micro);
  const cost = toCredits(bill.costMicro);
  const [billedSec, elapsedSec, downtimeSec] = [
    bill.billedMs / 1000,
    bill.elapsedMs / 1000,
    bill.downtimeMs / 1000,
  ];
  return {
    price_per_min: price,
    held: toCredits(row.held_micro),
    elapsed_sec: elapsedSec,
    outages: bill.gaps.map(({ fromMs, toMs, cause }) => ({
      from: toUnixSeconds(fromMs),
      to: toUnixSeconds(toMs),
      cause,
    })),
    downtime_sec: downtimeSec,
    billed_sec: billedSec,
    total_cost: cost,
    provider_payout: toCredits(bill.payoutMicro),
    platform_fee: toCredits(bill.feeMicro),
    refund: toCredits(bill.refundMicro),
    explanation:
      row.imported === 1
        ? explainImported(cost)
        : [
            `held = ${price} a minute × ${row.duration_sec} s / 60 = ${toCredits(row.held_micro)}`,
            `billed = ${elapsedSec} s elapsed − ${downtimeSec} s the worker was away = ${billedSec} s`,
            `cost = ${price} a minute × ${billedSec} s / 60 = ${cost}, rounded down to 0.000001`,
            `platform fee = ${platformFeePercent} % of ${cost} = ${toCredits(bill.feeMicro)}, rounded down`,
            `provider payout = ${cost} − ${toCredits(bill.feeMicro)} = ${toCredits(bill.payoutMicro)}`,
            `refund = ${toCredits(row.held_micro)} − ${cost} = ${toCredits(bill.refundMicro)}`,
          ],
    transactions,
    is_final: isFinal,
  };
}

function explainImported(cost: number): string[] {
  return [
    'It ended on the earlier platform, which held nothing beforehand and knew no downtime',
    `cost = ${cost}, as the earlier platform settled it, rounded to 0.000001; 0 when it did not`,
  ];
}
