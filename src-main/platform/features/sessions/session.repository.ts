/** All SQL of the session log. */
import { sql } from 'kysely';
import type { Database } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';

/** A time in which a worker was away. */
export interface Outage {
  readonly beganAtMs: number;
  /** Null while it still is. */
  readonly endedAtMs: number | null;
  readonly cause: 'offline' | 'silent';
}

/**
 * The times within a span in which a worker was away, in order; runs in the caller's transaction. They do not
 * overlap: of those that began before the span only the last one can reach into it.
 */
export function findOutages(db: Database, workerId: string, fromMs: number, toMs: number): Promise<Outage[]> {
  const last = db
    .selectFrom('worker_outages')
    .where('worker_id', '=', workerId)
    .where('began_at_ms', '<=', fromMs)
    .select(({ fn }) => fn.max('began_at_ms').as('began_at_ms'));
  return db
    .selectFrom('worker_outages')
    .where('worker_id', '=', workerId)
    .where('began_at_ms', '>=', (build) => build.fn.coalesce(last, build.val(fromMs)))
    .where('began_at_ms', '<', toMs)
    .where((where) => where.or([where('ended_at_ms', 'is', null), where('ended_at_ms', '>', fromMs)]))
    .select(['began_at_ms as beganAtMs', 'ended_at_ms as endedAtMs', 'cause'])
    .orderBy('began_at_ms')
    .execute();
}

export class SessionRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** Workers that are away, and since when. */
  async loadOpen(): Promise<Map<string, Outage>> {
    const rows = await this.#storage.read
      .selectFrom('worker_outages')
      .where('ended_at_ms', 'is', null)
      .select(['worker_id', 'began_at_ms as beganAtMs', 'ended_at_ms as endedAtMs', 'cause'])
      .execute();
    return new Map(rows.map(({ worker_id: workerId, ...outage }) => [workerId, outage]));
  }

  /** The worker after this one in the log, by its id; undefined when there is none. */
  async nextWorker(afterId: string): Promise<string | undefined> {
    const row = await this.#storage.read
      .selectFrom('worker_outages')
      .where('worker_id', '>', afterId)
      .select('worker_id')
      .orderBy('worker_id')
      .limit(1)
      .executeTakeFirst();
    return row?.worker_id;
  }

  /**
   * Deletes up to `limit` outages of a worker that were over before a moment. Those within a lease are kept with it:
   * its statement shows them. Returns how many there were.
   */
  forget(workerId: string, beforeMs: number, limit: number): Promise<number> {
    return this.#storage.write(async (db) => {
      const { numAffectedRows } = await sql`delete from worker_outages
        where worker_id = ${workerId} and began_at_ms in (
          select began_at_ms from worker_outages as outage
          where worker_id = ${workerId} and began_at_ms < ${beforeMs} and ended_at_ms < ${beforeMs}
            and not exists (select 1 from leases where leases.worker_id = outage.worker_id
              and leases.created_at_ms < outage.ended_at_ms
              and (leases.ended_at_ms is null or leases.ended_at_ms > outage.began_at_ms))
          limit ${limit})`.execute(db);
      return Number(numAffectedRows ?? 0);
    }, 'normal');
  }

  /** All outages that were not over at a moment, by worker. */
  async since(atMs: number): Promise<Map<string, Outage[]>> {
    const rows = await this.#storage.read
      .selectFrom('worker_outages')
      .where((where) => where.or([where('ended_at_ms', 'is', null), where('ended_at_ms', '>', atMs)]))
      .select(['worker_id', 'began_at_ms as beganAtMs', 'ended_at_ms as endedAtMs', 'cause'])
      .orderBy('worker_id')
      .orderBy('began_at_ms')
      .execute();
    return Map.groupBy(rows, (row) => row.worker_id);
  }

  /** Stores what another database knows of the outages of workers, in the place of what is known here of the same time. */
  async takeOver(outages: ReadonlyMap<string, readonly Outage[]>): Promise<void> {
    await this.#storage.write(async (db) => {
      for (const [workerId, own] of outages) {
        const [first] = own;
        if (!first) continue;
        await db
          .deleteFrom('worker_outages')
          .where('worker_id', '=', workerId)
          .where((where) =>
            where.or([where('ended_at_ms', 'is', null), where('began_at_ms', '>=', first.beganAtMs)]),
          )
          .execute();
        for (const { beganAtMs, endedAtMs, cause } of own)
          await db
            .insertInto('worker_outages')
            .values({ worker_id: workerId, began_at_ms: beganAtMs, ended_at_ms: endedAtMs, cause })
            .execute();
      }
    });
  }

  /** Stores outages of a worker in their order, each under its beginning: as they are now. */
  async save(workerId: string, outages: readonly Outage[]): Promise<void> {
    await this.#storage.write(async (db) => {
      for (const { beganAtMs, endedAtMs, cause } of outages)
        await db
          .insertInto('worker_outages')
          .values({ worker_id: workerId, began_at_ms: beganAtMs, ended_at_ms: endedAtMs, cause })
          .onConflict((conflict) =>
            conflict.columns(['worker_id', 'began_at_ms']).doUpdateSet({ ended_at_ms: endedAtMs }),
          )
          .execute();
    }, 'normal');
  }
}
