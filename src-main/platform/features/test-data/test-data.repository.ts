/** All SQL of test data beside what other features write themselves. */
import { sql } from 'kysely';
import type { Database } from '../../storage/schema.ts';
import { insertRows } from '../../storage/bulk-insert.ts';
import type { HashrateRound } from './hashrate-history.ts';

/** Tables that are empty in a database which only the platform's start has seen. */
const dataTables = ['workers', 'leases', 'blocks', 'transactions', 'chain_blocks'] as const;

/** Tables that a history fills. */
const countedTables = [
  'accounts',
  'workers',
  'worker_outages',
  'worker_states',
  'leases',
  'settlements',
  'transactions',
  'postings',
  'blocks',
  'hashrate_snapshots',
  'fleet_snapshots',
  'wallet_snapshots',
  'wallet_records',
] as const;

/** Whether there is anything that somebody would miss: workers, blocks, leases, money, accounts beside the platform's. */
export async function hasData(db: Database): Promise<boolean> {
  for (const table of dataTables) {
    const row = await db
      .selectFrom(table)
      .select(sql<number>`1`.as('one'))
      .limit(1)
      .executeTakeFirst();
    if (row) return true;
  }
  const account = await db
    .selectFrom('accounts')
    .where('origin', '<>', 'system')
    .select('account_id')
    .limit(1)
    .executeTakeFirst();
  return account !== undefined;
}

/** Rows of each table that has to do with the platform's data. */
export async function countRows(db: Database): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of countedTables) {
    const row = await db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    counts[table] = row.count;
  }
  return counts;
}

/** Names of one query. */
const namesPerQuery = 500;

/** Whether one of these names is that of a worker, of an account, or its address. */
export async function hasName(db: Database, names: readonly string[]): Promise<boolean> {
  for (let start = 0; start < names.length; start += namesPerQuery) {
    const some = names.slice(start, start + namesPerQuery);
    const accounts = () => db.selectFrom('accounts').select('account_id').limit(1);
    const taken =
      (await db
        .selectFrom('workers')
        .select('worker_id')
        .limit(1)
        .where('worker_id', 'in', some)
        .executeTakeFirst()) ??
      (await accounts().where('account_id', 'in', some).executeTakeFirst()) ??
      (await accounts().where('eth_address', 'in', some).executeTakeFirst());
    if (taken) return true;
  }
  return false;
}

/** The account of an address, and whether it is closed. @param address lower case */
export function findAccount(
  db: Database,
  address: string,
): Promise<{ accountId: string; closedAtMs: number | null } | undefined> {
  return db
    .selectFrom('accounts')
    .where('eth_address', '=', address)
    .select(['account_id as accountId', 'closed_at_ms as closedAtMs'])
    .executeTakeFirst();
}

/** When rounds of hashrates were taken since a moment, rising. */
export async function roundsSince(db: Database, sinceMs: number): Promise<number[]> {
  const rows = await db
    .selectFrom('fleet_snapshots')
    .where('taken_at_ms', '>', sinceMs)
    .select('taken_at_ms')
    .orderBy('taken_at_ms')
    .execute();
  return rows.map((row) => row.taken_at_ms);
}

/** Stores a round, or adds it to the one that was taken at this moment. */
export async function addRound(db: Database, { takenAtMs, sum, samples }: HashrateRound): Promise<void> {
  await insertRows(
    db,
    'hashrate_snapshots',
    samples.map(({ workerId, hashrate, activeGpus }) => ({
      taken_at_ms: takenAtMs,
      worker_id: workerId,
      hashrate,
      active_gpus: activeGpus,
    })),
  );
  await db
    .insertInto('fleet_snapshots')
    .values({
      taken_at_ms: takenAtMs,
      hashrate: sum.hashrate,
      active_gpus: sum.activeGpus,
      online_workers: sum.online,
    })
    .onConflict((conflict) =>
      conflict.column('taken_at_ms').doUpdateSet({
        hashrate: sql`hashrate + excluded.hashrate`,
        active_gpus: sql`active_gpus + excluded.active_gpus`,
        online_workers: sql`online_workers + excluded.online_workers`,
      }),
    )
    .execute();
}

/** Room in memory for the pages of a large transaction, in KiB, until the connection is closed. */
export async function enlargeCache(db: Database, kib: number): Promise<void> {
  await sql.raw(`pragma cache_size = -${kib}`).execute(db);
}
