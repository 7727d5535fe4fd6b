import type { ActiveLease } from './active-lease.ts';

/** The leases under way, found by worker and by id. */
export class ActiveLeases {
  readonly #byWorker = new Map<string, ActiveLease>();
  readonly #byId = new Map<string, ActiveLease>();
  /** Samples of each lease when they were last taken. */
  readonly #taken = new WeakMap<ActiveLease, number>();

  get size(): number {
    return this.#byId.size;
  }

  all(): IterableIterator<ActiveLease> {
    return this.#byId.values();
  }

  ofWorker(workerId: string): ActiveLease | undefined {
    return this.#byWorker.get(workerId);
  }

  byId(leaseId: string): ActiveLease | undefined {
    return this.#byId.get(leaseId);
  }

  add(lease: ActiveLease): void {
    this.#byWorker.set(lease.workerId, lease);
    this.#byId.set(lease.leaseId, lease);
  }

  remove(lease: ActiveLease): void {
    this.#byId.delete(lease.leaseId);
    if (this.#byWorker.get(lease.workerId) === lease) this.#byWorker.delete(lease.workerId);
  }

  clear(): void {
    this.#byWorker.clear();
    this.#byId.clear();
  }

  /** Those whose workers were heard since the last time. */
  takeHeard(): ActiveLease[] {
    const heard = [...this.#byId.values()].filter(
      (lease) => lease.hashrateSamples !== (this.#taken.get(lease) ?? 0),
    );
    for (const lease of heard) this.#taken.set(lease, lease.hashrateSamples);
    return heard;
  }
}
