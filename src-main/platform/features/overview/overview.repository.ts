/** SQL over several tables, for the platform's overview. */
import { sql } from 'kysely';
import type { Activity } from '../../../contract/rest/overview.routes.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import type { StorageAccess } from '../../storage/storage.ts';

interface ActivityRow {
  type: Activity['type'];
  at_ms: number;
  worker_id: string;
  lease_id: string;
  /** Hash of a block, consumer of a lease. */
  subject: string;
  /** Duration of a lease that started, blocks of one that ended. */
  figure: number;
  /** Of a lease, now. */
  state: 'active' | 'completed' | 'cancelled';
}

function toActivity(row: ActivityRow): Activity {
  const timestamp = toUnixSeconds(row.at_ms);
  const { worker_id, lease_id, subject, figure, state } = row;
  switch (row.type) {
    case 'block':
      return { type: 'block', timestamp, details: { worker_id, hash: subject, lease_id } };
    case 'lease_started':
      return {
        type: 'lease_started',
        timestamp,
        details: { lease_id, worker_id, consumer_id: subject, duration_sec: figure },
      };
    case 'lease_completed':
      return {
        type: 'lease_completed',
        timestamp,
        details: {
          lease_id,
          worker_id,
          consumer_id: subject,
          blocks_found: figure,
          state: state === 'cancelled' ? 'cancelled' : 'completed',
        },
      };
  }
}

export class OverviewRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /**
   * Blocks that count and leases, newest first; entries of one moment always in the same order. Only
   * the indexes are walked up to the page, however far back it is; the rows of the page alone are read.
   */
  async activity(limit: number, offset: number): Promise<Activity[]> {
    const { rows } = await sql<ActivityRow>`
      with entries as (
        select 'block' as type, reported_at_ms as at_ms, block_id as id from blocks where counted = 1
        union all
        select 'lease_started', created_at_ms, rowid from leases
        union all
        select 'lease_completed', ended_at_ms, rowid from leases where ended_at_ms is not null
        order by at_ms desc, type, id desc limit ${limit} offset ${offset}
      )
      select entries.type, entries.at_ms,
        coalesce(blocks.worker_id, leases.worker_id) as worker_id,
        coalesce(blocks.lease_id, leases.lease_id) as lease_id,
        coalesce(blocks.hash, leases.consumer_id) as subject,
        iif(entries.type = 'lease_started', leases.duration_sec, leases.blocks_found) as figure,
        leases.state
      from entries
      left join blocks on entries.type = 'block' and blocks.block_id = entries.id
      left join leases on entries.type <> 'block' and leases.rowid = entries.id
      order by entries.at_ms desc, entries.type, entries.id desc`.execute(this.#storage.read);
    return rows.map(toActivity);
  }
}
