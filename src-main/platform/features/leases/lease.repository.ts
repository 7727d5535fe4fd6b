/** All SQL of leases. */
import type { Database } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';

/** Ended leases of one worker. */
export interface LeaseTally {
  completed: number;
  ended: number;
}

/** What a block report needs to know of its lease. */
export interface LeaseForBlock {
  workerId: string;
  prefix: string;
  state: 'active' | 'completed' | 'cancelled';
  endedAtMs: number | null;
}

/** Reads a lease inside the transaction that records one of its blocks. */
export async function findLeaseForBlock(db: Database, leaseId: string): Promise<LeaseForBlock | undefined> {
  return db
    .selectFrom('leases')
    .where('lease_id', '=', leaseId)
    .select(['worker_id as workerId', 'prefix', 'state', 'ended_at_ms as endedAtMs'])
    .executeTakeFirst();
}

/** Counts blocks for a lease inside the transaction that records them. */
export async function addLeaseBlocks(db: Database, leaseId: string, count: number): Promise<void> {
  await db
    .updateTable('leases')
    .set((expression) => ({ blocks_found: expression('blocks_found', '+', count) }))
    .where('lease_id', '=', leaseId)
    .execute();
}

export class LeaseRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** Worker and lease id of each active lease. */
  loadActive(): Promise<{ workerId: string; leaseId: string }[]> {
    return this.#storage.read
      .selectFrom('leases')
      .where('state', '=', 'active')
      .select(['worker_id as workerId', 'lease_id as leaseId'])
      .execute();
  }

  /** Who takes part in a lease. */
  parties(leaseId: string): Promise<{ consumerId: string; providerId: string } | undefined> {
    return this.#storage.read
      .selectFrom('leases')
      .where('lease_id', '=', leaseId)
      .select(['consumer_id as consumerId', 'provider_id as providerId'])
      .executeTakeFirst();
  }

  /** Ended leases by worker. */
  async loadTallies(): Promise<Map<string, LeaseTally>> {
    const rows = await this.#storage.read
      .selectFrom('leases')
      .where('state', '<>', 'active')
      .select(['worker_id', 'state', (expression) => expression.fn.countAll<number>().as('count')])
      .groupBy(['worker_id', 'state'])
      .execute();
    const tallies = new Map<string, LeaseTally>();
    for (const { worker_id: workerId, state, count } of rows) {
      const tally = tallies.get(workerId) ?? { completed: 0, ended: 0 };
      tally.ended += count;
      if (state === 'completed') tally.completed += count;
      tallies.set(workerId, tally);
    }
    return tallies;
  }
}
