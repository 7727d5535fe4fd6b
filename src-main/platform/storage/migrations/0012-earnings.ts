import { sql, type ColumnBuilderCallback } from 'kysely';
import type { Migration } from 'kysely/migration';

const sum: ColumnBuilderCallback = (column) => column.notNull().defaultTo(0);

/**
 * What workers earned, a row a worker and day (UTC): sums of blocks and settlements, which are read once, in the
 * order of their ids, and the time for which the platform saw it mine.
 */
export const earnings: Migration = {
  async up(db) {
    await db.schema
      .createTable('earning_days')
      .addColumn('day', 'integer', (column) => column.notNull())
      .addColumn('worker_id', 'text', (column) => column.notNull())
      .addColumn('account_id', 'text', (column) => column.notNull())
      .addColumn('leased_ms', 'integer', sum)
      .addColumn('own_ms', 'integer', sum)
      .addColumn('leases', 'integer', sum)
      .addColumn('payout_micro', 'integer', sum)
      .addColumn('leased_blocks', 'integer', sum)
      .addColumn('own_blocks', 'integer', sum)
      .addColumn('own_super_blocks', 'integer', sum)
      .addColumn('own_xuni_blocks', 'integer', sum)
      .addPrimaryKeyConstraint('earning_days_key', ['day', 'account_id', 'worker_id'])
      .modifyEnd(sql`without rowid`)
      .execute();
    await db.schema
      .createTable('earning_progress')
      .addColumn('source', 'text', (column) => column.notNull().primaryKey())
      .addColumn('last_id', 'integer', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('earning_rates')
      .addColumn('account_id', 'text', (column) => column.notNull().primaryKey())
      .addColumn('rates', 'text', (column) => column.notNull())
      .execute();
  },
};
