/** All SQL of what was usual before the platform started. */
import { sql } from 'kysely';
import type { StorageAccess } from '../../storage/storage.ts';
import type { TimelineState } from '../../../contract/domain/worker-page.ts';

export interface StateChange {
  readonly workerId: string;
  readonly sinceMs: number;
  readonly state: TimelineState;
}

/** While a worker mined for a lease. */
export interface LeasedSpan {
  readonly workerId: string;
  readonly fromMs: number;
  /** null: it goes on. */
  readonly toMs: number | null;
}

export class UsualRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** When hashrates were stored since a moment, one time for each `stepMs`, rising. */
  async rounds(sinceMs: number, stepMs: number): Promise<number[]> {
    const rows = await this.#storage.read
      .selectFrom('fleet_snapshots')
      .where('taken_at_ms', '>=', sinceMs)
      .select(({ fn }) => fn.min('taken_at_ms').as('atMs'))
      .groupBy(sql`taken_at_ms / ${sql.lit(stepMs)}`)
      .orderBy('atMs')
      .execute();
    return rows.map(({ atMs }) => atMs);
  }

  /** The hashrates of one round. */
  hashrates(takenAtMs: number): Promise<{ workerId: string; hashrate: number }[]> {
    return this.#storage.read
      .selectFrom('hashrate_snapshots')
      .where('taken_at_ms', '=', takenAtMs)
      .select(['worker_id as workerId', 'hashrate'])
      .execute();
  }

  /** The state of each worker at a moment, and all changes since; rising in time. */
  async states(sinceMs: number): Promise<StateChange[]> {
    const { rows } = await sql<StateChange>`select worker_states.worker_id as workerId,
        worker_states.since_ms as sinceMs, worker_states.state as state
      from workers cross join worker_states on worker_states.worker_id = workers.worker_id
        and worker_states.since_ms >= coalesce((select max(since_ms) from worker_states as before
          where before.worker_id = workers.worker_id and before.since_ms <= ${sinceMs}), ${sinceMs})
      order by workers.worker_id, worker_states.since_ms`.execute(this.#storage.read);
    return rows;
  }

  /** When workers mined for leases that did not end before a moment. */
  async leasedSpans(sinceMs: number): Promise<LeasedSpan[]> {
    const spans = () =>
      this.#storage.read
        .selectFrom('leases')
        .where('mining_since_ms', 'is not', null)
        .select(['worker_id as workerId', sql<number>`mining_since_ms`.as('fromMs'), 'ended_at_ms as toMs']);
    const active = await spans().where('state', '=', 'active').execute();
    return [...active, ...(await spans().where('ended_at_ms', '>=', sinceMs).execute())];
  }
}
