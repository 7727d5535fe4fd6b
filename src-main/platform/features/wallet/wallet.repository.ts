/** All SQL of the wallets' time series and records. */
import { sql, type Selectable } from 'kysely';
import type { Database, WalletRecordsTable, WalletSnapshotsTable } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';
import { bucketOf, type Horizons } from './wallet-time.ts';

export type WalletRecord = Selectable<WalletRecordsTable>;
export type WalletSnapshot = Selectable<WalletSnapshotsTable>;

/** What was seen of an address within an hour. */
export interface WalletSample {
  /** Lower case. */
  readonly address: string;
  readonly hourStartMs: number;
  readonly hashrateSum: number;
  readonly samples: number;
  readonly peakHashrate: number;
  readonly peakAtMs: number;
  readonly workersOnline: number;
  readonly totalWorkers: number;
  /** When its first worker registered. */
  readonly firstSeenMs: number;
}

/** The last block and settlement that are counted. */
export interface WalletProgress {
  readonly blockId: number;
  readonly settlementId: number;
}

/** Something that counts for an address in an hour. */
interface HourlyGain {
  address: string;
  hour: number;
  firstAtMs: number;
  blocks: number;
  earningsMicro: number;
}

const snapshotColumns = [
  'resolution',
  'bucket_start_ms',
  'eth_address',
  'hashrate_sum',
  'samples',
  'workers_online',
  'total_workers',
  'blocks',
  'earnings_micro',
] as const satisfies readonly (keyof WalletSnapshot)[];

const elements = (count: number) => Array.from({ length: count }, (_, index) => `value ->> ${index}`);

/** Adds rows to what is there of their hour or day; rows travel as one JSON parameter. */
const addSnapshotsSql = sql.raw(
  `insert into wallet_snapshots (${snapshotColumns.join(', ')}) ` +
    `select ${elements(snapshotColumns.length).join(', ')} from json_each(`,
);
const toSnapshotSql =
  sql.raw(`) where true on conflict (resolution, bucket_start_ms, eth_address) do update set
  hashrate_sum = hashrate_sum + excluded.hashrate_sum,
  samples = samples + excluded.samples,
  workers_online = max(workers_online, excluded.workers_online),
  total_workers = iif(excluded.samples > 0, excluded.total_workers, total_workers),
  blocks = blocks + excluded.blocks,
  earnings_micro = earnings_micro + excluded.earnings_micro`);

async function addSnapshots(db: Database, rows: readonly WalletSnapshot[]): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map((row) => snapshotColumns.map((column) => row[column]));
  await sql`${addSnapshotsSql}${JSON.stringify(values)}${toSnapshotSql}`.execute(db);
}

const addRecordsSql = sql.raw(
  `insert into wallet_records (eth_address, first_seen_ms, peak_hashrate, peak_at_ms, mining_hours, mining_days,
     last_mining_hour_ms) select ${elements(7).join(', ')} from json_each(`,
);
const toRecordSql = sql.raw(`) where true on conflict (eth_address) do update set
  first_seen_ms = min(first_seen_ms, excluded.first_seen_ms),
  peak_at_ms = iif(excluded.peak_hashrate > peak_hashrate, excluded.peak_at_ms, peak_at_ms),
  peak_hashrate = max(peak_hashrate, excluded.peak_hashrate),
  mining_hours = mining_hours + (excluded.last_mining_hour_ms > last_mining_hour_ms),
  mining_days = mining_days + (excluded.last_mining_hour_ms / 86400000 > last_mining_hour_ms / 86400000),
  last_mining_hour_ms = max(last_mining_hour_ms, excluded.last_mining_hour_ms)`);

async function writeSamples(
  db: Database,
  samples: readonly WalletSample[],
  horizons: Horizons | undefined,
): Promise<void> {
  const rows = samples.flatMap((sample): WalletSnapshot[] => {
    const hour = { resolution: 'hourly', startMs: sample.hourStartMs } as const;
    const bucket = horizons ? bucketOf(sample.hourStartMs, horizons) : hour;
    if (!bucket) return [];
    return [
      {
        resolution: bucket.resolution,
        bucket_start_ms: bucket.startMs,
        eth_address: sample.address,
        hashrate_sum: sample.hashrateSum,
        samples: sample.samples,
        workers_online: sample.workersOnline,
        total_workers: sample.totalWorkers,
        blocks: 0,
        earnings_micro: 0,
      },
    ];
  });
  await addSnapshots(db, rows);
  const records = samples.map(({ address, firstSeenMs, peakHashrate, peakAtMs, hourStartMs }) => {
    const isMining = peakHashrate > 0 ? 1 : 0;
    return [address, firstSeenMs, peakHashrate, peakAtMs, isMining, isMining, isMining * hourStartMs];
  });
  await sql`${addRecordsSql}${JSON.stringify(records)}${toRecordSql}`.execute(db);
}

