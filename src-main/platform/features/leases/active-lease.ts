/** A lease under way, as the platform watches it. */
import type { LeaseRow } from '../../storage/schema.ts';

export interface ActiveLease {
  readonly leaseId: string;
  readonly workerId: string;
  readonly consumerId: string;
  /** EIP-55 form. */
  readonly consumerAddress: string;
  readonly providerId: string;
  /** 16 hex digits. */
  readonly prefix: string;
  readonly durationSec: number;
  readonly pricePerMinMicro: number;
  readonly heldMicro: number;
  readonly createdAtMs: number;
  /** When its time is over. */
  readonly expiresAtMs: number;
  /** When the worker first showed that it mines for it. */
  miningSinceMs: number | null;
  hashrateSum: number;
  hashrateSamples: number;
  /** Until then the worker has to show that it mines. */
  confirmUntilMs: number;
  /** Since when the worker, online, does not mine for it, after it did; null while it does. */
  idleSinceMs: number | null;
  /** The task has to be sent again with the worker's next sign of life. */
  needsTask: boolean;
  /** The worker registered again meanwhile and got no answer, because that would have ended its work. */
  owesRegisterAck: boolean;
  /** Its end is being written. */
  isEnding: boolean;
}

/** domain.md, Lease: the worker has this long to report MINING. */
export const confirmWithinMs = 60_000;

type Terms = Omit<
  ActiveLease,
  | 'expiresAtMs'
  | 'miningSinceMs'
  | 'hashrateSum'
  | 'hashrateSamples'
  | 'confirmUntilMs'
  | 'idleSinceMs'
  | 'needsTask'
  | 'owesRegisterAck'
  | 'isEnding'
>;

/** A lease that begins. */
export function beginLease(terms: Terms): ActiveLease {
  return {
    ...terms,
    expiresAtMs: terms.createdAtMs + terms.durationSec * 1000,
    miningSinceMs: null,
    hashrateSum: 0,
    hashrateSamples: 0,
    confirmUntilMs: terms.createdAtMs + confirmWithinMs,
    idleSinceMs: null,
    needsTask: false,
    owesRegisterAck: false,
    isEnding: false,
  };
}

/**
 * A lease that goes on after a restart of the platform. A worker that had not shown yet that it mines may have done
 * so meanwhile: it gets the task and its time once more.
 */
export function resumeLease(row: LeaseRow, nowMs: number): ActiveLease {
  return {
    ...beginLease({
      leaseId: row.lease_id,
      workerId: row.worker_id,
      consumerId: row.consumer_id,
      consumerAddress: row.consumer_address,
      providerId: row.provider_id,
      prefix: row.prefix,
      durationSec: row.duration_sec,
      pricePerMinMicro: row.price_per_min_micro,
      heldMicro: row.held_micro,
      createdAtMs: row.created_at_ms,
    }),
    miningSinceMs: row.mining_since_ms,
    hashrateSum: row.hashrate_sum,
    hashrateSamples: row.hashrate_samples,
    confirmUntilMs: nowMs + confirmWithinMs,
    needsTask: row.mining_since_ms === null,
  };
}
