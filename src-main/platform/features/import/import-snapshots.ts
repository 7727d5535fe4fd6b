/** Time series of the earlier platform: hashrates of workers, and what happened at each address. */
import { ethAddressPattern } from '../../../contract/mqtt/miner-messages.ts';
import { bucketOf, horizonsAt, startOfHour, type Horizons } from '../wallet/index.ts';
import type { ImportedWorkers } from './imported-workers.ts';
import type { ImportContext } from './import-context.ts';
import { count, show, SourceRow, toText, type SourceValues } from './source-row.ts';

const dayMs = 86_400_000;

/** Charts of hashrates reach back so far. */
export const hashratesKeptMs = dayMs;

/** Samples of one round were written one after the other. */
const roundMs = 5000;

const hashrate = { min: 0, max: 1e15, fallback: 0 };
const gpus = { min: 0, max: 1024, fallback: 0 };

/** @param rows those of the last day, rising in time */
export function loadHashrates(context: ImportContext, rows: Iterable<SourceValues>): void {
  const { target, findings, nowMs, pace, tally } = context;
  let round = { takenAtMs: Number.NEGATIVE_INFINITY, hashrate: 0, activeGpus: 0, workers: new Set<string>() };
  const finish = () => {
    if (round.workers.size === 0) return;
    target.insert('fleet_snapshots', {
      taken_at_ms: round.takenAtMs,
      hashrate: round.hashrate,
      active_gpus: round.activeGpus,
      online_workers: round.workers.size,
    });
  };
  for (const values of rows) {
    const row = new SourceRow(values, `hashrate snapshot ${show(values['id'])}`, findings, nowMs);
    pace.row(row.where);
    const takenAtMs = row.timeMs('timestamp', nowMs);
    const workerId = row.text('worker_id');
    tally('hashrate_snapshots').imported += 1;
    if (takenAtMs - round.takenAtMs > roundMs) {
      finish();
      round = { takenAtMs, hashrate: 0, activeGpus: 0, workers: new Set() };
    }
    if (round.workers.has(workerId)) {
      findings.add('snapshot_doubled', row.where, show(workerId));
      continue;
    }
    const sample = {
      hashrate: row.decimal('hashrate', hashrate),
      activeGpus: row.whole('active_gpus', gpus),
    };
    round.workers.add(workerId);
    round.hashrate += sample.hashrate;
    round.activeGpus += sample.activeGpus;
    target.insert('hashrate_snapshots', {
      taken_at_ms: round.takenAtMs,
      worker_id: workerId,
      hashrate: sample.hashrate,
      active_gpus: sample.activeGpus,
    });
  }
  finish();
}

/** What was seen of an address in an hour. */
interface SeenHour {
  hashrateSum: number;
  samples: number;
  workersOnline: number;
  totalWorkers: number;
  /** Beyond what the rows of blocks and settlements say. */
  blocks: number;
  earningsMicro: number;
}

/** All that the snapshots say of an address. */
interface SeenAddress {
  readonly hours: Map<number, SeenHour>;
  readonly days: Map<number, SeenHour>;
  firstSeenMs: number;
  peakHashrate: number;
  peakAtMs: number;
  lastMiningHourMs: number;
  readonly miningHours: Set<number>;
  readonly miningDays: Set<number>;
}

export class ImportWallets {
  readonly #context: ImportContext;
  readonly #horizons: Horizons;
  readonly #written = new Set<string>();
  /** Figures of the workers of each address. */
  readonly #workers = new Map<string, { firstSeenMs: number; selfBlocks: number; onlineMs: number }>();

  constructor(context: ImportContext, workers: ImportedWorkers) {
    this.#context = context;
    this.#horizons = horizonsAt(context.nowMs);
    for (const worker of workers.all()) {
      if (worker.address === '') continue;
      const sum = this.#workers.get(worker.address) ?? { firstSeenMs: Infinity, selfBlocks: 0, onlineMs: 0 };
      sum.firstSeenMs = Math.min(sum.firstSeenMs, worker.registeredAtMs);
      sum.selfBlocks += worker.selfBlocks ?? worker.countedSelfBlocks;
      sum.onlineMs = Math.max(sum.onlineMs, worker.totalOnlineMs);
      this.#workers.set(worker.address, sum);
    }
  }

