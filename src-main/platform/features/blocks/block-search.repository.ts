/** All SQL that looks for blocks. */
import { sql, type RawBuilder } from 'kysely';
import type { Block, BlockType, BlockVerdict } from '../../../contract/domain/block.ts';
import { maxCountedBlocks, searchedBlocks } from '../../../contract/rest/blocks.routes.ts';
import type { BlockRow } from '../../storage/schema.ts';
import { newestOfWorkers } from '../../storage/newest-of-workers.ts';
import type { StorageAccess } from '../../storage/storage.ts';
import type { Portion } from './block-list.repository.ts';
import { toBlock } from './block.repository.ts';

/** Which blocks; empty and absent fields let everything through. */
export interface BlockFilter {
  readonly leaseId: string;
  readonly workerId: string;
  /** Blocks of these workers only. */
  readonly workerIds?: ReadonlySet<string> | undefined;
  /** In any case. */
  readonly account: string;
  readonly verified: BlockVerdict | undefined;
  readonly type: BlockType | undefined;
  readonly counted: boolean | undefined;
  /** Beginning of a key or a tag, a whole hash, or a number. */
  readonly search: string;
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
}

export interface FoundBlocks {
  readonly items: Block[];
  readonly total: number;
  /** False: there are more than were counted. */
  readonly isExact: boolean;
}

type Condition = RawBuilder<unknown>;

/** An index that leads to the blocks in the order of time, and what is left to be looked at in each of them. */
interface Path {
  readonly index: string;
  readonly fixed: readonly Condition[];
  readonly rest: readonly Condition[];
}

/** As in the index: the tag is the last 86 characters of a hash, or all of a shorter one. */
const tag = (length: number) => sql.raw(`substr(hash, max(1, length(hash) - 85), ${Math.floor(length)})`);
const indexedTagLength = 8;

/** Found by one way of looking, at most. */
const maxMatches = 2000;

