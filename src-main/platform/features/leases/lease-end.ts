/** How leases end (domain.md, Lease). */
import { confirmWithinMs, type ActiveLease } from './active-lease.ts';
import type { Ending } from './lease-books.ts';

export type LeaseEnd = Pick<Ending, 'state' | 'reason' | 'endedAtMs' | 'unpaidSinceMs'>;

/** domain.md, Lease: a worker that stays offline this long loses the lease. */
export const maxAwayMs = 10 * 60_000;

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

/**
 * What its worker does not do ends it: it never mined, it is away, or it gave up. Undefined while the lease goes on.
 *
 * @param awaySinceMs since when the worker is away; undefined while it is not
 */
export function endByNeglect(
  lease: ActiveLease,
  nowMs: number,
  awaySinceMs: number | undefined,
): LeaseEnd | undefined {
  const { createdAtMs, miningSinceMs, confirmUntilMs, idleSinceMs } = lease;
  const cancelled = { state: 'cancelled', endedAtMs: nowMs } as const;
  if (miningSinceMs === null && nowMs >= confirmUntilMs)
    return { ...cancelled, reason: 'never_started', unpaidSinceMs: createdAtMs };
  if (awaySinceMs !== undefined)
    return nowMs - awaySinceMs >= maxAwayMs
      ? {
          ...cancelled,
          reason: 'worker_away',
          unpaidSinceMs: Math.min(awaySinceMs, idleSinceMs ?? awaySinceMs),
        }
      : undefined;
  if (idleSinceMs !== null && nowMs - idleSinceMs >= confirmWithinMs)
    return { ...cancelled, reason: 'worker_gave_up', unpaidSinceMs: idleSinceMs };
  return undefined;
}
