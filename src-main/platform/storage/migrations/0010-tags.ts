import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Tags and notes of workers, what groups look like, and views that people keep. */
export const tags: Migration = {
  async up(db) {
    await db.schema
      .createTable('worker_labels')
      .addColumn('worker_id', 'text', (column) => column.primaryKey())
      .addColumn('tags', 'text', (column) => column.notNull())
      .addColumn('note', 'text', (column) => column.notNull())
      .modifyEnd(sql`without rowid`)
      .execute();
    await db.schema
      .createTable('tag_groups')
      .addColumn('tag', 'text', (column) => column.primaryKey())
      .addColumn('color', 'integer', (column) => column.notNull())
      .addColumn('description', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('saved_views')
      .addColumn('view_id', 'text', (column) => column.primaryKey())
      .addColumn('account_id', 'text', (column) => column.notNull())
      .addColumn('shared', 'integer', (column) => column.notNull())
      .addColumn('settings', 'text', (column) => column.notNull())
      .addColumn('created_at_ms', 'integer', (column) => column.notNull())
      .execute();
  },
};
