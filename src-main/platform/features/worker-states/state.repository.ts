/** All SQL of what workers did since when. */
import { sql } from 'kysely';
import type { RecordedState } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';

/** From here on a worker (the empty id: the platform) was in a state. */
export interface Transition {
  readonly workerId: string;
  readonly sinceMs: number;
  readonly state: RecordedState;
}

/** The platform's own rows. */
const platformId = '';

export class StateRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** The last state of each worker. */
  loadLast(): Promise<Transition[]> {
    const last = sql<number>`(select max(since_ms) from worker_states as seen
      where seen.worker_id = workers.worker_id)`;
    return this.#storage.read
      .selectFrom('workers')
      .innerJoin('worker_states', (join) =>
        join
          .onRef('worker_states.worker_id', '=', 'workers.worker_id')
          .on('worker_states.since_ms', '=', last),
      )
      .select([
        'worker_states.worker_id as workerId',
        'worker_states.since_ms as sinceMs',
        'worker_states.state as state',
      ])
      .execute();
  }

  /** The state at `fromMs` and all changes until `toMs`, in order. */
  async within(workerId: string, fromMs: number, toMs: number): Promise<Transition[]> {
    const first = this.#storage.read
      .selectFrom('worker_states')
      .where('worker_id', '=', workerId)
      .where('since_ms', '<=', fromMs)
      .select(({ fn }) => fn.max('since_ms').as('since_ms'));
    return this.#storage.read
      .selectFrom('worker_states')
      .where('worker_id', '=', workerId)
      .where('since_ms', '>=', (build) => build.fn.coalesce(first, build.val(fromMs)))
      .where('since_ms', '<', toMs)
      .select(['worker_id as workerId', 'since_ms as sinceMs', 'state'])
      .orderBy('since_ms')
      .execute();
  }

  /** When the platform observed its workers. */
  ofPlatform(fromMs: number, toMs: number): Promise<Transition[]> {
    return this.within(platformId, fromMs, toMs);
  }

  /** Stores changes, in one transaction. */
  async save(transitions: readonly Transition[]): Promise<void> {
    const rows = JSON.stringify(
      transitions.map(({ workerId, sinceMs, state }) => [workerId, sinceMs, state]),
    );
    await this.#storage.write(
      (db) =>
        sql`insert into worker_states (worker_id, since_ms, state)
        select value ->> 0, value ->> 1, value ->> 2 from json_each(${rows})
        where true on conflict do nothing`.execute(db),
      'normal',
    );
  }

  /**
   * The platform observes from now on. When nobody noted that it stopped, it was killed: after `lastSignMs` it saw
   * nothing.
   */
  async beginObserving(nowMs: number, lastSignMs: number): Promise<void> {
    const last = await this.#lastOfPlatform();
    let sinceMs = (last?.sinceMs ?? 0) + 1;
    if (last?.state === 'observed') {
      const endedMs = Math.max(sinceMs, Math.min(lastSignMs, nowMs));
      await this.#saveOfPlatform(endedMs, 'unknown');
      sinceMs = endedMs + 1;
    }
    await this.#saveOfPlatform(Math.max(nowMs, sinceMs), 'observed');
  }

  /** From now on nobody knows what workers do. */
  async endObserving(nowMs: number): Promise<void> {
    const last = await this.#lastOfPlatform();
    if (last?.state === 'observed') await this.#saveOfPlatform(Math.max(nowMs, last.sinceMs + 1), 'unknown');
  }

  /** The last moment at which anything was seen of the fleet; 0: never. */
  async lastSignMs(): Promise<number> {
    const look = await this.#storage.read
      .selectFrom('fleet_snapshots')
      .select(({ fn }) => fn.max<number | null>('taken_at_ms').as('at'))
      .executeTakeFirst();
    const heard = await this.#storage.read
      .selectFrom('worker_activity')
      .select(({ fn }) => fn.max<number | null>('last_online_at_ms').as('at'))
      .executeTakeFirst();
    const changes = await this.loadLast();
    return changes.reduce(
      (last, { sinceMs }) => Math.max(last, sinceMs),
      Math.max(look?.at ?? 0, heard?.at ?? 0),
    );
  }

  /** The worker after this one, by its id; undefined when there is none. Empty ids are before all others. */
  async nextWorker(afterId: string): Promise<string | undefined> {
    const row = await this.#storage.read
      .selectFrom('worker_states')
      .where('worker_id', '>', afterId)
      .select('worker_id')
      .orderBy('worker_id')
      .limit(1)
      .executeTakeFirst();
    return row?.worker_id;
  }

  /** Deletes up to `limit` changes of a worker that were over before a moment. Returns how many there were. */
  forget(workerId: string, beforeMs: number, limit: number): Promise<number> {
    return this.#storage.write(async (db) => {
      const { numAffectedRows } = await sql`delete from worker_states
        where worker_id = ${workerId} and since_ms in (
          select since_ms from worker_states
          where worker_id = ${workerId} and since_ms < (
            select max(since_ms) from worker_states where worker_id = ${workerId} and since_ms <= ${beforeMs})
          limit ${limit})`.execute(db);
      return Number(numAffectedRows ?? 0);
    }, 'normal');
  }

  async #lastOfPlatform(): Promise<Transition | undefined> {
    return this.#storage.read
      .selectFrom('worker_states')
      .where('worker_id', '=', platformId)
      .select(['worker_id as workerId', 'since_ms as sinceMs', 'state'])
      .orderBy('since_ms', 'desc')
      .limit(1)
      .executeTakeFirst();
  }

  #saveOfPlatform(sinceMs: number, state: RecordedState): Promise<void> {
    return this.save([{ workerId: platformId, sinceMs, state }]);
  }
}
