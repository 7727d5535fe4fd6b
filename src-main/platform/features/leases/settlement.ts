/** What a lease costs: pure arithmetic on what was observed (domain.md, Lease). */
import { costOf, splitCost } from '../../../contract/domain/money.ts';
import type { Outage } from '../sessions/index.ts';

/** Everything on which the cost depends. */
export interface Observed {
  readonly createdAtMs: number;
  readonly endedAtMs: number;
  readonly durationSec: number;
  readonly pricePerMinMicro: number;
  readonly heldMicro: number;
  /** In order; may reach beyond the lease. */
  readonly outages: readonly Outage[];
  /** From here on nothing is paid, whatever was observed; undefined: everything counts. */
  readonly unpaidSinceMs: number | undefined;
}

/** A part of the lease in which the worker was away. */
export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
  readonly cause: string;
}

export interface Bill {
  readonly elapsedMs: number;
  readonly gaps: readonly Gap[];
  readonly downtimeMs: number;
  readonly billedMs: number;
  /** held = cost + refund; cost = payout + fee. */
  readonly costMicro: number;
  readonly payoutMicro: number;
  readonly feeMicro: number;
  readonly refundMicro: number;
}

/** The outages within a span, without overlaps, in order. */
function clip(outages: readonly Outage[], fromMs: number, toMs: number): Gap[] {
  const gaps: Gap[] = [];
  for (const { beganAtMs, endedAtMs, cause } of outages) {
    const start = Math.max(beganAtMs, fromMs, gaps.at(-1)?.toMs ?? fromMs);
    const end = Math.min(endedAtMs ?? toMs, toMs);
    if (end > start) gaps.push({ fromMs: start, toMs: end, cause });
  }
  return gaps;
}

/**
 * The bill of a lease. Time counts from creation to end, never beyond the duration; time in which the worker was
 * away is not paid; what is not paid is returned.
 */
export function computeBill(observed: Observed): Bill {
  const { createdAtMs, durationSec, pricePerMinMicro, heldMicro, unpaidSinceMs } = observed;
  const elapsedMs = Math.min(Math.max(0, observed.endedAtMs - createdAtMs), durationSec * 1000);
  const endMs = createdAtMs + elapsedMs;
  const paidUntilMs = Math.max(createdAtMs, Math.min(endMs, unpaidSinceMs ?? endMs));
  const gaps = clip(observed.outages, createdAtMs, paidUntilMs);
  if (paidUntilMs < endMs) gaps.push({ fromMs: paidUntilMs, toMs: endMs, cause: 'not_mining' });
  const downtimeMs = gaps.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const billedMs = elapsedMs - downtimeMs;
  const costMicro = Math.min(costOf(pricePerMinMicro, billedMs), heldMicro);
  const { payoutMicro, feeMicro } = splitCost(costMicro);
  return {
    elapsedMs,
    gaps,
    downtimeMs,
    billedMs,
    costMicro,
    payoutMicro,
    feeMicro,
    refundMicro: heldMicro - costMicro,
  };
}