  /** @param rows `EarlierDatabase.walletSnapshots` */
  load(rows: Iterable<SourceValues>): void {
    const { findings, nowMs, leaveOver } = this.#context;
    let group: SourceValues[] = [];
    const addressOf = (values: SourceValues | undefined) => toText(values?.['eth_address']).toLowerCase();
    for (const values of rows) {
      if (!ethAddressPattern.test(addressOf(values))) {
        const row = new SourceRow(values, `wallet snapshot ${show(values['id'])}`, findings, nowMs);
        leaveOver('wallet_snapshots', row, 'address_invalid', show(values['eth_address']));
        continue;
      }
      if (group.length > 0 && addressOf(group[0]) !== addressOf(values)) {
        this.#take(addressOf(group[0]), group);
        group = [];
      }
      group.push(values);
    }
    if (group.length > 0) this.#take(addressOf(group[0]), group);
    const others = new Set([...this.#workers.keys(), ...this.#context.target.hourAddresses()]);
    for (const address of others) if (!this.#written.has(address)) this.#take(address, []);
    this.#context.target.finishWalletProgress();
  }

  #take(address: string, group: readonly SourceValues[]): void {
    const seen: SeenAddress = {
      hours: new Map(),
      days: new Map(),
      firstSeenMs: this.#workers.get(address)?.firstSeenMs ?? Infinity,
      ...{ peakHashrate: 0, peakAtMs: 0, lastMiningHourMs: 0 },
      miningHours: new Set(),
      miningDays: new Set(),
    };
    const counters = new SnapshotCounters(this.#context.target.addressHours(address));
    for (const values of group) this.#see(seen, counters, values);
    this.#written.add(address);
    this.#write(address, seen, counters);
  }

  #see(seen: SeenAddress, counters: SnapshotCounters, values: SourceValues): void {
    const { findings, nowMs, pace, tally } = this.#context;
    const row = new SourceRow(values, `wallet snapshot ${show(values['id'])}`, findings, nowMs);
    pace.row(row.where);
    const takenAtMs = row.timeMs('timestamp', nowMs);
    const rate = row.decimal('total_hashrate', hashrate);
    const isDaily = row.text('interval_type') === 'daily';
    const hourMs = startOfHour(takenAtMs);
    const more = counters.look(
      hourMs,
      row.whole('cumulative_blocks', count),
      row.amountMicro('earnings') ?? 0,
    );
    seen.firstSeenMs = Math.min(seen.firstSeenMs, takenAtMs);
    if (rate > seen.peakHashrate) Object.assign(seen, { peakHashrate: rate, peakAtMs: takenAtMs });
    const bucket = bucketOf(hourMs, this.#horizons);
    if (rate > 0 && !isDaily) {
      seen.miningHours.add(hourMs);
      seen.miningDays.add(Math.floor(takenAtMs / dayMs));
      seen.lastMiningHourMs = Math.max(seen.lastMiningHourMs, hourMs);
    }
    // A day of which there are hours is told by them.
    if (!bucket || (isDaily && bucket.resolution === 'hourly')) {
      tally('wallet_snapshots').tooOld += 1;
      findings.add('snapshot_old', row.where, '');
      return;
    }
    tally('wallet_snapshots').imported += 1;
    const at = isDaily ? seen.days : seen.hours;
    const key = isDaily ? bucket.startMs : hourMs;
    const known = at.get(key);
    if (known) findings.add('snapshot_doubled', row.where, `hour ${new Date(key).toISOString()}`);
    const hour = known ?? nothingSeen();
    at.set(key, hour);
    hour.hashrateSum += rate;
    hour.samples += 1;
    hour.workersOnline = Math.max(hour.workersOnline, row.whole('online_workers', count));
    hour.totalWorkers = row.whole('total_workers', count);
    hour.blocks += more.blocks;
    hour.earningsMicro += more.earningsMicro;
  }

  #write(address: string, seen: SeenAddress, counters: SnapshotCounters): void {
    const { target } = this.#context;
    for (const { hour_ms: hourMs, blocks, earnings_micro: earningsMicro } of counters.rows) {
      const hour = seen.hours.get(hourMs) ?? nothingSeen();
      seen.hours.set(hourMs, hour);
      hour.blocks += blocks;
      hour.earningsMicro += earningsMicro;
      seen.firstSeenMs = Math.min(seen.firstSeenMs, hourMs);
    }
    for (const [key, bucket] of this.#buckets(seen)) {
      const [resolution, startMs] = key.split(' ') as ['hourly' | 'daily', string];
      target.insert('wallet_snapshots', {
        resolution,
        bucket_start_ms: Number(startMs),
        eth_address: address,
        hashrate_sum: bucket.hashrateSum,
        samples: bucket.samples,
        workers_online: bucket.workersOnline,
        total_workers: bucket.totalWorkers,
        blocks: bucket.blocks,
        earnings_micro: bucket.earningsMicro,
      });
    }
    const workers = this.#workers.get(address);
    const onlineMs = workers?.onlineMs ?? 0;
    target.insert('wallet_records', {
      eth_address: address,
      first_seen_ms: Number.isFinite(seen.firstSeenMs) ? seen.firstSeenMs : 0,
      peak_hashrate: seen.peakHashrate,
      peak_at_ms: seen.peakAtMs,
      mining_hours: Math.max(seen.miningHours.size, Math.floor(onlineMs / 3_600_000)),
      mining_days: Math.max(seen.miningDays.size, Math.floor(onlineMs / dayMs)),
      last_mining_hour_ms: seen.lastMiningHourMs,
      total_blocks: Math.max(workers?.selfBlocks ?? 0, counters.totalBlocks),
    });
  }

  /** Hours, and days of the hours that are too old for that. */
  #buckets(seen: SeenAddress): Map<string, SeenHour> {
    const buckets = new Map<string, SeenHour>();
    for (const [hourMs, hour] of [...seen.hours].toSorted(([left], [right]) => left - right)) {
      const place = bucketOf(hourMs, this.#horizons);
      if (!place) continue;
      const key = `${place.resolution} ${place.startMs}`;
      const known = buckets.get(key);
      if (known) addHour(known, hour);
      else buckets.set(key, { ...hour });
    }
    for (const [startMs, day] of seen.days) {
      const key = `daily ${startMs}`;
      const known = buckets.get(key);
      // Blocks and earnings of its rows are there already.
      if (known?.samples === 0) addHour(known, day);
      else if (!known) buckets.set(key, { ...day });
    }
    return buckets;
  }
}

/**
 * The counters that the earlier platform wrote into each snapshot, against its rows: they name what rows do not show.
 * The rows of a whole hour are counted before a snapshot in it is believed to know more, so that nothing counts twice.
 */
class SnapshotCounters {
  readonly rows: readonly { hour_ms: number; blocks: number; earnings_micro: number }[];
  #next = 0;
  readonly #sum = { blocks: 0, earningsMicro: 0 };
  #known: { blocks: number; earningsMicro: number } | undefined;
  #named = 0;

  constructor(rows: SnapshotCounters['rows']) {
    this.rows = rows;
  }

  /** All blocks of the address: as many as a snapshot named, and no fewer than its hours have. */
  get totalBlocks(): number {
    const rows = this.rows.reduce((sum, { blocks }) => sum + blocks, 0);
    return Math.max(this.#named, rows + (this.#known?.blocks ?? 0));
  }

  /** @returns what is new in this snapshot and in no row */
  look(
    hourMs: number,
    totalBlocks: number,
    earningsMicro: number,
  ): { blocks: number; earningsMicro: number } {
    for (let row = this.rows[this.#next]; row && row.hour_ms <= hourMs; row = this.rows[this.#next]) {
      this.#sum.blocks += row.blocks;
      this.#sum.earningsMicro += row.earnings_micro;
      this.#next += 1;
    }
    this.#named = Math.max(this.#named, totalBlocks);
    const excess = {
      blocks: Math.max(0, totalBlocks - this.#sum.blocks),
      earningsMicro: Math.max(0, earningsMicro - this.#sum.earningsMicro),
    };
    // What the first one knows beyond the rows is older than it.
    const known = this.#known ?? excess;
    this.#known = {
      blocks: Math.max(known.blocks, excess.blocks),
      earningsMicro: Math.max(known.earningsMicro, excess.earningsMicro),
    };
    return {
      blocks: this.#known.blocks - known.blocks,
      earningsMicro: this.#known.earningsMicro - known.earningsMicro,
    };
  }
}

function nothingSeen(): SeenHour {
  return { hashrateSum: 0, samples: 0, workersOnline: 0, totalWorkers: 0, blocks: 0, earningsMicro: 0 };
}

function addHour(sum: SeenHour, hour: SeenHour): void {
  sum.hashrateSum += hour.hashrateSum;
  sum.samples += hour.samples;
  sum.workersOnline = Math.max(sum.workersOnline, hour.workersOnline);
  if (hour.samples > 0) sum.totalWorkers = hour.totalWorkers;
  sum.blocks += hour.blocks;
  sum.earningsMicro += hour.earningsMicro;
}
