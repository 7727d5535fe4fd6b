/** Pages of leases and settlements. */
import { sql, type RawBuilder, type SelectQueryBuilder } from 'kysely';
import type { LeaseState } from '../../../contract/domain/lease.ts';
import type { AccountTotalsTable, DatabaseSchema } from '../../storage/schema.ts';
import { newestOfWorkers } from '../../storage/newest-of-workers.ts';
import type { StorageAccess } from '../../storage/storage.ts';
import type { LeaseRow, SettlementRow } from '../../storage/schema.ts';

/** Which leases; absent fields let everything through. */
export interface LeaseFilter {
  readonly state?: LeaseState | undefined;
  readonly consumerId?: string | undefined;
  readonly providerId?: string | undefined;
  /** Its consumer or its worker's owner. */
  readonly partyId?: string | undefined;
  readonly workerId?: string | undefined;
  /** Leases of these workers only. */
  readonly workerIds?: ReadonlySet<string> | undefined;
  /** When it began: from `sinceMs` to before `untilMs`. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

/** A portion of a list. */
export interface Portion {
  readonly limit: number;
  readonly offset: number;
}

/** Leases of one kind, all time. */
interface LeaseTotals {
  readonly leases: number;
  readonly completed: number;
  readonly cancelled: number;
}

/** Leases of an account in one role. */
export interface RoleTotals extends LeaseTotals {
  readonly settlements: number;
  /** Paid as a consumer, earned as a provider, by settled leases. */
  readonly moneyMicro: number;
}

/** What an account rented and let. */
export interface AccountTotals {
  readonly consumer: RoleTotals;
  readonly provider: RoleTotals;
  /** Leases in which it is both. */
  readonly own: LeaseTotals;
  /** Blocks that count for the leases of its workers. */
  readonly providerBlocks: number;
}

const rowsPerPortion = 500;

/** Found by one way of looking, at most. */
const maxMatches = 2000;

const totalColumns = [
  'consumer_leases',
  'consumer_completed',
  'consumer_cancelled',
  'consumer_settlements',
  'consumer_cost_micro',
  'provider_leases',
  'provider_completed',
  'provider_cancelled',
  'provider_settlements',
  'provider_payout_micro',
  'own_leases',
  'own_completed',
  'own_cancelled',
  'provider_blocks',
] as const satisfies readonly (keyof AccountTotalsTable)[];

/** Leases under way. */
export function activeLeasesOf({ leases, completed, cancelled }: LeaseTotals): number {
  return leases - completed - cancelled;
}

function leasesOf(totals: LeaseTotals, state: LeaseState | undefined): number {
  if (state === undefined) return totals.leases;
  return state === 'active' ? activeLeasesOf(totals) : totals[state];
}

export class LeaseListRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** Newest first. */
  leases(filter: LeaseFilter, portion: Portion): Promise<LeaseRow[]> {
    const { partyId, workerIds } = filter;
    if (workerIds !== undefined) return this.#ofWorkers(workerIds, filter, portion);
    if (partyId !== undefined) return this.#ofParty(partyId, filter, portion);
    const { limit, offset } = portion;
    return newestFirst(this.#filtered(filter).selectAll()).limit(limit).offset(offset).execute();
  }

  /** What leases were settled for, in micro-credits; without those that are not settled. */
  async costsOf(leaseIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (leaseIds.length === 0) return new Map();
    const rows = await this.#storage.read
      .selectFrom('settlements')
      .where('lease_id', 'in', leaseIds)
      .select(['lease_id', 'total_cost_micro'])
      .execute();
    return new Map(rows.map((row) => [row.lease_id, row.total_cost_micro]));
  }

  /**
   * Leases that a text names, newest first: by the beginning of their id, with or without `lease-`, of their worker,
   * or of their consumer. A bounded number of them is looked at.
   */
  async search(text: string, filter: LeaseFilter, { limit, offset }: Portion) {
    const begins = (column: 'lease_id' | 'worker_id' | 'consumer_id', start: string) => ({ column, start });
    const meanings = [
      begins('lease_id', text.toLowerCase()),
      begins('lease_id', `lease-${text.toLowerCase()}`),
      begins('worker_id', text),
      begins('consumer_id', text),
      begins('consumer_id', text.toLowerCase()),
    ];
    const numbers = new Set<number>();
    for (const { column, start } of meanings) {
      const { rows } = await sql<{ number: number }>`select leases.rowid as number from leases
        where ${sql.ref(column)} >= ${start} and ${sql.ref(column)} < ${`${start}\u{10FFFF}`}
        limit ${maxMatches}`.execute(this.#storage.read);
      for (const { number } of rows) numbers.add(number);
    }
    const passing = (await this.#numbered([...numbers])).filter((row) => passes(row, filter));
    return { rows: passing.slice(offset, offset + limit), total: passing.length };
  }

  /** How many leases there are; of one account without a look at them. */
  async count(filter: LeaseFilter): Promise<number> {
    const { state, consumerId, providerId, partyId } = filter;
    if (filter.workerIds !== undefined) return this.#countOfWorkers(filter.workerIds, filter);
    const account = partyId ?? consumerId ?? providerId;
    const isNarrowed = [filter.workerId, filter.sinceMs, filter.untilMs].some((value) => value !== undefined);
    if (partyId !== undefined && isNarrowed) return this.#countOfParty(partyId, filter);
    if (isNarrowed || account === undefined || (consumerId !== undefined && providerId !== undefined))
      return this.#count(filter);
    const totals = await this.totalsOf(account);
    const rented = leasesOf(totals.consumer, state);
    const letOut = leasesOf(totals.provider, state);
    if (partyId === undefined) return consumerId === undefined ? letOut : rented;
    return rented + letOut - leasesOf(totals.own, state);
  }

  /** What an account rented and let, all time; several together. */
  async totalsOf(...accountIds: string[]): Promise<AccountTotals> {
    const sums = await this.#storage.read
      .selectFrom('account_totals')
      .where('account_id', 'in', accountIds)
      .select(({ fn }) => totalColumns.map((column) => fn.sum<number | null>(column).as(column)))
      .executeTakeFirst();
    const of = (column: (typeof totalColumns)[number]) => sums?.[column] ?? 0;
    return {
      consumer: {
        leases: of('consumer_leases'),
        completed: of('consumer_completed'),
        cancelled: of('consumer_cancelled'),
        settlements: of('consumer_settlements'),
        moneyMicro: of('consumer_cost_micro'),
      },
      provider: {
        leases: of('provider_leases'),
        completed: of('provider_completed'),
        cancelled: of('provider_cancelled'),
        settlements: of('provider_settlements'),
        moneyMicro: of('provider_payout_micro'),
      },
      own: { leases: of('own_leases'), completed: of('own_completed'), cancelled: of('own_cancelled') },
      providerBlocks: of('provider_blocks'),
    };
  }

  /** Newest first; of some providers, or of all. */
  settlements(
    providerIds: readonly string[] | undefined,
    { limit, offset }: Portion,
  ): Promise<SettlementRow[]> {
    const all = this.#storage.read.selectFrom('settlements').selectAll();
    return (providerIds === undefined ? all : all.where('provider_id', 'in', providerIds))
      .orderBy('settled_at_ms', 'desc')
      .orderBy('settlement_id', 'desc')
      .limit(limit)
      .offset(offset)
      .execute();
  }

  /** What providers were paid for leases that were settled from `fromMs` to before `toMs`. */
  async settledWithin(
    providerIds: readonly string[],
    fromMs: number,
    toMs: number,
  ): Promise<{ leases: number; payoutMicro: number; blocks: number }> {
    const sums = await this.#storage.read
      .selectFrom('settlements')
      .where('provider_id', 'in', providerIds)
      .where('settled_at_ms', '>=', fromMs)
      .where('settled_at_ms', '<', toMs)
      .select(({ fn }) => [
        fn.countAll<number>().as('leases'),
        fn.sum<number | null>('provider_payout_micro').as('payoutMicro'),
        fn.sum<number | null>('blocks_found').as('blocks'),
      ])
      .executeTakeFirstOrThrow();
    return { leases: sums.leases, payoutMicro: sums.payoutMicro ?? 0, blocks: sums.blocks ?? 0 };
  }

  /** All settlements of one provider, oldest first, in portions. */
  async *allSettlements(providerId: string): AsyncGenerator<SettlementRow> {
    for (let last: SettlementRow | undefined; ;) {
      let query = this.#storage.read
        .selectFrom('settlements')
        .selectAll()
        .where('provider_id', '=', providerId)
        .orderBy('settled_at_ms')
        .orderBy('settlement_id')
        .limit(rowsPerPortion);
      if (last) {
        const { settled_at_ms: settledAtMs, settlement_id: id } = last;
        query = query.where((where) =>
          where(where.refTuple('settled_at_ms', 'settlement_id'), '>', where.tuple(settledAtMs, id)),
        );
      }
      const rows = await query.execute();
      yield* rows;
      last = rows.at(-1);
      if (rows.length < rowsPerPortion) return;
    }
  }

  /** Leases by their numbers, newest first. */
  async #numbered(numbers: readonly number[]): Promise<LeaseRow[]> {
    const { rows } = await sql<LeaseRow & { number: number }>`select leases.rowid as number, leases.*
      from json_each(${JSON.stringify(numbers)}) as numbers
      cross join leases on leases.rowid = numbers.value`.execute(this.#storage.read);
    return rows.sort((left, right) => right.created_at_ms - left.created_at_ms || right.number - left.number);
  }

  /** No worker has more leases on the page, or before it, than the page and what is before it are long. */
  async #ofWorkers(workerIds: ReadonlySet<string>, filter: LeaseFilter, { limit, offset }: Portion) {
    const { numbers } = await newestOfWorkers(this.#storage.read, {
      ...{ table: 'leases', index: 'leases_worker_at', time: 'created_at_ms' },
      ...{ workerIds, condition: conditionOf(filter), perWorker: offset + limit },
    });
    return this.#numbered(numbers.slice(offset, offset + limit));
  }

  async #countOfWorkers(workerIds: ReadonlySet<string>, filter: LeaseFilter): Promise<number> {
    const { rows } = await sql<{ count: number | null }>`select sum((
        select count(*) from leases indexed by leases_worker_at
        where worker_id = workers.value and ${conditionOf(filter)}
      )) as count from json_each(${JSON.stringify([...workerIds])}) as workers`.execute(this.#storage.read);
    return rows[0]?.count ?? 0;
  }

  async #count(filter: LeaseFilter): Promise<number> {
    const row = await this.#filtered(filter)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return row.count;
  }

