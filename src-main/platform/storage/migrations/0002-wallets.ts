import { sql, type Kysely } from 'kysely';

const int = 'integer';

/**
 * Nothing ever wrote the first table of this name. Ordered by time first, like the hashrate snapshots: an hour of
 * all addresses lies together, where it is written every half minute and deleted at once.
 */
export async function createWallets(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from wallet_snapshots`.execute(db);
  if (rows[0]?.count !== 0) throw new Error('wallet_snapshots is not empty');
  await db.schema.dropTable('wallet_snapshots').execute();
  await db.schema
    .createTable('wallet_snapshots')
    .addColumn('resolution', 'text', (column) =>
      column.notNull().check(sql`resolution in ('hourly', 'daily')`),
    )
    .addColumn('bucket_start_ms', int, (column) => column.notNull())
    .addColumn('eth_address', 'text', (column) => column.notNull())
    .addColumn('hashrate_sum', 'real', (column) => column.notNull())
    .addColumn('samples', int, (column) => column.notNull())
    .addColumn('workers_online', int, (column) => column.notNull())
    .addColumn('total_workers', int, (column) => column.notNull())
    .addColumn('blocks', int, (column) => column.notNull())
    .addColumn('earnings_micro', int, (column) => column.notNull())
    .addPrimaryKeyConstraint('wallet_snapshots_key', ['resolution', 'bucket_start_ms', 'eth_address'])
    .modifyEnd(sql`without rowid`)
    .execute();
  // What outlives the retention of the snapshots: true totals of an address.
  await db.schema
    .createTable('wallet_records')
    .addColumn('eth_address', 'text', (column) => column.primaryKey().notNull())
    .addColumn('first_seen_ms', int, (column) => column.notNull())
    .addColumn('peak_hashrate', 'real', (column) => column.notNull().defaultTo(0))
    .addColumn('peak_at_ms', int, (column) => column.notNull().defaultTo(0))
    .addColumn('mining_hours', int, (column) => column.notNull().defaultTo(0))
    .addColumn('mining_days', int, (column) => column.notNull().defaultTo(0))
    .addColumn('last_mining_hour_ms', int, (column) => column.notNull().defaultTo(0))
    .addColumn('total_blocks', int, (column) => column.notNull().defaultTo(0))
    .modifyEnd(sql`without rowid`)
    .execute();
  // Up to where blocks and settlements are counted in these tables: written with the counts, so that each counts once.
  await db.schema
    .createTable('wallet_progress')
    .addColumn('id', int, (column) =>
      column
        .primaryKey()
        .notNull()
        .check(sql`id = 1`),
    )
    .addColumn('block_id', int, (column) => column.notNull())
    .addColumn('settlement_id', int, (column) => column.notNull())
    .execute();
  await sql`insert into wallet_progress values (1, 0, 0)`.execute(db);
}