function all(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

function timeOf({ sinceMs, untilMs }: BlockFilter): Condition[] {
  return [
    ...(sinceMs === undefined ? [] : [sql`reported_at_ms >= ${sinceMs}`]),
    ...(untilMs === undefined ? [] : [sql`reported_at_ms < ${untilMs}`]),
  ];
}

/** The conditions of a filter by the index that serves them; the first one leads. */
function conditionsOf(filter: BlockFilter): { index: string | undefined; condition: Condition }[] {
  const { leaseId, workerId, account, verified, type, counted } = filter;
  const isUncounted = counted === false || verified === 'rejected';
  return [
    ...(leaseId === '' ? [] : [{ index: 'blocks_lease', condition: sql`lease_id = ${leaseId}` }]),
    ...(workerId === '' ? [] : [{ index: 'blocks_worker_at', condition: sql`worker_id = ${workerId}` }]),
    ...(account === ''
      ? []
      : [{ index: 'blocks_account_at', condition: sql`lower(account) = ${account.toLowerCase()}` }]),
    // The indexes hold only such rows: SQLite has to see it in the text. What is rejected never counts.
    ...(isUncounted ? [{ index: 'blocks_uncounted_at', condition: sql`counted = 0` }] : []),
    ...(type === 'super' ? [{ index: 'blocks_super_at', condition: sql`type = 'super'` }] : []),
    ...(counted === true ? [{ index: 'blocks_counted_at', condition: sql`counted = 1` }] : []),
    ...(type === undefined || type === 'super' ? [] : [{ index: undefined, condition: sql`type = ${type}` }]),
    ...(verified === undefined ? [] : [{ index: undefined, condition: sql`verified = ${verified}` }]),
  ];
}

function pathOf(filter: BlockFilter): Path {
  const conditions = conditionsOf(filter);
  const leading = conditions.find(({ index }) => index !== undefined);
  return {
    index: leading?.index ?? 'blocks_at',
    fixed: [...(leading ? [leading.condition] : []), ...timeOf(filter)],
    rest: conditions.filter((entry) => entry !== leading).map(({ condition }) => condition),
  };
}

const newestFirst = (left: BlockRow, right: BlockRow) =>
  right.reported_at_ms - left.reported_at_ms || right.block_id - left.block_id;

export class BlockSearchRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  async find(blockId: number): Promise<Block | undefined> {
    const row = await this.#storage.read
      .selectFrom('blocks')
      .where('block_id', '=', blockId)
      .selectAll()
      .executeTakeFirst();
    return row && toBlock(row);
  }

  /** Blocks that pass, newest first. However large the table is, a bounded number of them is looked at. */
  async search(filter: BlockFilter, portion: Portion): Promise<FoundBlocks> {
    const { leaseId, workerId, workerIds } = filter;
    if (workerIds?.size === 0 || (workerId !== '' && workerIds?.has(workerId) === false))
      return { items: [], total: 0, isExact: true };
    if (filter.search !== '') return this.#searchText(filter, portion);
    if (workerIds !== undefined && workerId === '' && leaseId === '')
      return this.#lookThroughWorkers(workerIds, filter, portion);
    const path = pathOf(filter);
    return path.rest.length === 0 && (workerIds === undefined || leaseId === '')
      ? this.#walk(path, portion)
      : this.#lookThrough(path, portion, workerIds);
  }

  /** The index alone answers. */
  async #walk({ index, fixed }: Path, { limit, offset }: Portion): Promise<FoundBlocks> {
    const from = sql`blocks indexed by ${sql.ref(index)} where ${all(fixed)}`;
    const counted = await this.#count(from, maxCountedBlocks + 1);
    const { rows } = await sql<BlockRow>`select * from ${from}
      order by reported_at_ms desc, block_id desc limit ${limit} offset ${offset}`.execute(
      this.#storage.read,
    );
    return {
      items: rows.map(toBlock),
      total: Math.min(counted, maxCountedBlocks),
      isExact: counted <= maxCountedBlocks,
    };
  }

  /** The newest that the index finds are looked at one by one. */
  async #lookThrough(
    { index, fixed, rest }: Path,
    portion: Portion,
    workerIds?: ReadonlySet<string>,
  ): Promise<FoundBlocks> {
    const from = sql`blocks indexed by ${sql.ref(index)} where ${all(fixed)}`;
    const { rows } = await sql<{ block_id: number; worker_id: string }>`select block_id, worker_id from (
        select block_id, worker_id, account, verified, type, counted from ${from}
        order by reported_at_ms desc, block_id desc limit ${searchedBlocks}
      ) where ${all(rest)}`.execute(this.#storage.read);
    const matches = workerIds ? rows.filter(({ worker_id }) => workerIds.has(worker_id)) : rows;
    return {
      ...(await this.#portionOf(
        matches.map(({ block_id }) => block_id),
        portion,
      )),
      isExact: (await this.#count(from, searchedBlocks + 1)) <= searchedBlocks,
    };
  }

  /** The newest of each worker are looked at, as many of one as of another. */
  async #lookThroughWorkers(
    workerIds: ReadonlySet<string>,
    filter: BlockFilter,
    portion: Portion,
  ): Promise<FoundBlocks> {
    const { read } = this.#storage;
    const { numbers, isWhole } = await newestOfWorkers(read, {
      ...{ table: 'blocks', index: 'blocks_worker_at', time: 'reported_at_ms' },
      ...{ workerIds, condition: all(timeOf(filter)) },
      perWorker: Math.ceil(searchedBlocks / workerIds.size),
    });
    const rest = conditionsOf(filter).map(({ condition }) => condition);
    const found = rest.length === 0 ? numbers : await this.#passing(numbers, rest);
    return { ...(await this.#portionOf(found, portion)), isExact: isWhole };
  }

  /** Those of some blocks that meet conditions, in their order. */
  async #passing(ids: readonly number[], conditions: readonly Condition[]): Promise<number[]> {
    const { rows } = await sql<{ block_id: number }>`select blocks.block_id
      from json_each(${JSON.stringify(ids)}) as ids
      cross join blocks on blocks.block_id = ids.value where ${all(conditions)}`.execute(this.#storage.read);
    const passing = new Set(rows.map(({ block_id }) => block_id));
    return ids.filter((id) => passing.has(id));
  }

  /** Of the blocks that were found, newest first, those of a page. */
  async #portionOf(ids: readonly number[], { limit, offset }: Portion) {
    const rows = await this.#rows(ids.slice(offset, offset + limit), []);
    return { items: rows.sort(newestFirst).map(toBlock), total: ids.length };
  }

  async #searchText(filter: BlockFilter, { limit, offset }: Portion): Promise<FoundBlocks> {
    const ids = new Set<number>();
    let isExact = true;
    for (const condition of meaningsOf(filter.search)) {
      const { rows } = await sql<{ block_id: number }>`select block_id from blocks
        where ${condition} limit ${maxMatches + 1}`.execute(this.#storage.read);
      isExact &&= rows.length <= maxMatches;
      for (const row of rows.slice(0, maxMatches)) ids.add(row.block_id);
    }
    const conditions = [...conditionsOf(filter).map(({ condition }) => condition), ...timeOf(filter)];
    const { workerIds } = filter;
    const rows = (await this.#rows([...ids], conditions))
      .filter(({ worker_id }) => workerIds?.has(worker_id) ?? true)
      .sort(newestFirst);
    return { items: rows.slice(offset, offset + limit).map(toBlock), total: rows.length, isExact };
  }

  async #rows(ids: readonly number[], conditions: readonly Condition[]): Promise<BlockRow[]> {
    const { rows } = await sql<BlockRow>`select blocks.* from json_each(${JSON.stringify(ids)}) as ids
      cross join blocks on blocks.block_id = ids.value where ${all(conditions)}`.execute(this.#storage.read);
    return rows;
  }

  async #count(from: Condition, most: number): Promise<number> {
    const { rows } = await sql<{ count: number }>`select count(*) as count from (
      select 1 from ${from} limit ${most})`.execute(this.#storage.read);
    return rows[0]?.count ?? 0;
  }
}

/** Everything that a text can mean, each by an index. */
function meaningsOf(search: string): Condition[] {
  const text = search.trim();
  const meanings: Condition[] = [];
  if (/^\d{1,15}$/.test(text)) {
    const number = Number(text);
    meanings.push(sql`block_id = ${number}`, sql`chain_block_id = ${number}`);
  }
  if (text.length >= 4 && /^[0-9a-f]+$/i.test(text)) {
    const key = text.toLowerCase();
    // After the digits of a key nothing comes that is greater than g.
    for (const counted of ['counted = 1', 'counted = 0'])
      meanings.push(sql`${sql.raw(counted)} and lower(key) >= ${key} and lower(key) < ${`${key}g`}`);
  }
  const tagText = text.startsWith('$') ? (text.split('$').at(-1) ?? '') : text;
  if (tagText.length >= 4 && /^[A-Za-z0-9+/]{1,86}$/.test(tagText)) {
    const start = tagText.slice(0, indexedTagLength);
    const first = tag(indexedTagLength);
    // In ASCII { is the one after z, the last letter of base64.
    meanings.push(
      sql`${first} >= ${start} and ${first} < ${`${start}{`} and ${tag(tagText.length)} = ${tagText}`,
    );
  }
  return meanings;
}
