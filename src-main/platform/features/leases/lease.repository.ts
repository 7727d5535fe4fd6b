/** All SQL of leases and settlements. */
import { sql } from 'kysely';
import type { LeaseState } from '../../../contract/domain/lease.ts';
import type { Database, LeaseRow, SettlementRow } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';
import type { LiveWorker } from '../fleet/index.ts';
import { bookEntry, readBalance } from '../ledger/index.ts';
import { findOutages, type Outage } from '../sessions/index.ts';
import type { ActiveLease } from './active-lease.ts';
import { holdOf, settle, toNewRow, type Ending } from './lease-books.ts';

/** Rows in one transaction, so that none holds the event loop for long. */
const rowsPerTransaction = 250;

/** Ended leases of one worker. */
export interface LeaseTally {
  completed: number;
  ended: number;
}

/** All leases of the platform. */
export interface LeaseCounts {
  leases: number;
  settlements: number;
  feesMicro: number;
}

/** What a block report needs to know of its lease. */
export interface LeaseForBlock {
  workerId: string;
  /** EIP-55 form. */
  consumerAddress: string;
  prefix: string;
  state: LeaseState;
  createdAtMs: number;
  endedAtMs: number | null;
}

/** Why a lease could not begin. */
export type OpenRefusal =
  | { readonly reason: 'no_account' | 'closed_account' | 'worker_taken' | 'prefix_taken' }
  | { readonly reason: 'too_little_money'; readonly availableMicro: number };

export interface SettledLease {
  readonly lease: LeaseRow;
  readonly settlement: SettlementRow;
}

/** Reads a lease inside the transaction that records one of its blocks. */
export async function findLeaseForBlock(db: Database, leaseId: string): Promise<LeaseForBlock | undefined> {
  return db
    .selectFrom('leases')
    .where('lease_id', '=', leaseId)
    .select([
      'worker_id as workerId',
      'consumer_address as consumerAddress',
      'prefix',
      'state',
      'created_at_ms as createdAtMs',
      'ended_at_ms as endedAtMs',
    ])
    .executeTakeFirst();
}

/** Counts blocks for a lease inside the transaction that records them; also for one that just ended. */
export async function addLeaseBlocks(db: Database, leaseId: string, count: number): Promise<void> {
  for (const table of ['leases', 'settlements'] as const) {
    await db
      .updateTable(table)
      .set((expression) => ({ blocks_found: expression('blocks_found', '+', count) }))
      .where('lease_id', '=', leaseId)
      .execute();
  }
}

async function openLease(db: Database, lease: ActiveLease, actor: string): Promise<OpenRefusal | undefined> {
  const account = await db
    .selectFrom('accounts')
    .where('account_id', '=', lease.consumerId)
    .select('closed_at_ms')
    .executeTakeFirst();
  if (!account) return { reason: 'no_account' };
  if (account.closed_at_ms !== null) return { reason: 'closed_account' };
  const availableMicro = (await readBalance(db, lease.consumerId))?.availableMicro ?? 0;
  if (availableMicro < lease.heldMicro) return { reason: 'too_little_money', availableMicro };
  const inserted = await db
    .insertInto('leases')
    .values(toNewRow(lease))
    // The indexes on active leases decide, not a look before: one lease a worker, one lease a prefix.
    .onConflict((conflict) => conflict.doNothing())
    .returning('lease_id')
    .executeTakeFirst();
  if (!inserted) {
    const taken = await db
      .selectFrom('leases')
      .where('worker_id', '=', lease.workerId)
      .where('state', '=', 'active')
      .select('lease_id')
      .executeTakeFirst();
    return { reason: taken ? 'worker_taken' : 'prefix_taken' };
  }
  await bookEntry(db, holdOf(lease, actor));
  return undefined;
}

/** The end of a lease, its settlement and all balance changes; undefined when it had ended already. */
async function endLease(db: Database, ending: Ending): Promise<SettledLease | undefined> {
  const { leaseId, endedAtMs } = ending;
  const row = await db
    .selectFrom('leases')
    .selectAll()
    .where('lease_id', '=', leaseId)
    .where('state', '=', 'active')
    .executeTakeFirst();
  if (!row) return undefined;
  const outages = await findOutages(db, row.worker_id, row.created_at_ms, endedAtMs);
  const { changes, entry, settlement: unbooked } = settle(row, ending, outages);
  const transactionId = await bookEntry(db, entry);
  await db.updateTable('leases').set(changes).where('lease_id', '=', leaseId).execute();
  const settlement = await db
    .insertInto('settlements')
    .values({ ...unbooked, transaction_id: transactionId })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { lease: { ...row, ...changes }, settlement };
}

