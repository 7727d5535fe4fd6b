/** All SQL of the session log. */
import type { Database } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';

/** A time in which a worker was away. */
export interface Outage {
  readonly beganAtMs: number;
  /** Null while it still is. */
  readonly endedAtMs: number | null;
  readonly cause: 'offline' | 'silent';
}

/** The times within a span in which a worker was away, in order; runs in the caller's transaction. */
export function findOutages(db: Database, workerId: string, fromMs: number, toMs: number): Promise<Outage[]> {
  return db
    .selectFrom('worker_outages')
    .where('worker_id', '=', workerId)
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
  async loadOpen(): Promise<Map<string, number>> {
    const rows = await this.#storage.read
      .selectFrom('worker_outages')
      .where('ended_at_ms', 'is', null)
      .select(['worker_id', 'began_at_ms'])
      .execute();
    return new Map(rows.map((row) => [row.worker_id, row.began_at_ms]));
  }

  async open(workerId: string, beganAtMs: number, cause: Outage['cause']): Promise<void> {
    await this.#storage.write(
      (db) =>
        db
          .insertInto('worker_outages')
          .values({ worker_id: workerId, began_at_ms: beganAtMs, ended_at_ms: null, cause })
          .onConflict((conflict) =>
            conflict.columns(['worker_id', 'began_at_ms']).doUpdateSet({ ended_at_ms: null }),
          )
          .execute(),
      'normal',
    );
  }

  async close(workerId: string, endedAtMs: number): Promise<void> {
    await this.#storage.write(
      (db) =>
        db
          .updateTable('worker_outages')
          .set({ ended_at_ms: endedAtMs })
          .where('worker_id', '=', workerId)
          .where('ended_at_ms', 'is', null)
          .execute(),
      'normal',
    );
  }
}
