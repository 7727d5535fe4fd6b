/** The newest rows of many workers, by an index that leads to each worker's in the order of time. */
import { sql, type RawBuilder } from 'kysely';
import type { Database } from './schema.ts';

export interface WorkersRows {
  readonly table: 'blocks' | 'leases';
  /** On the worker's id and the time. */
  readonly index: string;
  /** Column of the time, in milliseconds. */
  readonly time: string;
  readonly workerIds: ReadonlySet<string>;
  /** What else has to hold. */
  readonly condition: RawBuilder<unknown>;
  /** Of one worker so many are looked at, at most. */
  readonly perWorker: number;
}

/** A moment and the number of a row. */
type Entry = readonly [atMs: number, number: number];

const newestFirst = ([at, number]: Entry, [otherAt, other]: Entry) => otherAt - at || other - number;

/**
 * Numbers (rowids) of rows, the newest first and none left out between them.
 *
 * @returns `isWhole` false: there are older ones, not looked at because a worker has more than `perWorker`
 */
export async function newestOfWorkers(
  db: Database,
  { table, index, time, workerIds, condition, perWorker }: WorkersRows,
): Promise<{ numbers: number[]; isWhole: boolean }> {
  const at = sql.ref(time);
  const { rows } = await sql<{ entries: string }>`select (
      select json_group_array(json_array(at, number)) from (
        select ${at} as at, rowid as number from ${sql.table(table)} indexed by ${sql.ref(index)}
        where worker_id = workers.value and ${condition}
        order by ${at} desc, rowid desc limit ${perWorker + 1})
    ) as entries from json_each(${JSON.stringify([...workerIds])}) as workers`.execute(db);
  const found: Entry[] = [];
  /** Up to here every worker was looked at. */
  let end: Entry = [-Infinity, 0];
  for (const { entries } of rows) {
    const ofWorker = (JSON.parse(entries) as Entry[]).sort(newestFirst);
    const last = ofWorker[perWorker - 1];
    if (ofWorker.length > perWorker && last && newestFirst(last, end) < 0) end = last;
    found.push(...ofWorker);
  }
  const reached = found.filter((entry) => newestFirst(entry, end) <= 0).sort(newestFirst);
  return { numbers: reached.map(([, number]) => number), isWhole: reached.length === found.length };
}
