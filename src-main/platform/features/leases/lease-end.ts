/** How leases end (domain.md, Lease). */
import type { ActiveLease } from './active-lease.ts';
import type { Ending } from './lease.repository.ts';

export type LeaseEnd = Pick<Ending, 'state' | 'reason' | 'endedAtMs' | 'unpaidSinceMs'>;

/** Its time is over: nobody pays for a worker that never, or no longer, mined for it. */
export function endOfTime({ expiresAtMs, miningSinceMs, createdAtMs, idleSinceMs }: ActiveLease): LeaseEnd {
  const endedAtMs = expiresAtMs;
  return miningSinceMs === null
    ? { state: 'cancelled', reason: 'never_started', endedAtMs, unpaidSinceMs: createdAtMs }
    : { state: 'completed', reason: 'expired', endedAtMs, unpaidSinceMs: idleSinceMs ?? undefined };
}

/** Its consumer stops it: what was not mined any more is not paid. */
export function endByConsumer(lease: ActiveLease, nowMs: number): LeaseEnd {
  if (nowMs >= lease.expiresAtMs) return endOfTime(lease);
  return {
    state: 'completed',
    reason: 'stopped',
    endedAtMs: nowMs,
    unpaidSinceMs: lease.idleSinceMs ?? undefined,
  };
}
