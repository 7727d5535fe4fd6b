/** All SQL of the trends: what happened in each minute of a span. */
import { sql } from 'kysely';
import type { StorageAccess } from '../../storage/storage.ts';

const minuteMs = 60_000;

/** What happened within a span. */
export interface Figures {
  /** Rounds of the fleet's snapshots; none: nobody looked, or there was no worker. */
  samples: number;
  hashrateSum: number;
  onlineSum: number;
  /** Blocks that count. */
  blocks: number;
  leasesStarted: number;
  leasesEnded: number;
  feesMicro: number;
}

export type MinuteFigures = Partial<Figures> & { readonly minute: number };

export class TrendRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** Each minute from `fromMs` to before `toMs` in which something happened; one may come in several parts. */
  async minutes(fromMs: number, toMs: number): Promise<MinuteFigures[]> {
    const span = { fromMs, toMs };
    return [
      ...(await this.#samples(span)),
      ...(await this.#blocks(span)),
      ...(await this.#leases('created_at_ms', 'leasesStarted', span)),
      ...(await this.#leases('ended_at_ms', 'leasesEnded', span)),
      ...(await this.#fees(span)),
    ];
  }

  #samples({ fromMs, toMs }: Span): Promise<MinuteFigures[]> {
    const minute = sql<number>`taken_at_ms / ${sql.lit(minuteMs)}`;
    return this.#storage.read
      .selectFrom('fleet_snapshots')
      .where('taken_at_ms', '>=', fromMs)
      .where('taken_at_ms', '<', toMs)
      .select(({ fn }) => [
        minute.as('minute'),
        fn.countAll<number>().as('samples'),
        fn.sum<number>('hashrate').as('hashrateSum'),
        fn.sum<number>('online_workers').as('onlineSum'),
      ])
      .groupBy(minute)
      .execute();
  }

  #blocks({ fromMs, toMs }: Span): Promise<MinuteFigures[]> {
    const minute = sql<number>`reported_at_ms / ${sql.lit(minuteMs)}`;
    return this.#storage.read
      .selectFrom('blocks')
      .where('counted', '=', sql.lit(1))
      .where('reported_at_ms', '>=', fromMs)
      .where('reported_at_ms', '<', toMs)
      .select(({ fn }) => [minute.as('minute'), fn.countAll<number>().as('blocks')])
      .groupBy(minute)
      .execute();
  }

  async #leases(
    column: 'created_at_ms' | 'ended_at_ms',
    name: 'leasesStarted' | 'leasesEnded',
    { fromMs, toMs }: Span,
  ): Promise<MinuteFigures[]> {
    const minute = sql<number>`${sql.ref(column)} / ${sql.lit(minuteMs)}`;
    const rows = await this.#storage.read
      .selectFrom('leases')
      .where(column, '>=', fromMs)
      .where(column, '<', toMs)
      .select(({ fn }) => [minute.as('minute'), fn.countAll<number>().as('count')])
      .groupBy(minute)
      .execute();
    return rows.map((row) => ({ minute: row.minute, [name]: row.count }));
  }

  #fees({ fromMs, toMs }: Span): Promise<MinuteFigures[]> {
    const minute = sql<number>`settled_at_ms / ${sql.lit(minuteMs)}`;
    return this.#storage.read
      .selectFrom('settlements')
      .where('settled_at_ms', '>=', fromMs)
      .where('settled_at_ms', '<', toMs)
      .select(({ fn }) => [minute.as('minute'), fn.sum<number>('platform_fee_micro').as('feesMicro')])
      .groupBy(minute)
      .execute();
  }
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}
