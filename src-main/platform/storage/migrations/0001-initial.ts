import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const int = 'integer';

async function createAccounts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('accounts')
    .addColumn('account_id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('role', 'text', (column) =>
      column.notNull().check(sql`role in ('admin', 'provider', 'consumer')`),
    )
    .addColumn('eth_address', 'text')
    .addColumn('balance_micro', int, (column) => column.notNull().defaultTo(0))
    .addColumn('held_micro', int, (column) =>
      column
        .notNull()
        .defaultTo(0)
        .check(sql`held_micro >= 0`),
    )
    .addColumn('api_key_hash', 'text')
    .addColumn('created_at_ms', int, (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('accounts_eth_address')
    .on('accounts')
    .column('eth_address')
    .unique()
    .where(sql.ref('eth_address'), 'is not', null)
    .execute();
  await db.schema.createIndex('accounts_role').on('accounts').column('role').execute();
}

async function createWorkers(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('workers')
    .addColumn('worker_id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('account_id', 'text', (column) => column.notNull().references('accounts.account_id'))
    .addColumn('eth_address', 'text', (column) => column.notNull())
    .addColumn('gpu_count', int, (column) => column.notNull())
    .addColumn('total_memory_gb', 'real', (column) => column.notNull())
    .addColumn('gpus', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('registered_at_ms', int, (column) => column.notNull())
    .addColumn('price_per_min_micro', int, (column) =>
      column
        .notNull()
        .defaultTo(600_000)
        .check(sql`price_per_min_micro >= 0`),
    )
    .addColumn('min_duration_sec', int, (column) =>
      column
        .notNull()
        .defaultTo(60)
        .check(sql`min_duration_sec >= 1`),
    )
    .addColumn('max_duration_sec', int, (column) => column.notNull().defaultTo(86_400))
    .addCheckConstraint('workers_duration_limits', sql`max_duration_sec >= min_duration_sec`)
    .execute();
  await db.schema.createIndex('workers_account').on('workers').column('account_id').execute();
  await db.schema
    .createTable('worker_activity')
    .addColumn('worker_id', 'text', (column) =>
      column.primaryKey().notNull().references('workers.worker_id').onDelete('cascade'),
    )
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .addColumn('lease_id', 'text', (column) => column.notNull())
    .addColumn('offline_since_ms', int)
    .addColumn('hashrate', 'real', (column) => column.notNull())
    .addColumn('active_gpus', int, (column) => column.notNull())
    .addColumn('accepted_blocks', int, (column) => column.notNull())
    .addColumn('difficulty', int, (column) => column.notNull())
    .addColumn('miner_uptime_sec', 'real', (column) => column.notNull())
    .addColumn('last_heartbeat_ms', int, (column) => column.notNull())
    .addColumn('last_online_at_ms', int, (column) => column.notNull())
    .addColumn('total_online_ms', int, (column) => column.notNull())
    .addColumn('current_address', 'text', (column) => column.notNull())
    .addColumn('current_prefix', 'text', (column) => column.notNull())
    .addColumn('current_block_pattern', 'text', (column) => column.notNull())
    .execute();
}

async function createLeases(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('leases')
    .addColumn('lease_id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('worker_id', 'text', (column) => column.notNull().references('workers.worker_id'))
    .addColumn('consumer_id', 'text', (column) => column.notNull().references('accounts.account_id'))
    .addColumn('consumer_address', 'text', (column) => column.notNull())
    .addColumn('prefix', 'text', (column) => column.notNull())
    .addColumn('duration_sec', int, (column) => column.notNull().check(sql`duration_sec > 0`))
    .addColumn('price_per_min_micro', int, (column) => column.notNull().check(sql`price_per_min_micro >= 0`))
    .addColumn('state', 'text', (column) =>
      column.notNull().check(sql`state in ('active', 'completed', 'cancelled')`),
    )
    .addColumn('created_at_ms', int, (column) => column.notNull())
    .addColumn('ended_at_ms', int)
    .addColumn('blocks_found', int, (column) => column.notNull().defaultTo(0))
    .addColumn('hashrate_sum', 'real', (column) => column.notNull().defaultTo(0))
    .addColumn('hashrate_samples', int, (column) => column.notNull().defaultTo(0))
    .addCheckConstraint('leases_ended', sql`(state = 'active') = (ended_at_ms is null)`)
    .execute();
  const active = sql<boolean>`state = 'active'`;
  const index = (name: string) => db.schema.createIndex(name).on('leases');
  await index('leases_one_active_per_worker').column('worker_id').unique().where(active).execute();
  await index('leases_active_prefix').column('prefix').unique().where(active).execute();
  await index('leases_worker_state').columns(['worker_id', 'state']).execute();
  await index('leases_consumer').columns(['consumer_id', 'created_at_ms']).execute();
  await index('leases_state').columns(['state', 'created_at_ms']).execute();
  await index('leases_created').column('created_at_ms').execute();
  await index('leases_ended').column('ended_at_ms').execute();
}

async function createBlocks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('blocks')
    .addColumn('block_id', int, (column) => column.primaryKey().notNull())
    .addColumn('worker_id', 'text', (column) => column.notNull().references('workers.worker_id'))
    .addColumn('lease_id', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('attempts', int, (column) => column.notNull())
    .addColumn('hashrate', 'text', (column) => column.notNull())
    .addColumn('prefix_valid', int, (column) => column.notNull())
    .addColumn('chain_verified', int, (column) => column.notNull().defaultTo(0))
    .addColumn('chain_block_id', int)
    .addColumn('verified', 'text', (column) =>
      column.notNull().check(sql`verified in ('proven', 'unproven', 'rejected')`),
    )
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('reported_at_ms', int, (column) => column.notNull())
    .execute();
  const counted = sql<boolean>`verified <> 'rejected'`;
  const rejected = sql<boolean>`verified = 'rejected'`;
  const index = (name: string) => db.schema.createIndex(name).on('blocks');
  // A key counts once, whatever the case of its digits; what was rejected must not keep the real block out.
  await index('blocks_counted_key')
    .columns([sql`lower(key)`])
    .unique()
    .where(counted)
    .execute();
  await index('blocks_rejected_key')
    .columns([sql`lower(key)`, sql.ref('worker_id'), sql.ref('lease_id')])
    .unique()
    .where(rejected)
    .execute();
  await index('blocks_reported').columns(['reported_at_ms', 'verified']).execute();
  await index('blocks_worker').columns(['worker_id', 'lease_id', 'verified']).execute();
  await index('blocks_lease').columns(['lease_id', 'reported_at_ms']).execute();
}

async function createMoney(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('settlements')
    .addColumn('settlement_id', int, (column) => column.primaryKey().notNull())
    .addColumn('lease_id', 'text', (column) => column.notNull().unique().references('leases.lease_id'))
    .addColumn('consumer_id', 'text', (column) => column.notNull())
    .addColumn('worker_id', 'text', (column) => column.notNull())
    .addColumn('duration_sec', int, (column) => column.notNull())
    .addColumn('blocks_found', int, (column) => column.notNull())
    .addColumn('total_cost_micro', int, (column) => column.notNull())
    .addColumn('provider_payout_micro', int, (column) => column.notNull())
    .addColumn('platform_fee_micro', int, (column) => column.notNull())
    .addColumn('settled_at_ms', int, (column) => column.notNull())
    .addCheckConstraint(
      'settlements_balanced',
      sql`total_cost_micro = provider_payout_micro + platform_fee_micro`,
    )
    .execute();
  await db.schema.createIndex('settlements_settled').on('settlements').column('settled_at_ms').execute();
  await db.schema.createIndex('settlements_fee').on('settlements').column('platform_fee_micro').execute();
  await db.schema
    .createTable('transactions')
    .addColumn('transaction_id', int, (column) => column.primaryKey().notNull())
    .addColumn('account_id', 'text', (column) => column.notNull().references('accounts.account_id'))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('amount_micro', int, (column) => column.notNull())
    .addColumn('balance_after_micro', int, (column) => column.notNull())
    .addColumn('lease_id', 'text')
    .addColumn('note', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', int, (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('transactions_account')
    .on('transactions')
    .columns(['account_id', 'transaction_id'])
    .execute();
}

async function createSnapshots(db: Kysely<unknown>): Promise<void> {
  // Ordered by time first: a round of snapshots is appended to the end of the tree instead of touching a page
  // a worker, and the oldest rounds are deleted from its beginning.
  await db.schema
    .createTable('hashrate_snapshots')
    .addColumn('taken_at_ms', int, (column) => column.notNull())
    .addColumn('worker_id', 'text', (column) => column.notNull())
    .addColumn('hashrate', 'real', (column) => column.notNull())
    .addColumn('active_gpus', int, (column) => column.notNull())
    .addPrimaryKeyConstraint('hashrate_snapshots_key', ['taken_at_ms', 'worker_id'])
    .modifyEnd(sql`without rowid`)
    .execute();
  await db.schema
    .createTable('fleet_snapshots')
    .addColumn('taken_at_ms', int, (column) => column.primaryKey().notNull())
    .addColumn('hashrate', 'real', (column) => column.notNull())
    .addColumn('active_gpus', int, (column) => column.notNull())
    .addColumn('online_workers', int, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('wallet_snapshots')
    .addColumn('eth_address', 'text', (column) => column.notNull())
    .addColumn('resolution', 'text', (column) =>
      column.notNull().check(sql`resolution in ('hourly', 'daily')`),
    )
    .addColumn('bucket_start_ms', int, (column) => column.notNull())
    .addColumn('hashrate', 'real', (column) => column.notNull())
    .addColumn('workers_online', int, (column) => column.notNull())
    .addColumn('total_workers', int, (column) => column.notNull())
    .addColumn('blocks', int, (column) => column.notNull())
    .addColumn('earnings_micro', int, (column) => column.notNull())
    .addPrimaryKeyConstraint('wallet_snapshots_key', ['eth_address', 'resolution', 'bucket_start_ms'])
    .modifyEnd(sql`without rowid`)
    .execute();
}

export const initial: Migration = {
  async up(db) {
    await createAccounts(db);
    await createWorkers(db);
    await createLeases(db);
    await createBlocks(db);
    await createMoney(db);
    await createSnapshots(db);
  },
};
