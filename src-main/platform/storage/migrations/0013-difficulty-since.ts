import type { Migration } from 'kysely/migration';

/** Since when each worker mines with its difficulty: hashrates from before then say nothing of those from then on. */
export const difficultySince: Migration = {
  async up(db) {
    await db.schema
      .alterTable('worker_activity')
      .addColumn('difficulty_since_ms', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};
