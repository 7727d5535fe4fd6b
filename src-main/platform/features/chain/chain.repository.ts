/** All SQL of the chain simulator. */
import { sql, type Insertable, type Selectable } from 'kysely';
import type { BlockType } from '../../../contract/domain/block.ts';
import type { ChainBlocksTable, Database } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';

export type ChainBlockRow = Selectable<ChainBlocksTable>;
export type NewChainBlock = Omit<Insertable<ChainBlocksTable>, 'block_id'>;

export interface ChainTotals {
  readonly blocks: Record<BlockType, number>;
  /** Accounts with a reward. */
  readonly miners: number;
  readonly lastBlockId: number;
}

/** A block that was added. */
export interface AddedBlock {
  readonly blockId: number;
  /** The first block of its account. */
  readonly isOfNewMiner: boolean;
}

/** Filters of the list; empty ones let everything through. */
export interface ChainFilter {
  readonly account: string;
  readonly prefix: string;
}

/** From this length on a prefix leaves so few keys that it is cheaper to sort them than to walk all blocks. */
const selectivePrefixLength = 3;

async function insertBlock(
  db: Database,
  block: NewChainBlock,
  reward: number,
): Promise<AddedBlock | undefined> {
  const inserted = await db
    .insertInto('chain_blocks')
    .values(block)
    .onConflict((conflict) => conflict.doNothing())
    .returning('block_id')
    .executeTakeFirst();
  if (!inserted) return undefined;
  const { balance } = await db
    .insertInto('chain_balances')
    .values({ account: block.account.toLowerCase(), balance: reward })
    .onConflict((conflict) =>
      conflict.column('account').doUpdateSet({ balance: sql`chain_balances.balance + ${reward}` }),
    )
    .returning('balance')
    .executeTakeFirstOrThrow();
  return { blockId: inserted.block_id, isOfNewMiner: balance === reward };
}

/**
 * Numbers of the blocks with these keys, by lower-case key; runs in the transaction that records reports of them,
 * so that a key is either found here, or its acceptance comes after the report is there.
 */
export async function findChainBlocks(
  db: Database,
  keys: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const wanted = JSON.stringify(keys.map((key) => key.toLowerCase()));
  const { rows } = await sql<Pick<ChainBlocksTable, 'key'> & { block_id: number }>`
    select chain_blocks.key, block_id from json_each(${wanted}) wanted
    cross join chain_blocks on lower(chain_blocks.key) = wanted.value`.execute(db);
  return new Map(rows.map((row) => [row.key.toLowerCase(), row.block_id]));
}

export class ChainRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /**
   * Adds a block and its reward; durable when it settles.
   *
   * @param reward whole coins, at least 1
   * @returns undefined when its key is on the chain already, in any case of its digits
   */
  add(block: NewChainBlock, reward: number): Promise<AddedBlock | undefined> {
    return this.#storage.write((db) => insertBlock(db, block, reward));
  }

  async loadTotals(): Promise<ChainTotals> {
    const { read } = this.#storage;
    const types = await read
      .selectFrom('chain_blocks')
      .select(['type', ({ fn }) => fn.countAll<number>().as('count')])
      .groupBy('type')
      .execute();
    const last = await read
      .selectFrom('chain_blocks')
      .select(({ fn }) => fn.max<number | null>('block_id').as('id'))
      .executeTakeFirstOrThrow();
    const accounts = await read
      .selectFrom('chain_balances')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    const blocks = { normal: 0, super: 0, xuni: 0 };
    for (const { type, count } of types) blocks[type] = count;
    return { blocks, miners: accounts.count, lastBlockId: last.id ?? 0 };
  }

  /** The number of the block with a key, in any case; undefined when there is none. */
  async findBlockId(key: string): Promise<number | undefined> {
    const row = await this.#storage.read
      .selectFrom('chain_blocks')
      .where(sql`lower(key)`, '=', key.toLowerCase())
      .select('block_id')
      .executeTakeFirst();
    return row?.block_id;
  }

  async balanceOf(account: string): Promise<number> {
    const row = await this.#storage.read
      .selectFrom('chain_balances')
      .where('account', '=', account.toLowerCase())
      .select('balance')
      .executeTakeFirst();
    return row?.balance ?? 0;
  }

  /** The newest blocks first. */
  async newest(limit: number, { account, prefix }: ChainFilter): Promise<ChainBlockRow[]> {
    let matching = this.#storage.read.selectFrom('chain_blocks').selectAll();
    if (account !== '') matching = matching.where(sql`lower(account)`, '=', account.toLowerCase());
    const start = prefix.toLowerCase();
    const isSelective = start.length >= selectivePrefixLength;
    // A key's digits end before g. The plus keeps SQLite from the index of the keys.
    const key = isSelective ? sql<string>`lower(key)` : sql<string>`+lower(key)`;
    if (start !== '') matching = matching.where(key, '>=', start).where(key, '<', `${start}g`);
    // The same trick keeps it from walking all blocks in order where the prefix leaves few.
    const order = isSelective ? sql<number>`+block_id` : sql<number>`block_id`;
    return matching.orderBy(order, 'desc').limit(limit).execute();
  }
}
