/** A lease under way, as the platform watches it. */
export interface ActiveLease {
  readonly leaseId: string;
  readonly workerId: string;
  readonly consumerId: string;
  readonly consumerAddress: string;
  readonly providerId: string;
  readonly prefix: string;
  readonly durationSec: number;
  readonly pricePerMinMicro: number;
  readonly heldMicro: number;
  readonly createdAtMs: number;
  /** When its time is over. */
  readonly expiresAtMs: number;
  /** When the worker first reported MINING for it. */
  miningSinceMs: number | null;
  hashrateSum: number;
  hashrateSamples: number;
  /** The worker has to report MINING until then; null when it need not (any more). */
  confirmUntilMs: number | null;
  /** Since when the worker, online, does not mine for it, after it did; null while it does. */
  idleSinceMs: number | null;
  /** When the task was last sent. */
  assignedAtMs: number;
  /** The task has to be sent again as soon as the worker can take it. */
  needsTask: boolean;
  /** Its end is being written. */
  isEnding: boolean;
}
