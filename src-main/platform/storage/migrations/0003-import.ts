import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

const int = 'integer';

/** What a database that was taken over from the earlier platform brings along beyond what this one counts itself. */
export const importing: Migration = {
  async up(db) {
    // Lower case. The wallet of this address acts for the account, too: on the earlier platform it could.
    await db.schema
      .alterTable('accounts')
      .addColumn('linked_address', 'text', (column) => column.notNull().defaultTo(''))
      .execute();
    await db.schema
      .createIndex('accounts_linked_address')
      .on('accounts')
      .column('linked_address')
      .where('linked_address', '<>', '')
      .execute();
    // 1: it ended on the earlier platform, and was settled by its rules.
    await db.schema
      .alterTable('leases')
      .addColumn('imported', int, (column) => column.notNull().defaultTo(0))
      .execute();
    // What the earlier platform counted for a worker beyond the rows that count here.
    await db.schema
      .createTable('worker_carryovers')
      .addColumn('worker_id', 'text', (column) =>
        column.primaryKey().notNull().references('workers.worker_id').onDelete('cascade'),
      )
      .addColumn('self_blocks', int, (column) => column.notNull())
      .addColumn('verified_blocks', int, (column) => column.notNull())
      .modifyEnd(sql`without rowid`)
      .execute();
    // Rows that have no place in the tables, as JSON: nothing is lost without a trace.
    await db.schema
      .createTable('import_leftovers')
      .addColumn('leftover_id', int, (column) => column.primaryKey().notNull())
      .addColumn('source_table', 'text', (column) => column.notNull())
      .addColumn('source_rowid', int, (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('row_json', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('import_reports')
      .addColumn('report_id', int, (column) => column.primaryKey().notNull())
      .addColumn('imported_at_ms', int, (column) => column.notNull())
      .addColumn('report', 'text', (column) => column.notNull())
      .execute();
  },
};
