/** All SQL that records blocks. */
import { sql } from 'kysely';
import type { VerifyMode } from '../../../contract/config.ts';
import type { Block } from '../../../contract/domain/block.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import type { BlockRow, Database } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';
import { addLeaseBlocks, findLeaseForBlock, type LeaseForBlock } from '../leases/index.ts';
import { assessBlock, type BlockAssessment, type BlockReport } from './assess-block.ts';

/** What became of a report; undefined when the same report was recorded before. */
export type RecordedBlock = Outcome | undefined;

interface Outcome extends BlockAssessment {
  readonly blockId: number;
  /** Number of the chain's block with this key; null when the chain does not have it (yet). */
  readonly chainBlockId: number | null;
}

/** Finds keys on the chain, by lower-case key; undefined where no chain runs. */
export type FindOnChain = (db: Database, keys: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/** The block whose key counts. */
export interface KeyHolder {
  readonly workerId: string;
  readonly leaseId: string;
  readonly key: string;
  readonly hash: string;
}

/** What is known of a report before its proof is computed. */
export interface Surroundings {
  readonly lease: LeaseForBlock | undefined;
  readonly holder: KeyHolder | undefined;
}

const columns = [
  'worker_id',
  'lease_id',
  'hash',
  'key',
  'account',
  'attempts',
  'hashrate',
  'prefix_valid',
  'verified',
  'reason',
  'reported_at_ms',
  'type',
  'counted',
  'chain_verified',
  'chain_block_id',
] as const satisfies readonly (keyof BlockRow)[];

/** One statement for any number of blocks: they travel as one JSON parameter. A known key changes nothing. */
const insertSql = sql.raw(
  `insert into blocks (${columns.join(', ')}) ` +
    `select ${columns.map((_, index) => `value ->> ${index}`).join(', ')} from json_each(`,
);
const onConflictSql = sql.raw(
  ') where true on conflict do nothing returning block_id, key, worker_id, lease_id, counted',
);

interface InsertedKey {
  block_id: number;
  key: string;
  worker_id: string;
  lease_id: string;
  counted: number;
}

interface Assessed {
  readonly report: BlockReport;
  readonly assessment: Omit<Outcome, 'blockId'>;
}

function identityOf(workerId: string, leaseId: string, key: string, counted: boolean): string {
  return `${counted} ${key.toLowerCase()} ${leaseId} ${workerId}`;
}

function toParameters({ report, assessment }: Assessed): unknown[] {
  const row: Pick<BlockRow, (typeof columns)[number]> = {
    worker_id: report.workerId,
    lease_id: report.leaseId,
    hash: report.hash,
    key: report.key,
    account: report.account,
    attempts: report.attempts,
    hashrate: report.hashrate,
    prefix_valid: assessment.prefixValid ? 1 : 0,
    verified: assessment.verified,
    reason: assessment.reason,
    reported_at_ms: report.reportedAtMs,
    type: assessment.type,
    counted: assessment.counted ? 1 : 0,
    chain_verified: assessment.chainBlockId === null ? 0 : 1,
    chain_block_id: assessment.chainBlockId,
  };
  return columns.map((column) => row[column]);
}

async function findLeases(
  db: Database,
  reports: readonly BlockReport[],
): Promise<Map<string, LeaseForBlock>> {
  const leases = new Map<string, LeaseForBlock>();
  for (const leaseId of new Set(reports.map((report) => report.leaseId).filter((id) => id !== ''))) {
    const lease = await findLeaseForBlock(db, leaseId);
    if (lease) leases.set(leaseId, lease);
  }
  return leases;
}

async function findHolder(db: Database, key: string): Promise<KeyHolder | undefined> {
  return db
    .selectFrom('blocks')
    .where('counted', '=', sql.lit(1))
    .where(sql`lower(key)`, '=', key.toLowerCase())
    .select(['worker_id as workerId', 'lease_id as leaseId', 'key', 'hash'])
    .executeTakeFirst();
}

/** Inserts rows in order; tells of each its number, undefined when it is not new. */
async function insertRows(db: Database, rows: readonly Assessed[]): Promise<(number | undefined)[]> {
  const parameters = JSON.stringify(rows.map(toParameters));
  const { rows: inserted } = await sql<InsertedKey>`${insertSql}${parameters}${onConflictSql}`.execute(db);
  const fresh = new Map(
    inserted.map((row) => [
      identityOf(row.worker_id, row.lease_id, row.key, row.counted === 1),
      row.block_id,
    ]),
  );
  // Of reports that repeat a key within the batch, the first one was inserted.
  return rows.map(({ report, assessment }) => {
    const identity = identityOf(report.workerId, report.leaseId, report.key, assessment.counted);
    const blockId = fresh.get(identity);
    fresh.delete(identity);
    return blockId;
  });
}

/** A key that counts already: the same worker's report came again, or somebody else claims it too. */
async function recordKnownKey(db: Database, { report, assessment }: Assessed): Promise<RecordedBlock> {
  const holder = await findHolder(db, report.key);
  if (holder?.workerId === report.workerId && holder.leaseId === report.leaseId) return undefined;
  const duplicate = {
    ...assessment,
    chainBlockId: null,
    verified: 'rejected',
    reason: 'duplicate_key',
    counted: false,
  } as const;
  const [blockId] = await insertRows(db, [{ report, assessment: duplicate }]);
  return blockId === undefined ? undefined : { ...duplicate, blockId };
}

/** Records reports in the order of their arrival, and counts them for their leases. */
async function insertBlocks(
  db: Database,
  reports: readonly BlockReport[],
  verify: VerifyMode,
  findOnChain: FindOnChain | undefined,
): Promise<RecordedBlock[]> {
  const leases = await findLeases(db, reports);
  const keys = reports.map(({ key }) => key);
  const onChain = await findOnChain?.(db, keys);
  const rows = reports.map((report) => {
    const assessment = assessBlock(report, leases.get(report.leaseId), verify);
    const found = assessment.verified === 'rejected' ? undefined : onChain?.get(report.key.toLowerCase());
    return { report, assessment: { ...assessment, chainBlockId: found ?? null } };
  });
  const blockIds = await insertRows(db, rows);
  const leaseBlocks = new Map<string, number>();
  const recorded: RecordedBlock[] = [];
  for (const [index, row] of rows.entries()) {
    const { report, assessment } = row;
    const blockId = blockIds[index];
    if (blockId === undefined) {
      recorded.push(assessment.counted ? await recordKnownKey(db, row) : undefined);
      continue;
    }
    recorded.push({ ...assessment, blockId });
    if (report.leaseId !== '' && assessment.counted)
      leaseBlocks.set(report.leaseId, (leaseBlocks.get(report.leaseId) ?? 0) + 1);
  }
  for (const [leaseId, count] of leaseBlocks) await addLeaseBlocks(db, leaseId, count);
  return recorded;
}

async function markOnChain(db: Database, key: string, chainBlockId: number): Promise<void> {
  // Each half has an index of its own.
  for (const counted of [0, 1]) {
    await db
      .updateTable('blocks')
      .set({ chain_verified: 1, chain_block_id: chainBlockId })
      .where('counted', '=', sql.lit(counted))
      .where(sql`lower(key)`, '=', key.toLowerCase())
      .where('verified', '<>', 'rejected')
      .execute();
  }
}

/** A row as it is shown. */
export function toBlock(row: BlockRow): Block {
  return {
    block_id: row.block_id,
    lease_id: row.lease_id,
    worker_id: row.worker_id,
    hash: row.hash,
    key: row.key,
    account: row.account,
    attempts: row.attempts,
    hashrate: row.hashrate,
    prefix_valid: row.prefix_valid === 1,
    chain_verified: row.chain_verified === 1,
    chain_block_id: row.chain_block_id,
    block_type: row.type,
    counted: row.counted === 1,
    timestamp: toUnixSeconds(row.reported_at_ms),
    verified: row.verified,
    reason: row.reason,
  };
}

export class BlockRepository {
  readonly #storage: StorageAccess;

  readonly #findOnChain: FindOnChain | undefined;

  constructor(storage: StorageAccess, findOnChain?: FindOnChain) {
    this.#storage = storage;
    this.#findOnChain = findOnChain;
  }

  /** The lease that a report names, and the block that has its key. */
  async surroundings(leaseId: string, key: string): Promise<Surroundings> {
    const { read } = this.#storage;
    return {
      lease: leaseId === '' ? undefined : await findLeaseForBlock(read, leaseId),
      holder: await findHolder(read, key),
    };
  }

  /** Records all reports that `take` hands over when the transaction runs; durable when the promise settles. */
  record(take: () => readonly BlockReport[], verify: VerifyMode): Promise<RecordedBlock[]> {
    return this.#storage.write((db) => insertBlocks(db, take(), verify, this.#findOnChain));
  }

  /** Deletes the oldest reports that do not count, up to `limit`. Returns the lease of each; empty: self-mined. */
  async forgetUncounted(limit: number): Promise<string[]> {
    const rows = await this.#storage.write(
      (db) =>
        db
          .deleteFrom('blocks')
          .where('block_id', 'in', (blocks) =>
            blocks
              .selectFrom('blocks')
              .where('counted', '=', sql.lit(0))
              .orderBy('block_id')
              .limit(limit)
              .select('block_id'),
          )
          .returning('lease_id')
          .execute(),
      'normal',
    );
    return rows.map(({ lease_id: leaseId }) => leaseId);
  }

  /** The chain has a key now: notes it with every report of that key which is not rejected. */
  markOnChain(key: string, chainBlockId: number): Promise<void> {
    return this.#storage.write((db) => markOnChain(db, key, chainBlockId));
  }
}
