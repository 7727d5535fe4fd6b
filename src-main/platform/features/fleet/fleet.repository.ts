/** All SQL of the fleet. */
import { sql, type Selectable } from 'kysely';
import type { Gpu, WorkerState } from '../../../contract/domain/worker.ts';
import { ethAddressPattern } from '../../../contract/mqtt/miner-messages.ts';
import type { Database, WorkerActivityTable } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';
import { toSearchText, type LiveWorker } from './live-worker.ts';

type ActivityRow = Selectable<WorkerActivityTable>;

/** The account that a worker belongs to by what it says. */
export interface WorkerOwner {
  readonly accountId: string;
  readonly isClosed: boolean;
}

interface BlockCounts {
  readonly selfMined: number;
  readonly proven: number;
  readonly provenMarker: number;
}

/** Columns of worker_activity beside its key, in the order in which they travel as a JSON array. */
const reportedColumns = [
  'state',
  'detail',
  'lease_id',
  'offline_since_ms',
  'hashrate',
  'active_gpus',
  'accepted_blocks',
  'difficulty',
  'miner_uptime_sec',
  'last_heartbeat_ms',
  'last_online_at_ms',
  'total_online_ms',
  'current_address',
  'current_prefix',
  'current_block_pattern',
  'claimed_hashes',
  'expected_blocks',
  'difficulty_since_ms',
  'said_goodbye',
] as const satisfies readonly (keyof ActivityRow)[];
const activityColumns = ['worker_id', ...reportedColumns] as const;

function toActivityRow(worker: LiveWorker): ActivityRow {
  return {
    worker_id: worker.workerId,
    state: worker.reportedState,
    detail: worker.detail,
    lease_id: worker.reportedLeaseId,
    offline_since_ms: worker.offlineSinceMs,
    hashrate: worker.hashrate,
    active_gpus: worker.activeGpus,
    accepted_blocks: worker.acceptedBlocks,
    difficulty: worker.difficulty,
    miner_uptime_sec: worker.minerUptimeSec,
    last_heartbeat_ms: worker.lastHeartbeatMs,
    last_online_at_ms: worker.lastOnlineAtMs,
    total_online_ms: worker.totalOnlineMs,
    current_address: worker.currentAddress,
    current_prefix: worker.currentPrefix,
    current_block_pattern: worker.currentBlockPattern,
    claimed_hashes: worker.claimedHashes,
    expected_blocks: worker.expectedBlocks,
    difficulty_since_ms: worker.difficultySinceMs,
    said_goodbye: worker.saidGoodbye ? 1 : 0,
  };
}

/** One statement for any number of rows: the rows travel as one JSON parameter. */
const writeActivitySql = sql.raw(
  `insert into worker_activity (${activityColumns.join(', ')}) ` +
    `select ${activityColumns.map((_, index) => `value ->> ${index}`).join(', ')} from json_each(`,
);
const onConflictSql = sql.raw(
  ') where true on conflict (worker_id) do update set ' +
    reportedColumns.map((column) => `${column} = excluded.${column}`).join(', '),
);

async function writeActivity(db: Database, workers: readonly LiveWorker[]): Promise<void> {
  const rows = workers.map((worker) => {
    const row = toActivityRow(worker);
    return activityColumns.map((column) => row[column]);
  });
  await sql`${writeActivitySql}${JSON.stringify(rows)}${onConflictSql}`.execute(db);
}

/** The account that has an address; it need not be named like it (domain.md, Worker). */
async function findAccount(db: Database, ethAddress: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('accounts')
    .where('eth_address', '=', ethAddress.toLowerCase())
    .select('account_id')
    .executeTakeFirst();
  return row?.account_id;
}

/**
 * The account named like a worker without an address (domain.md, Worker). Somebody may have registered that name
 * before, or it looks like somebody's address: then it is told apart.
 */
