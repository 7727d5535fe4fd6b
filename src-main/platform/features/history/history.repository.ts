/** All SQL of the hashrate time series. */
import { sql } from 'kysely';
import type { Database } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';

export interface WorkerSample {
  readonly workerId: string;
  readonly hashrate: number;
  readonly activeGpus: number;
}

export interface SeriesPoint {
  hashrate: number;
  activeGpus: number;
  takenAtMs: number;
  /** Of the fleet's series only. */
  onlineWorkers?: number;
}

async function insertSamples(
  db: Database,
  takenAtMs: number,
  samples: readonly WorkerSample[],
): Promise<void> {
  const rows = samples.map(({ workerId, hashrate, activeGpus }) => [workerId, hashrate, activeGpus]);
  await sql`insert into hashrate_snapshots (taken_at_ms, worker_id, hashrate, active_gpus)
    select ${takenAtMs}, value ->> 0, value ->> 1, value ->> 2 from json_each(${JSON.stringify(rows)})
    where true on conflict do nothing`.execute(db);
}

export class HistoryRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** Stores a part of one round of samples. */
  saveSamples(takenAtMs: number, samples: readonly WorkerSample[]): Promise<void> {
    return this.#storage.write((db) => insertSamples(db, takenAtMs, samples), 'normal');
  }

  /** Stores the sum of one round. */
  async saveFleetSample(
    takenAtMs: number,
    sum: { hashrate: number; activeGpus: number; online: number },
  ): Promise<void> {
    await this.#storage.write(
      (db) =>
        db
          .insertInto('fleet_snapshots')
          .values({
            taken_at_ms: takenAtMs,
            hashrate: sum.hashrate,
            active_gpus: sum.activeGpus,
            online_workers: sum.online,
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute(),
      'normal',
    );
  }

  /** The fleet's sums since a moment, averaged over steps of `stepMs`, rising in time. */
  fleetSeries(sinceMs: number, stepMs: number): Promise<SeriesPoint[]> {
    const step = sql<number>`taken_at_ms / ${sql.lit(stepMs)}`;
    return this.#storage.read
      .selectFrom('fleet_snapshots')
      .where('taken_at_ms', '>=', sinceMs)
      .select((expression) => [
        expression.fn.avg<number>('hashrate').as('hashrate'),
        expression.fn.avg<number>('active_gpus').as('activeGpus'),
        expression.fn.avg<number>('online_workers').as('onlineWorkers'),
        expression.fn.max('taken_at_ms').as('takenAtMs'),
      ])
      .groupBy(step)
      .orderBy('takenAtMs')
      .execute();
  }

  /** One worker's samples since a moment, averaged over steps of `stepMs`, rising in time. */
  workerSeries(workerId: string, sinceMs: number, stepMs: number): Promise<SeriesPoint[]> {
    const step = sql<number>`fleet_snapshots.taken_at_ms / ${sql.lit(stepMs)}`;
    // The rounds of the fleet name the times at which to look into the worker's samples: a seek each, no scan.
    return this.#storage.read
      .selectFrom('fleet_snapshots')
      .crossJoin('hashrate_snapshots')
      .whereRef('hashrate_snapshots.taken_at_ms', '=', 'fleet_snapshots.taken_at_ms')
      .where('hashrate_snapshots.worker_id', '=', workerId)
      .where('fleet_snapshots.taken_at_ms', '>=', sinceMs)
      .select((expression) => [
        expression.fn.avg<number>('hashrate_snapshots.hashrate').as('hashrate'),
        expression.fn.avg<number>('hashrate_snapshots.active_gpus').as('activeGpus'),
        expression.fn.max('fleet_snapshots.taken_at_ms').as('takenAtMs'),
      ])
      .groupBy(step)
      .orderBy('takenAtMs')
      .execute();
  }

  /** Deletes up to `limit` samples from before a moment, oldest first. Returns how many there were. */
  deleteSamplesBefore(beforeMs: number, limit: number): Promise<number> {
    return this.#storage.write(async (db) => {
      const { numAffectedRows } = await sql`delete from hashrate_snapshots where (taken_at_ms, worker_id) in (
        select taken_at_ms, worker_id from hashrate_snapshots where taken_at_ms < ${beforeMs}
        order by taken_at_ms limit ${limit})`.execute(db);
      return Number(numAffectedRows ?? 0);
    }, 'normal');
  }

  /** Deletes the fleet's sums from before a moment. */
  async deleteFleetSamplesBefore(beforeMs: number): Promise<void> {
    await this.#storage.write(
      (db) => db.deleteFrom('fleet_snapshots').where('taken_at_ms', '<', beforeMs).execute(),
      'normal',
    );
  }
}