/** Blocks that count, by the address that their workers have now. */
async function gainOfBlocks(db: Database, afterId: number, lastId: number): Promise<HourlyGain[]> {
  const { rows } = await sql<HourlyGain>`
    select lower(workers.eth_address) as address, reported_at_ms / 3600000 * 3600000 as hour,
      min(reported_at_ms) as "firstAtMs", count(*) as blocks, 0 as "earningsMicro"
    from blocks cross join workers on workers.worker_id = blocks.worker_id
    where block_id > ${afterId} and block_id <= ${lastId} and counted = 1 and workers.eth_address <> ''
    group by address, hour`.execute(db);
  return rows;
}

/** Payouts, by the address of the account that got them. */
async function gainOfSettlements(db: Database, afterId: number, lastId: number): Promise<HourlyGain[]> {
  const { rows } = await sql<HourlyGain>`
    select lower(accounts.eth_address) as address, settled_at_ms / 3600000 * 3600000 as hour,
      min(settled_at_ms) as "firstAtMs", 0 as blocks, sum(provider_payout_micro) as "earningsMicro"
    from settlements cross join accounts on accounts.account_id = settlements.provider_id
    where settlement_id > ${afterId} and settlement_id <= ${lastId} and accounts.eth_address is not null
    group by address, hour`.execute(db);
  return rows;
}

async function writeGain(db: Database, gain: readonly HourlyGain[], horizons: Horizons): Promise<void> {
  const rows = gain.flatMap(({ address, hour, blocks, earningsMicro }): WalletSnapshot[] => {
    const bucket = bucketOf(hour, horizons);
    if (!bucket) return [];
    return [
      {
        resolution: bucket.resolution,
        bucket_start_ms: bucket.startMs,
        eth_address: address,
        hashrate_sum: 0,
        samples: 0,
        workers_online: 0,
        total_workers: 0,
        blocks,
        earnings_micro: earningsMicro,
      },
    ];
  });
  await addSnapshots(db, rows);
  const totals = gain.map(({ address, firstAtMs, blocks }) => [address, firstAtMs, blocks]);
  await sql`insert into wallet_records (eth_address, first_seen_ms, total_blocks)
    select value ->> 0, value ->> 1, value ->> 2 from json_each(${JSON.stringify(totals)})
    where true on conflict (eth_address) do update set total_blocks = total_blocks + excluded.total_blocks`.execute(
    db,
  );
}

/** The highest of the next `limit` numbers; `afterId` when there are none. */
async function lastBlockOf(db: Database, afterId: number, limit: number): Promise<number> {
  const row = await db
    .selectFrom((from) =>
      from
        .selectFrom('blocks')
        .select('block_id')
        .where('block_id', '>', afterId)
        .orderBy('block_id')
        .limit(limit)
        .as('next'),
    )
    .select(({ fn }) => fn.max<number | null>('block_id').as('last'))
    .executeTakeFirstOrThrow();
  return row.last ?? afterId;
}

async function lastSettlementOf(db: Database, afterId: number, limit: number): Promise<number> {
  const row = await db
    .selectFrom((from) =>
      from
        .selectFrom('settlements')
        .select('settlement_id')
        .where('settlement_id', '>', afterId)
        .orderBy('settlement_id')
        .limit(limit)
        .as('next'),
    )
    .select(({ fn }) => fn.max<number | null>('settlement_id').as('last'))
    .executeTakeFirstOrThrow();
  return row.last ?? afterId;
}

async function readProgress(db: Database): Promise<WalletProgress> {
  return db
    .selectFrom('wallet_progress')
    .select(['block_id as blockId', 'settlement_id as settlementId'])
    .executeTakeFirstOrThrow();
}

