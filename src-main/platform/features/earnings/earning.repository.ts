/** All SQL of earnings: reads blocks and settlements once, in the order of their ids, and keeps sums by day. */
import { sql } from 'kysely';
import type { Database, EarningDaysTable } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';

/** Sums of a worker's day, as they are stored. */
export interface DaySums {
  leased_ms: number;
  own_ms: number;
  leases: number;
  payout_micro: number;
  leased_blocks: number;
  own_blocks: number;
  own_super_blocks: number;
  own_xuni_blocks: number;
}

export interface DayRow extends DaySums {
  readonly day: number;
  readonly worker_id: string;
  readonly account_id: string;
}

export const noSums: Readonly<DaySums> = {
  leased_ms: 0,
  own_ms: 0,
  leases: 0,
  payout_micro: 0,
  leased_blocks: 0,
  own_blocks: 0,
  own_super_blocks: 0,
  own_xuni_blocks: 0,
};

export const sumNames = Object.keys(noSums) as (keyof DaySums)[];

export interface SourceBlock {
  readonly id: number;
  readonly workerId: string;
  readonly leaseId: string;
  readonly type: string;
  readonly counted: number;
  readonly atMs: number;
}

export interface SourceSettlement {
  readonly id: number;
  readonly workerId: string;
  readonly accountId: string;
  readonly payoutMicro: number;
  readonly atMs: number;
}

export type EarningSource = 'blocks' | 'settlements';

export class EarningRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** Up to which row a source was read. */
  async lastIdOf(source: EarningSource): Promise<number> {
    const row = await this.#storage.read
      .selectFrom('earning_progress')
      .where('source', '=', source)
      .select('last_id')
      .executeTakeFirst();
    return row?.last_id ?? 0;
  }

  blocksAfter(lastId: number, limit: number): Promise<SourceBlock[]> {
    return this.#storage.read
      .selectFrom('blocks')
      .where('block_id', '>', lastId)
      .orderBy('block_id')
      .limit(limit)
      .select([
        'block_id as id',
        'worker_id as workerId',
        'lease_id as leaseId',
        'type',
        'counted',
        'reported_at_ms as atMs',
      ])
      .execute();
  }

  settlementsAfter(lastId: number, limit: number): Promise<SourceSettlement[]> {
    return this.#storage.read
      .selectFrom('settlements')
      .where('settlement_id', '>', lastId)
      .orderBy('settlement_id')
      .limit(limit)
      .select([
        'settlement_id as id',
        'worker_id as workerId',
        'provider_id as accountId',
        'provider_payout_micro as payoutMicro',
        'settled_at_ms as atMs',
      ])
      .execute();
  }

  /** Adds to the sums of days; with a source, notes in the same transaction how far it was read. */
  async add(rows: readonly DayRow[], read?: { source: EarningSource; lastId: number }): Promise<void> {
    await this.#storage.write(async (db) => {
      for (const row of rows) await addTo(db, row);
      if (read)
        await db
          .insertInto('earning_progress')
          .values({ source: read.source, last_id: read.lastId })
          .onConflict((conflict) => conflict.column('source').doUpdateSet({ last_id: read.lastId }))
          .execute();
    }, 'normal');
  }

  /** The sums of a day, of all accounts or of these. */
  ofDay(day: number, accountIds: readonly string[] | undefined): Promise<DayRow[]> {
    let query = this.#storage.read.selectFrom('earning_days').where('day', '=', day);
    if (accountIds) query = query.where('account_id', 'in', accountIds);
    return query.selectAll().orderBy('worker_id').execute();
  }

  /** What leases paid on a day, by worker and account; those that were paid something. */
  payoutsOfDay(day: number): Promise<{ workerId: string; accountId: string; micro: number }[]> {
    return this.#storage.read
      .selectFrom('earning_days')
      .where('day', '=', day)
      .where('payout_micro', '>', 0)
      .select(['worker_id as workerId', 'account_id as accountId', 'payout_micro as micro'])
      .execute();
  }

  /** The oldest day that is kept; undefined: none is. */
  async firstDay(): Promise<number | undefined> {
    const row = await this.#storage.read
      .selectFrom('earning_days')
      .orderBy('day')
      .select('day')
      .limit(1)
      .executeTakeFirst();
    return row?.day;
  }

  /** Deletes the oldest day before this one; returns how many rows that were. */
  async forgetOldestBefore(day: number): Promise<number> {
    return this.#storage.write(async (db) => {
      const oldest = await db
        .selectFrom('earning_days')
        .where('day', '<', day)
        .orderBy('day')
        .select('day')
        .limit(1)
        .executeTakeFirst();
      if (!oldest) return 0;
      const { numDeletedRows } = await db
        .deleteFrom('earning_days')
        .where('day', '=', oldest.day)
        .executeTakeFirst();
      return Number(numDeletedRows);
    }, 'normal');
  }

  /** JSON as it was stored; undefined before anything was. */
  async rates(accountId: string): Promise<string | undefined> {
    const row = await this.#storage.read
      .selectFrom('earning_rates')
      .where('account_id', '=', accountId)
      .select('rates')
      .executeTakeFirst();
    return row?.rates;
  }

  async setRates(accountId: string, rates: string): Promise<void> {
    await this.#storage.write((db) =>
      db
        .insertInto('earning_rates')
        .values({ account_id: accountId, rates })
        .onConflict((conflict) => conflict.column('account_id').doUpdateSet({ rates }))
        .execute(),
    );
  }
}

async function addTo(db: Database, row: DayRow): Promise<void> {
  const sums = Object.fromEntries(
    sumNames.map((name) => [name, sql<number>`earning_days.${sql.ref(name)} + ${row[name]}`]),
  ) as Record<keyof DaySums, ReturnType<typeof sql<number>>>;
  await db
    .insertInto('earning_days')
    .values(row satisfies Partial<Record<keyof EarningDaysTable, unknown>>)
    .onConflict((conflict) => conflict.columns(['day', 'account_id', 'worker_id']).doUpdateSet(sums))
    .execute();
}