  /** Both sides of an account's leases, each of them once. */
  #sidesOf(partyId: string, filter: LeaseFilter) {
    const side = (role: LeaseFilter) =>
      this.#filtered({ ...filter, ...role }).select([
        'created_at_ms',
        sql<number>`leases.rowid`.as('number'),
      ]);
    return side({ consumerId: partyId }).union(side({ providerId: partyId }));
  }

  async #countOfParty(partyId: string, filter: LeaseFilter): Promise<number> {
    const row = await this.#storage.read
      .selectFrom(this.#sidesOf(partyId, filter).as('sides'))
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return row.count;
  }

  /** Both sides are walked in the order of their indexes, side by side up to the page; only its rows are read. */
  #ofParty(partyId: string, filter: LeaseFilter, { limit, offset }: Portion): Promise<LeaseRow[]> {
    const page = this.#sidesOf(partyId, filter)
      .orderBy('created_at_ms', 'desc')
      .orderBy('number', 'desc')
      .limit(limit)
      .offset(offset);
    return this.#storage.read
      .selectFrom(page.as('page'))
      .innerJoin('leases', (join) => join.on(sql<boolean>`leases.rowid = page.number`))
      .selectAll('leases')
      .orderBy('page.created_at_ms', 'desc')
      .orderBy('page.number', 'desc')
      .execute();
  }

  #filtered({ state, consumerId, providerId, workerId, sinceMs, untilMs }: LeaseFilter) {
    // A worker's leases are few: their index keeps the order, and the plus keeps the others away.
    const column = (name: 'state' | 'consumer_id' | 'provider_id') =>
      workerId === undefined ? sql<string>`${sql.ref(name)}` : sql<string>`+${sql.ref(name)}`;
    let query = this.#storage.read.selectFrom('leases');
    if (workerId !== undefined) query = query.where('worker_id', '=', workerId);
    if (state !== undefined) query = query.where(column('state'), '=', state);
    if (consumerId !== undefined) query = query.where(column('consumer_id'), '=', consumerId);
    if (providerId !== undefined) query = query.where(column('provider_id'), '=', providerId);
    if (sinceMs !== undefined) query = query.where('created_at_ms', '>=', sinceMs);
    if (untilMs !== undefined) query = query.where('created_at_ms', '<', untilMs);
    return query;
  }
}