export class LeaseRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /**
   * Which of these workers report the prefix of one of their leases, or the address of one who rented them; their own
   * address is no renter's.
   */
  async minedForRenters(
    workers: readonly Pick<LiveWorker, 'workerId' | 'ethAddress' | 'currentAddress' | 'currentPrefix'>[],
  ): Promise<ReadonlySet<string>> {
    const reports = workers
      .map(({ workerId, ethAddress, currentAddress, currentPrefix }) => {
        const address = currentAddress.toLowerCase();
        const prefix = currentPrefix.toLowerCase();
        return [workerId, address === ethAddress.toLowerCase() ? '' : address, prefix] as const;
      })
      .filter(([, address, prefix]) => address !== '' || prefix !== '');
    if (reports.length === 0) return new Set();
    const { rows } = await sql<{ workerId: string }>`select value ->> 0 as workerId
      from json_each(${JSON.stringify(reports)})
      where exists (select 1 from leases where worker_id = value ->> 0
        and ((value ->> 1 <> '' and lower(consumer_address) = value ->> 1)
          or (value ->> 2 <> '' and lower(prefix) = value ->> 2)))`.execute(this.#storage.read);
    return new Set(rows.map(({ workerId }) => workerId));
  }

  /** Begins a lease and holds its price, or says why not; durable when it settles. */
  open(lease: ActiveLease, actor: string): Promise<OpenRefusal | undefined> {
    return this.#storage.write((db) => openLease(db, lease, actor));
  }

  /** Ends and settles a lease in one transaction; undefined when it had ended already. */
  end(ending: Ending): Promise<SettledLease | undefined> {
    return this.#storage.write((db) => endLease(db, ending));
  }

  /** The worker mines for the lease. */
  async saveMiningSince(leaseId: string, miningSinceMs: number): Promise<void> {
    await this.#storage.write((db) =>
      db
        .updateTable('leases')
        .set({ mining_since_ms: miningSinceMs })
        .where('lease_id', '=', leaseId)
        .execute(),
    );
  }

  /** Stores the hashrates heard so far. */
  async saveHashrates(
    leases: readonly Pick<ActiveLease, 'leaseId' | 'hashrateSum' | 'hashrateSamples'>[],
  ): Promise<void> {
    for (let start = 0; start < leases.length; start += rowsPerTransaction) {
      const rows = leases
        .slice(start, start + rowsPerTransaction)
        .map(({ leaseId, hashrateSum, hashrateSamples }) => [leaseId, hashrateSum, hashrateSamples]);
      await this.#storage.write(async (db) => {
        // The plus keeps SQLite from walking through all active leases for each row.
        await sql`update leases set hashrate_sum = value ->> 1, hashrate_samples = value ->> 2
          from json_each(${JSON.stringify(rows)})
          where leases.lease_id = value ->> 0 and +leases.state = 'active'`.execute(db);
      }, 'normal');
    }
  }

  find(leaseId: string): Promise<LeaseRow | undefined> {
    return this.#storage.read
      .selectFrom('leases')
      .selectAll()
      .where('lease_id', '=', leaseId)
      .executeTakeFirst();
  }

  /** Who takes part in a lease. */
  parties(leaseId: string): Promise<{ consumerId: string; providerId: string } | undefined> {
    return this.#storage.read
      .selectFrom('leases')
      .where('lease_id', '=', leaseId)
      .select(['consumer_id as consumerId', 'provider_id as providerId'])
      .executeTakeFirst();
  }

  outages(workerId: string, fromMs: number, toMs: number): Promise<Outage[]> {
    return findOutages(this.#storage.read, workerId, fromMs, toMs);
  }

  /** Numbers of a lease's entries in the ledger. */
  async transactionsOf(leaseId: string): Promise<number[]> {
    const rows = await this.#storage.read
      .selectFrom('transactions')
      .where('lease_id', '=', leaseId)
      .select('transaction_id')
      .orderBy('transaction_id')
      .execute();
    return rows.map((row) => row.transaction_id);
  }

  settlementOf(leaseId: string): Promise<SettlementRow | undefined> {
    return this.#storage.read
      .selectFrom('settlements')
      .selectAll()
      .where('lease_id', '=', leaseId)
      .executeTakeFirst();
  }

  /** All leases under way. */
  loadActive(): Promise<LeaseRow[]> {
    return this.#storage.read.selectFrom('leases').selectAll().where('state', '=', 'active').execute();
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

  async loadCounts(): Promise<LeaseCounts> {
    const leases = await this.#storage.read
      .selectFrom('leases')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    const settlements = await this.#storage.read
      .selectFrom('settlements')
      .select(({ fn }) => [
        fn.countAll<number>().as('count'),
        fn.sum<number | null>('platform_fee_micro').as('fees'),
      ])
      .executeTakeFirstOrThrow();
    return { leases: leases.count, settlements: settlements.count, feesMicro: settlements.fees ?? 0 };
  }
}
