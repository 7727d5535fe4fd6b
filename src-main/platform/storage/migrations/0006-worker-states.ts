import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * What each worker did since when: a row a change. The rows of the empty worker id tell of the platform itself:
 * `observed` since it ran, `unknown` since it did not.
 */
export const workerStates: Migration = {
  async up(db) {
    await db.schema
      .createTable('worker_states')
      .addColumn('worker_id', 'text', (column) => column.notNull())
      .addColumn('since_ms', 'integer', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('worker_states_key', ['worker_id', 'since_ms'])
      .modifyEnd(sql`without rowid`)
      .execute();
  },
};
