/** How far a lease is. */
import { costOf, toCredits, toMicro } from '../../../src-main/contract/domain/money.ts';
import type { Lease } from '../../../src-main/contract/domain/lease.ts';

type Timed = Pick<Lease, 'state' | 'created_at' | 'duration_sec' | 'elapsed_sec'>;

/** Seconds that have gone by, never beyond what was booked; `now` in Unix seconds. */
export function elapsedSec({ state, created_at, duration_sec, elapsed_sec }: Timed, now: number): number {
  if (state !== 'active') return elapsed_sec;
  return Math.min(duration_sec, Math.max(0, now - created_at));
}

/** Seconds until an active lease ends by itself. */
export function remainingSec(lease: Timed, now: number): number {
  return lease.duration_sec - elapsedSec(lease, now);
}

/** Credits that an active lease costs at most if it ended now: outages are not in it. */
export function mostCostNow(lease: Timed & Pick<Lease, 'price_per_min'>, now: number): number {
  return toCredits(costOf(toMicro(lease.price_per_min), elapsedSec(lease, now) * 1000));
}
