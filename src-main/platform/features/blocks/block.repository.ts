/** All SQL of blocks. */
import { sql } from 'kysely';
import type { Block } from '../../../contract/domain/block.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import type { BlockRow, Database } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';
import { addLeaseBlocks, findLeaseForBlock, type LeaseForBlock } from '../leases/index.ts';
import { assessBlock, type BlockAssessment, type BlockReport } from './assess-block.ts';

/** What became of a report; undefined when its key was recorded before. */
export type RecordedBlock = BlockAssessment | undefined;

export interface BlockTotals {
  /** Blocks that are not rejected. */
  total: number;
  selfMined: number;
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
] as const satisfies readonly (keyof BlockRow)[];

/** One statement for any number of blocks: they travel as one JSON parameter. A known key changes nothing. */
const insertSql = sql.raw(
  `insert into blocks (${columns.join(', ')}) ` +
    `select ${columns.map((_, index) => `value ->> ${index}`).join(', ')} from json_each(`,
);
const onConflictSql = sql.raw(') where true on conflict do nothing returning key, worker_id, lease_id');

interface InsertedKey {
  key: string;
  worker_id: string;
  lease_id: string;
}

function identityOf(workerId: string, leaseId: string, key: string): string {
  return `${key.toLowerCase()} ${leaseId} ${workerId}`;
}

function toParameters(report: BlockReport, assessment: BlockAssessment): unknown[] {
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

/** Records reports in the order of their arrival, and counts them for their leases. */
async function insertBlocks(db: Database, reports: readonly BlockReport[]): Promise<RecordedBlock[]> {
  const leases = await findLeases(db, reports);
  const assessments = reports.map((report) => assessBlock(report, leases.get(report.leaseId)));
  const rows = reports.map((report, index) => toParameters(report, assessments[index] as BlockAssessment));
  const { rows: inserted } =
    await sql<InsertedKey>`${insertSql}${JSON.stringify(rows)}${onConflictSql}`.execute(db);
  const fresh = new Set(inserted.map((row) => identityOf(row.worker_id, row.lease_id, row.key)));
  const counted = new Map<string, number>();
  const recorded = reports.map((report, index) => {
    // Of reports that repeat a key within the batch, the first one was inserted.
    if (!fresh.delete(identityOf(report.workerId, report.leaseId, report.key))) return undefined;
    const assessment = assessments[index] as BlockAssessment;
    if (report.leaseId !== '' && assessment.verified !== 'rejected') {
      counted.set(report.leaseId, (counted.get(report.leaseId) ?? 0) + 1);
    }
    return assessment;
  });
  for (const [leaseId, count] of counted) await addLeaseBlocks(db, leaseId, count);
  return recorded;
}

function toBlock(row: BlockRow): Block {
  return {
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
    timestamp: toUnixSeconds(row.reported_at_ms),
    verified: row.verified,
    reason: row.reason,
  };
}

export class BlockRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** Records all reports that `take` hands over when the transaction runs; durable when the promise settles. */
  record(take: () => readonly BlockReport[]): Promise<RecordedBlock[]> {
    return this.#storage.write((db) => insertBlocks(db, take()));
  }

  /** The newest blocks, rejected ones included, newest first. */
  async loadRecent(limit: number): Promise<Block[]> {
    const rows = await this.#storage.read
      .selectFrom('blocks')
      .selectAll()
      .orderBy('block_id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toBlock);
  }

  async loadTotals(): Promise<BlockTotals> {
    const row = await this.#storage.read
      .selectFrom('blocks')
      .where('verified', '<>', 'rejected')
      .select((expression) => [
        expression.fn.countAll<number>().as('total'),
        expression.fn
          .sum<number | null>(expression.case().when('lease_id', '=', '').then(1).else(0).end())
          .as('self'),
      ])
      .executeTakeFirstOrThrow();
    return { total: row.total, selfMined: row.self ?? 0 };
  }

  /** How many blocks that are not rejected arrived in each second since a moment. */
  async loadArrivals(sinceMs: number): Promise<{ second: number; count: number }[]> {
    const second = sql<number>`reported_at_ms / 1000`;
    return this.#storage.read
      .selectFrom('blocks')
      .where('reported_at_ms', '>=', sinceMs)
      .where('verified', '<>', 'rejected')
      .select([second.as('second'), (expression) => expression.fn.countAll<number>().as('count')])
      .groupBy(second)
      .execute();
  }
}