async function ownAccountId(db: Database, { workerId }: LiveWorker): Promise<string> {
  const row = await db
    .selectFrom('accounts')
    .where('account_id', '=', workerId)
    .select('origin')
    .executeTakeFirst();
  const isFree = row === undefined || row.origin === 'worker';
  return isFree && !ethAddressPattern.test(workerId) ? workerId : `worker:${workerId}`;
}

async function isClosed(db: Database, accountId: string): Promise<boolean> {
  const row = await db
    .selectFrom('accounts')
    .where('account_id', '=', accountId)
    .where('closed_at_ms', 'is not', null)
    .select('account_id')
    .executeTakeFirst();
  return row !== undefined;
}

async function writeWorker(db: Database, worker: LiveWorker): Promise<WorkerOwner> {
  const accountId =
    worker.ethAddress === ''
      ? await ownAccountId(db, worker)
      : ((await findAccount(db, worker.ethAddress)) ?? worker.accountId);
  // Nobody could get at what it earns.
  if (await isClosed(db, accountId)) return { accountId, isClosed: true };
  await db
    .insertInto('accounts')
    .values({
      account_id: accountId,
      role: 'provider',
      eth_address: worker.ethAddress === '' ? null : worker.ethAddress.toLowerCase(),
      created_at_ms: worker.registeredAtMs,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const identity = {
    account_id: accountId,
    eth_address: worker.ethAddress,
    gpu_count: worker.gpuCount,
    total_memory_gb: worker.totalMemoryGb,
    gpus: JSON.stringify(worker.gpus),
    version: worker.version,
  };
  await db
    .insertInto('workers')
    .values({ worker_id: worker.workerId, registered_at_ms: worker.registeredAtMs, ...identity })
    .onConflict((conflict) => conflict.column('worker_id').doUpdateSet(identity))
    .execute();
  await writeActivity(db, [worker]);
  return { accountId, isClosed: false };
}

export class FleetRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /**
   * Stores a worker, and an account for it when there is none yet; nothing when its account is closed. Durable when
   * it settles, with the account.
   */
  saveWorker(worker: LiveWorker): Promise<WorkerOwner> {
    return this.#storage.write((db) => writeWorker(db, worker));
  }

  /** Stores workers of another database as they are, with their terms; those whose account is closed are left out. */
  takeOver(workers: readonly LiveWorker[]): Promise<void> {
    return this.#storage.write(async (db) => {
      const known = await db.selectFrom('workers').select('worker_id').execute();
      const knownIds = new Set(known.map((row) => row.worker_id));
      for (const worker of workers) {
        const { isClosed: isLeftOut } = await writeWorker(db, worker);
        // What its owner set is part of what is restored.
        if (isLeftOut || knownIds.has(worker.workerId)) continue;
        await db
          .updateTable('workers')
          .set({
            price_per_min_micro: worker.pricePerMinMicro,
            min_duration_sec: worker.minDurationSec,
            max_duration_sec: worker.maxDurationSec,
            listed: worker.listed ? 1 : 0,
          })
          .where('worker_id', '=', worker.workerId)
          .execute();
      }
    });
  }

  /** Stores whether a worker is offered for rent. */
  async saveListed(workerId: string, listed: boolean): Promise<void> {
    await this.#storage.write((db) =>
      db
        .updateTable('workers')
        .set({ listed: listed ? 1 : 0 })
        .where('worker_id', '=', workerId)
        .execute(),
    );
  }

  /** Stores what workers last said, in one transaction. */
  saveActivity(workers: readonly LiveWorker[]): Promise<void> {
    return this.#storage.write((db) => writeActivity(db, workers), 'normal');
  }

  /** Stores the terms of a worker; durable when it settles. */
  async saveTerms(
    workerId: string,
    terms: Pick<LiveWorker, 'pricePerMinMicro' | 'minDurationSec' | 'maxDurationSec'>,
  ): Promise<void> {
    await this.#storage.write((db) =>
      db
        .updateTable('workers')
        .set({
          price_per_min_micro: terms.pricePerMinMicro,
          min_duration_sec: terms.minDurationSec,
          max_duration_sec: terms.maxDurationSec,
        })
        .where('worker_id', '=', workerId)
        .execute(),
    );
  }

  /** All workers with their last known activity. */
  async loadWorkers(): Promise<LiveWorker[]> {
    const rows = await this.#storage.read
      .selectFrom('workers')
      .innerJoin('worker_activity', 'worker_activity.worker_id', 'workers.worker_id')
      .selectAll('workers')
      .select(reportedColumns)
      .execute();
    const blockCounts = await this.#loadBlockCounts();
    const carried = await this.#loadCarryovers();
    return rows.map((row) => {
      const worker = {
        workerId: row.worker_id,
        accountId: row.account_id,
        ethAddress: row.eth_address,
        gpuCount: row.gpu_count,
        totalMemoryGb: row.total_memory_gb,
        gpus: JSON.parse(row.gpus) as Gpu[],
        version: row.version,
        registeredAtMs: row.registered_at_ms,
        pricePerMinMicro: row.price_per_min_micro,
        minDurationSec: row.min_duration_sec,
        maxDurationSec: row.max_duration_sec,
        listed: row.listed === 1,
        reportedState: row.state as WorkerState,
        detail: row.detail,
        reportedLeaseId: row.lease_id,
        offlineSinceMs: row.offline_since_ms,
        hashrate: row.hashrate,
        activeGpus: row.active_gpus,
        acceptedBlocks: row.accepted_blocks,
        difficulty: row.difficulty,
        minerUptimeSec: row.miner_uptime_sec,
        lastHeartbeatMs: row.last_heartbeat_ms,
        lastOnlineAtMs: row.last_online_at_ms,
        totalOnlineMs: row.total_online_ms,
        selfBlocksFound:
          (blockCounts.get(row.worker_id)?.selfMined ?? 0) + (carried.get(row.worker_id)?.selfMined ?? 0),
        carriedBlocks: carried.get(row.worker_id)?.verified ?? 0,
        provenBlocks: blockCounts.get(row.worker_id)?.proven ?? 0,
        provenMarkerBlocks: blockCounts.get(row.worker_id)?.provenMarker ?? 0,
        currentAddress: row.current_address,
        currentPrefix: row.current_prefix,
        currentBlockPattern: row.current_block_pattern,
        claimedHashes: row.claimed_hashes,
        expectedBlocks: row.expected_blocks,
        difficultySinceMs: row.difficulty_since_ms,
        saidGoodbye: row.said_goodbye === 1,
        searchText: '',
        announcedOnline: false,
      };
      return { ...worker, searchText: toSearchText(worker) };
    });
  }

  /** What the earlier platform counted beyond the rows. */
  async #loadCarryovers(): Promise<Map<string, { selfMined: number; verified: number }>> {
    const rows = await this.#storage.read
      .selectFrom('worker_carryovers')
      .select(['worker_id', 'self_blocks as selfMined', 'verified_blocks as verified'])
      .execute();
    return new Map(rows.map((row) => [row.worker_id, row]));
  }

  /** Of the blocks of each worker that count: self-mined ones, proven ones, and proven ones with the marker. */
  async #loadBlockCounts(): Promise<Map<string, BlockCounts>> {
    const rows = await this.#storage.read
      .selectFrom('blocks')
      .where('counted', '=', sql.lit(1))
      .select([
        'worker_id',
        ({ fn }) => fn.countAll<number>().filterWhere('lease_id', '=', '').as('selfMined'),
        ({ fn }) => fn.countAll<number>().filterWhere('verified', '=', 'proven').as('proven'),
        ({ fn }) =>
          fn
            .countAll<number>()
            .filterWhere('verified', '=', 'proven')
            .filterWhere('type', '<>', 'xuni')
            .as('provenMarker'),
      ])
      .groupBy('worker_id')
      .execute();
    return new Map(rows.map((row) => [row.worker_id, row]));
  }
}
