import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Sessions of browsers that were ended before their time, until they would be over by themselves. */
export const endedSessions: Migration = {
  async up(db) {
    await db.schema
      .createTable('ended_sessions')
      .addColumn('session_id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('expires_at_ms', 'integer', (column) => column.notNull())
      .modifyEnd(sql`without rowid`)
      .execute();
    await db.schema
      .createIndex('ended_sessions_expiry')
      .on('ended_sessions')
      .column('expires_at_ms')
      .execute();
  },
};