/** What holds for the leases that are asked for, beside their workers by tag. */
function conditionOf(filter: LeaseFilter): RawBuilder<unknown> {
  const { state, consumerId, providerId, partyId, workerId, sinceMs, untilMs } = filter;
  const conditions = [
    ...(state === undefined ? [] : [sql`state = ${state}`]),
    ...(consumerId === undefined ? [] : [sql`consumer_id = ${consumerId}`]),
    ...(providerId === undefined ? [] : [sql`provider_id = ${providerId}`]),
    ...(partyId === undefined ? [] : [sql`(consumer_id = ${partyId} or provider_id = ${partyId})`]),
    ...(workerId === undefined ? [] : [sql`worker_id = ${workerId}`]),
    ...(sinceMs === undefined ? [] : [sql`created_at_ms >= ${sinceMs}`]),
    ...(untilMs === undefined ? [] : [sql`created_at_ms < ${untilMs}`]),
  ];
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

/** Whether a lease is one of those that are asked for. */
function passes(row: LeaseRow, filter: LeaseFilter): boolean {
  const { state, consumerId, providerId, partyId, workerId, workerIds, sinceMs, untilMs } = filter;
  return (
    (state === undefined || row.state === state) &&
    (consumerId === undefined || row.consumer_id === consumerId) &&
    (providerId === undefined || row.provider_id === providerId) &&
    (partyId === undefined || row.consumer_id === partyId || row.provider_id === partyId) &&
    (workerId === undefined || row.worker_id === workerId) &&
    (workerIds === undefined || workerIds.has(row.worker_id)) &&
    row.created_at_ms >= (sinceMs ?? 0) &&
    row.created_at_ms < (untilMs ?? Number.POSITIVE_INFINITY)
  );
}

/** Leases of one moment by their number. */
function newestFirst<Columns>(query: SelectQueryBuilder<DatabaseSchema, 'leases', Columns>) {
  return query.orderBy('created_at_ms', 'desc').orderBy(sql.ref('leases.rowid'), 'desc');
}
