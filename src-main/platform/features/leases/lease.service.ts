/** Which workers are rented out: the part of leases that the fleet has to respect. */
import type { Component } from '../../kernel/component.ts';
import type { LeaseRepository, LeaseTally } from './lease.repository.ts';

const noLeases: Readonly<LeaseTally> = { completed: 0, ended: 0 };

export class Leases implements Component {
  readonly name = 'leases';
  readonly #repository: LeaseRepository;
  readonly #activeByWorker = new Map<string, string>();
  #tallies = new Map<string, LeaseTally>();

  constructor(repository: LeaseRepository) {
    this.#repository = repository;
  }

  async start(): Promise<void> {
    this.#activeByWorker.clear();
    for (const { worker_id: workerId, lease_id: leaseId } of await this.#repository.loadActive()) {
      this.#activeByWorker.set(workerId, leaseId);
    }
    this.#tallies = await this.#repository.loadTallies();
  }

  stop(): void {
    this.#activeByWorker.clear();
    this.#tallies.clear();
  }

  get activeCount(): number {
    return this.#activeByWorker.size;
  }

  /** At most one lease a worker is active (domain.md, Lease). */
  hasActiveLease(workerId: string): boolean {
    return this.#activeByWorker.has(workerId);
  }

  /** Ended leases of a worker. */
  tallyOf(workerId: string): Readonly<LeaseTally> {
    return this.#tallies.get(workerId) ?? noLeases;
  }
}