/** Counts the next blocks and settlements, and remembers up to where, in one transaction. */
async function countNext(db: Database, limit: number, horizons: Horizons): Promise<WalletProgress> {
  const { blockId, settlementId } = await readProgress(db);
  const lastBlock = await lastBlockOf(db, blockId, limit);
  const lastSettlement = await lastSettlementOf(db, settlementId, limit);
  await writeGain(db, await gainOfBlocks(db, blockId, lastBlock), horizons);
  await writeGain(db, await gainOfSettlements(db, settlementId, lastSettlement), horizons);
  await db
    .updateTable('wallet_progress')
    .set({ block_id: lastBlock, settlement_id: lastSettlement })
    .where('id', '=', 1)
    .execute();
  return { blockId: lastBlock, settlementId: lastSettlement };
}

/** Moves hours into their days, oldest first. Returns how many there were. */
async function moveToDays(db: Database, hourlyMs: number, limit: number): Promise<number> {
  const hours = await db
    .selectFrom('wallet_snapshots')
    .selectAll()
    .where('resolution', '=', 'hourly')
    .where('bucket_start_ms', '<', hourlyMs)
    .orderBy('bucket_start_ms')
    .orderBy('eth_address')
    .limit(limit)
    .execute();
  const last = hours.at(-1);
  if (!last) return 0;
  await addSnapshots(
    db,
    hours.map((row) => ({
      ...row,
      resolution: 'daily',
      bucket_start_ms: Math.floor(row.bucket_start_ms / 86_400_000) * 86_400_000,
    })),
  );
  await db
    .deleteFrom('wallet_snapshots')
    .where('resolution', '=', 'hourly')
    .where((where) =>
      where(
        where.refTuple('bucket_start_ms', 'eth_address'),
        '<=',
        where.tuple(last.bucket_start_ms, last.eth_address),
      ),
    )
    .execute();
  return hours.length;
}

export class WalletRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  progress(): Promise<WalletProgress> {
    return readProgress(this.#storage.read);
  }

  /** Whether there are blocks or settlements that are not counted yet. */
  async isBehind({ blockId, settlementId }: WalletProgress): Promise<boolean> {
    const { read } = this.#storage;
    return (
      (await lastBlockOf(read, blockId, 1)) > blockId ||
      (await lastSettlementOf(read, settlementId, 1)) > settlementId
    );
  }

  /** Counts up to `limit` more blocks and settlements, each once whatever happens. Returns up to where. */
  countNext(limit: number, horizons: Horizons): Promise<WalletProgress> {
    return this.#storage.write((db) => countNext(db, limit, horizons), 'normal');
  }

  /**
   * Adds samples to their hours, in one transaction.
   *
   * @param horizons of samples that may be old: they are added to their days at once, or to records only
   */
  saveSamples(samples: readonly WalletSample[], horizons?: Horizons): Promise<void> {
    return this.#storage.write((db) => writeSamples(db, samples, horizons), 'normal');
  }

  /** Moves up to `limit` hours from before a moment into their days. Returns how many there were. */
  moveToDays(hourlyMs: number, limit: number): Promise<number> {
    return this.#storage.write((db) => moveToDays(db, hourlyMs, limit), 'normal');
  }

  /** Deletes up to `limit` days from before a moment. Returns how many there were. */
  deleteDaysBefore(dailyMs: number, limit: number): Promise<number> {
    return this.#storage.write(async (db) => {
      const { numAffectedRows } = await sql`delete from wallet_snapshots
        where (resolution, bucket_start_ms, eth_address) in (
          select resolution, bucket_start_ms, eth_address from wallet_snapshots
          where resolution = 'daily' and bucket_start_ms < ${dailyMs} limit ${limit})`.execute(db);
      return Number(numAffectedRows ?? 0);
    }, 'normal');
  }

  /** The rows of an address that start at these moments: a seek each. In no order. */
  async snapshots(
    address: string,
    resolution: WalletSnapshot['resolution'],
    startsMs: readonly number[],
  ): Promise<WalletSnapshot[]> {
    if (startsMs.length === 0) return [];
    return this.#storage.read
      .selectFrom('wallet_snapshots')
      .selectAll()
      .where('resolution', '=', resolution)
      .where('bucket_start_ms', 'in', startsMs)
      .where('eth_address', '=', address)
      .execute();
  }

  /** @param address lower case */
  record(address: string): Promise<WalletRecord | undefined> {
    return this.#storage.read
      .selectFrom('wallet_records')
      .selectAll()
      .where('eth_address', '=', address)
      .executeTakeFirst();
  }
}
