/** All SQL that reads blocks. */
import { sql } from 'kysely';
import type { Block } from '../../../contract/domain/block.ts';
import type { BlockRow } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';
import { toBlock } from './block.repository.ts';

/** A portion of a list. */
export interface Portion {
  readonly limit: number;
  readonly offset: number;
}

export interface BlockTotals {
  /** Blocks that count, and those of them that were self-mined. */
  readonly total: number;
  readonly selfMined: number;
  /** Reports that are kept, whatever they are worth, and those of them without a lease. */
  readonly recorded: number;
  readonly recordedSelfMined: number;
}

export class BlockListRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** Newest first, whatever they are worth. */
  async newest({ limit, offset }: Portion): Promise<Block[]> {
    const rows = await this.#storage.read
      .selectFrom('blocks')
      .selectAll()
      .orderBy('block_id', 'desc')
      .limit(limit)
      .offset(offset)
      .execute();
    return rows.map(toBlock);
  }

  /** Blocks of a lease (the empty id: self-mined ones), newest first. */
  async ofLease(leaseId: string, { limit, offset }: Portion): Promise<Block[]> {
    // Left to itself, SQLite takes another index and sorts once most blocks are self-mined.
    const { rows } = await sql<BlockRow>`select * from blocks indexed by blocks_lease
      where lease_id = ${leaseId} order by reported_at_ms desc, block_id desc
      limit ${limit} offset ${offset}`.execute(this.#storage.read);
    return rows.map(toBlock);
  }

  /** Self-mined blocks of one worker, newest first. */
  async selfMinedOf(workerId: string, { limit, offset }: Portion): Promise<Block[]> {
    const rows = await this.#storage.read
      .selectFrom('blocks')
      .selectAll()
      .where('worker_id', '=', workerId)
      .where('lease_id', '=', '')
      .orderBy('block_id', 'desc')
      .limit(limit)
      .offset(offset)
      .execute();
    return rows.map(toBlock);
  }

  async countSelfMinedOf(workerId: string): Promise<number> {
    const row = await this.#storage.read
      .selectFrom('blocks')
      .where('worker_id', '=', workerId)
      .where('lease_id', '=', '')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return row.count;
  }

  async loadTotals(): Promise<BlockTotals> {
    const { rows } = await sql<BlockTotals>`select
      coalesce(sum(counted), 0) as total,
      coalesce(sum(counted and lease_id = ''), 0) as selfMined,
      count(*) as recorded,
      coalesce(sum(lease_id = ''), 0) as recordedSelfMined
      from blocks`.execute(this.#storage.read);
    return rows[0] as BlockTotals;
  }

  /** How many blocks that count arrived in each second since a moment. */
  async loadArrivals(sinceMs: number): Promise<{ second: number; count: number }[]> {
    const second = sql<number>`reported_at_ms / 1000`;
    return this.#storage.read
      .selectFrom('blocks')
      .where('counted', '=', sql.lit(1))
      .where('reported_at_ms', '>=', sinceMs)
      .select([second.as('second'), (expression) => expression.fn.countAll<number>().as('count')])
      .groupBy(second)
      .execute();
  }
}
