import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Operators delete old snapshots by hand, as the earlier platform's guide says: `… WHERE timestamp < …`, in Unix
 * seconds. The column is computed when it is asked for and takes no room.
 */
export const snapshotTimestamp: Migration = {
  async up(db) {
    await db.schema
      .alterTable('hashrate_snapshots')
      .addColumn('timestamp', 'real', (column) => column.generatedAlwaysAs(sql`taken_at_ms / 1000.0`))
      .execute();
  },
};
