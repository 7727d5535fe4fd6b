import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { createAccountTotals } from './0002-totals.ts';
import { createWallets } from './0002-wallets.ts';

const int = 'integer';

/** Append-only tables refuse a later edit; what is done behind SQLite's back shows in their hash chains. */
async function forbidChanges(db: Kysely<unknown>, table: string): Promise<void> {
  for (const change of ['update', 'delete']) {
    await sql
      .raw(
        `create trigger ${table}_no_${change} before ${change} on ${table}
         begin select raise(abort, '${table} is append-only'); end`,
      )
      .execute(db);
  }
}

async function extendAccounts(db: Kysely<unknown>): Promise<void> {
  await sql`alter table accounts drop column api_key_hash`.execute(db);
  const alter = () => db.schema.alterTable('accounts');
  await alter()
    .addColumn('origin', 'text', (column) =>
      column
        .notNull()
        .defaultTo('worker')
        .check(sql`origin in ('worker', 'wallet', 'registered', 'system')`),
    )
    .execute();
  await alter()
    .addColumn('declared_address', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await alter().addColumn('closed_at_ms', int).execute();
  await db.schema
    .createTable('api_keys')
    .addColumn('key_id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('account_id', 'text', (column) => column.notNull().references('accounts.account_id'))
    .addColumn('key_hash', 'text', (column) => column.notNull().unique())
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', int, (column) => column.notNull())
    .addColumn('expires_at_ms', int)
    .addColumn('last_used_at_ms', int)
    .addColumn('revoked_at_ms', int)
    .execute();
  await db.schema.createIndex('api_keys_account').on('api_keys').column('account_id').execute();
  await db.schema
    .createTable('worker_credentials')
    .addColumn('worker_id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('secret_hash', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', int, (column) => column.notNull())
    .execute();
}

async function createAudit(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('audit_log')
    .addColumn('audit_id', int, (column) => column.primaryKey().notNull())
    .addColumn('at_ms', int, (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('actor_role', 'text', (column) => column.notNull())
    .addColumn('remote_address', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('result', 'text', (column) =>
      column.notNull().check(sql`result in ('ok', 'refused', 'failed')`),
    )
    .addColumn('detail', 'text', (column) => column.notNull())
    .addColumn('previous_hash', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('audit_log_actor').on('audit_log').columns(['actor', 'audit_id']).execute();
  await db.schema.createIndex('audit_log_action').on('audit_log').columns(['action', 'audit_id']).execute();
  await db.schema.createIndex('audit_log_target').on('audit_log').columns(['target', 'audit_id']).execute();
  await forbidChanges(db, 'audit_log');
}

/** Nothing ever wrote the first tables of this name: they give way to double entry. */
async function recreateMoney(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ count: number }>`select
    (select count(*) from transactions) + (select count(*) from settlements) as count`.execute(db);
  if (rows[0]?.count !== 0) throw new Error('transactions or settlements are not empty');
  await db.schema.dropTable('transactions').execute();
  await db.schema.dropTable('settlements').execute();
  await db.schema
    .createTable('transactions')
    .addColumn('transaction_id', int, (column) => column.primaryKey().notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('lease_id', 'text', (column) => column.references('leases.lease_id'))
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('note', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', int, (column) => column.notNull())
    .addColumn('previous_hash', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('transactions_lease').on('transactions').column('lease_id').execute();
  await db.schema
    .createTable('postings')
    .addColumn('posting_id', int, (column) => column.primaryKey().notNull())
    .addColumn('transaction_id', int, (column) => column.notNull().references('transactions.transaction_id'))
    .addColumn('account_id', 'text', (column) => column.notNull().references('accounts.account_id'))
    .addColumn('bucket', 'text', (column) =>
      column.notNull().check(sql`bucket in ('available', 'held', 'external')`),
    )
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('amount_micro', int, (column) => column.notNull().check(sql`amount_micro <> 0`))
    .addColumn('balance_after_micro', int, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('postings_transaction').on('postings').column('transaction_id').execute();
  await db.schema
    .createIndex('postings_account')
    .on('postings')
    .columns(['account_id', 'bucket', 'posting_id'])
    .execute();
  // What an account's owner sees, in its order.
  await db.schema
    .createIndex('postings_inside')
    .on('postings')
    .columns(['account_id', 'posting_id'])
    .where(sql<boolean>`bucket <> 'external'`)
    .execute();
  await forbidChanges(db, 'transactions');
  await forbidChanges(db, 'postings');
  await createSettlements(db);
}

async function createSettlements(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('settlements')
    .addColumn('settlement_id', int, (column) => column.primaryKey().notNull())
    .addColumn('lease_id', 'text', (column) => column.notNull().unique().references('leases.lease_id'))
    .addColumn('consumer_id', 'text', (column) => column.notNull())
    .addColumn('provider_id', 'text', (column) => column.notNull())
    .addColumn('worker_id', 'text', (column) => column.notNull())
    .addColumn('transaction_id', int, (column) => column.notNull())
    .addColumn('elapsed_ms', int, (column) => column.notNull())
    .addColumn('downtime_ms', int, (column) => column.notNull())
    .addColumn('billed_ms', int, (column) => column.notNull())
    .addColumn('blocks_found', int, (column) => column.notNull())
    .addColumn('held_micro', int, (column) => column.notNull())
    .addColumn('total_cost_micro', int, (column) => column.notNull())
    .addColumn('provider_payout_micro', int, (column) => column.notNull())
    .addColumn('platform_fee_micro', int, (column) => column.notNull())
    .addColumn('refund_micro', int, (column) => column.notNull())
    .addColumn('unpaid_since_ms', int)
    .addColumn('settled_at_ms', int, (column) => column.notNull())
    .addCheckConstraint(
      'settlements_split',
      sql`total_cost_micro = provider_payout_micro + platform_fee_micro`,
    )
    .addCheckConstraint('settlements_hold', sql`held_micro = total_cost_micro + refund_micro`)
    .addCheckConstraint('settlements_signs', sql`total_cost_micro >= 0 and refund_micro >= 0`)
    .execute();
  const index = (name: string) => db.schema.createIndex(name).on('settlements');
  await index('settlements_settled').column('settled_at_ms').execute();
  await index('settlements_fee').column('platform_fee_micro').execute();
  await index('settlements_consumer').columns(['consumer_id', 'settled_at_ms']).execute();
  await index('settlements_provider').columns(['provider_id', 'settled_at_ms']).execute();
  await index('settlements_worker').columns(['worker_id', 'settled_at_ms']).execute();
}

async function extendLeases(db: Kysely<unknown>): Promise<void> {
  const alter = () => db.schema.alterTable('leases');
  await alter()
    .addColumn('provider_id', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await sql`update leases set provider_id =
    (select account_id from workers where workers.worker_id = leases.worker_id)`.execute(db);
  await alter()
    .addColumn('held_micro', int, (column) => column.notNull().defaultTo(0))
    .execute();
  await alter().addColumn('mining_since_ms', int).execute();
  await alter()
    .addColumn('end_reason', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await db.schema
    .createIndex('leases_provider')
    .on('leases')
    .columns(['provider_id', 'created_at_ms'])
    .execute();
  // The session log: when a worker was away. `ended_at_ms` is null while it still is.
  await db.schema
    .createTable('worker_outages')
    .addColumn('worker_id', 'text', (column) => column.notNull())
    .addColumn('began_at_ms', int, (column) => column.notNull())
    .addColumn('ended_at_ms', int)
    .addColumn('cause', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('worker_outages_key', ['worker_id', 'began_at_ms'])
    .modifyEnd(sql`without rowid`)
    .execute();
  await db.schema
    .createIndex('worker_outages_open')
    .on('worker_outages')
    .column('worker_id')
    .unique()
    .where(sql<boolean>`ended_at_ms is null`)
    .execute();
}

async function extendWorkers(db: Kysely<unknown>): Promise<void> {
  // False after the owner's unlist command: the worker mines for its owner whatever state it reports.
  await db.schema
    .alterTable('workers')
    .addColumn('listed', int, (column) => column.notNull().defaultTo(1))
    .execute();
  await db.schema
    .alterTable('worker_activity')
    .addColumn('claimed_hashes', 'real', (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable('worker_activity')
    .addColumn('expected_blocks', 'real', (column) => column.notNull().defaultTo(0))
    .execute();
}

async function extendBlocks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('blocks')
    .addColumn('type', 'text', (column) =>
      column
        .notNull()
        .defaultTo('')
        .check(sql`type in ('', 'normal', 'super', 'xuni')`),
    )
    .execute();
  await db.schema
    .alterTable('blocks')
    .addColumn('counted', int, (column) =>
      column
        .notNull()
        .defaultTo(0)
        .check(sql`counted = 0 or (counted = 1 and verified <> 'rejected')`),
    )
    .execute();
  await sql`update blocks set counted = 1 where verified <> 'rejected'`.execute(db);
  for (const name of ['counted_key', 'rejected_key', 'reported', 'worker']) {
    await db.schema.dropIndex(`blocks_${name}`).execute();
  }
  const counted = sql<boolean>`counted = 1`;
  const uncounted = sql<boolean>`counted = 0`;
  const index = (name: string) => db.schema.createIndex(name).on('blocks');
  // A key counts once, whatever the case of its digits; what does not count must not keep the real block out.
  await index('blocks_counted_key')
    .columns([sql`lower(key)`])
    .unique()
    .where(counted)
    .execute();
  await index('blocks_uncounted_key')
    .columns([sql`lower(key)`, sql.ref('worker_id'), sql.ref('lease_id')])
    .unique()
    .where(uncounted)
    .execute();
  // Finds the oldest of what does not count, which is kept only for a time.
  await index('blocks_uncounted').column('block_id').where(uncounted).execute();
  await index('blocks_counted_at').column('reported_at_ms').where(counted).execute();
  // A worker's blocks in order; answers the counts of each worker at the start without a look at the rows.
  await index('blocks_worker')
    .columns(['worker_id', 'lease_id', 'block_id', 'counted', 'verified', 'type'])
    .execute();
}

async function createChain(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('chain_blocks')
    .addColumn('block_id', int, (column) => column.primaryKey().notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull().check(sql`type in ('normal', 'super', 'xuni')`))
    .addColumn('attempts', int, (column) => column.notNull())
    .addColumn('hashes_per_second', 'text', (column) => column.notNull())
    .addColumn('worker', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', int, (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('chain_blocks_key')
    .on('chain_blocks')
    .columns([sql`lower(key)`])
    .unique()
    .execute();
  await db.schema
    .createIndex('chain_blocks_account')
    .on('chain_blocks')
    .columns([sql`lower(account)`, sql.ref('block_id')])
    .execute();
  await db.schema.createIndex('chain_blocks_type').on('chain_blocks').column('type').execute();
  // Kept with each block, so that totals and balances need no scan. Rewards are whole coins.
  await db.schema
    .createTable('chain_balances')
    .addColumn('account', 'text', (column) => column.primaryKey().notNull())
    .addColumn('balance', int, (column) => column.notNull())
    .execute();
}

async function createControl(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('commands')
    .addColumn('command_id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('batch_id', 'text', (column) => column.notNull())
    .addColumn('worker_id', 'text', (column) => column.notNull())
    .addColumn('account_id', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('issued_by', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) =>
      column.notNull().check(sql`state in ('sent', 'delivered', 'confirmed', 'undelivered', 'unconfirmed')`),
    )
    .addColumn('detail', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', int, (column) => column.notNull())
    .addColumn('delivered_at_ms', int)
    .addColumn('confirmed_at_ms', int)
    .execute();
  const index = (name: string) => db.schema.createIndex(name).on('commands');
  await index('commands_batch').columns(['batch_id', 'created_at_ms']).execute();
  await index('commands_worker').columns(['worker_id', 'created_at_ms']).execute();
  await index('commands_account').columns(['account_id', 'created_at_ms']).execute();
  await index('commands_state').columns(['state', 'created_at_ms']).execute();
  await index('commands_created').column('created_at_ms').execute();
}

/** Accounts with keys, double entry, settlements, the session log, proofs, chain simulator, commands. */
export const market: Migration = {
  async up(db) {
    await extendAccounts(db);
    await createAudit(db);
    await extendLeases(db);
    await recreateMoney(db);
    await createAccountTotals(db);
    await extendWorkers(db);
    await extendBlocks(db);
    await createChain(db);
    await createControl(db);
    await createWallets(db);
  },
};
