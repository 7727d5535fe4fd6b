import type { Migration } from 'kysely/migration';

/** Whether a worker that is away said so itself when it stopped. */
export const goodbyes: Migration = {
  async up(db) {
    await db.schema
      .alterTable('worker_activity')
      .addColumn('said_goodbye', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};
