/**
 * What happened at each address, hour by hour (domain.md, Time series). Samples of the live fleet are added to the
 * hour they fall into; blocks and payouts come from their own tables, counted up to a place that is written with
 * the counts: whatever stops the platform, each counts once, in its own hour.
 */
import { toCredits } from '../../../contract/domain/money.ts';
import type { WalletPeriod, WalletPoint } from '../../../contract/rest/wallet.routes.ts';
import { messageOf } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Logger } from '../../kernel/logger.ts';
import { roundHashrate, type Fleet } from '../fleet/index.ts';
import { tidyWallets } from './tidy-wallets.ts';
import { PendingSamples, sumWallet, sumWallets, type WalletNow } from './wallet-samples.ts';
import { bucketsOf, horizonsAt, type Horizons } from './wallet-time.ts';
import type { WalletProgress, WalletRecord, WalletRepository, WalletSnapshot } from './wallet.repository.ts';

export interface WalletsOptions {
  readonly repository: WalletRepository;
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** An address now and its record, up to this moment. */
export interface WalletFigures {
  readonly now: WalletNow;
  /** Undefined for an address that never had a worker. */
  readonly record: WalletRecord | undefined;
}

const sampleEveryMs = 30_000;

/** Blocks and payouts are counted this often, so that a read finds little to do. */
const countEveryMs = 5000;

/** Rows in one transaction, so that none holds the event loop for long. */
const samplesPerTransaction = 100;
const blocksPerTransaction = 200;

export class Wallets implements Component {
  readonly name = 'wallets';
  readonly #options: WalletsOptions;
  readonly #pending = new PendingSamples();
  #progress: WalletProgress = { blockId: 0, settlementId: 0 };
  /** What older rows were last moved or deleted for. */
  #tidied: Horizons = { hourlyMs: 0, dailyMs: 0 };
  #stopTimers: (() => void)[] = [];
  #storing: Promise<void> = Promise.resolve();
  /** A round that has not begun: later calls share it. */
  #queued: Promise<void> | undefined;

  constructor(options: WalletsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { repository, clock } = this.#options;
    this.#progress = await repository.progress();
    this.#tidied = { hourlyMs: 0, dailyMs: 0 };
    this.#stopTimers = [
      clock.every(sampleEveryMs, () => {
        this.#sample();
        void this.#store();
      }),
      clock.every(countEveryMs, () => void this.#store()),
    ];
  }

  async stop(): Promise<void> {
    for (const stopTimer of this.#stopTimers.splice(0)) stopTimer();
    await this.#store();
  }

  /** Moves hours into their days and deletes old days. Returns how many rows that were. */
  async forgetOld(): Promise<number> {
    await this.#store();
    return tidyWallets(this.#options.repository, this.#options.clock.nowMs());
  }

  /** The workers of an address now. @param address lower case */
  now(address: string): WalletNow {
    return sumWallet(this.#options.fleet.all(), address, this.#options.clock.nowMs());
  }

  /** What an address has and had, all time. @param address lower case */
  async figures(address: string): Promise<WalletFigures> {
    const { repository, clock } = this.#options;
    await this.#store();
    const now = this.now(address);
    const record = await repository.record(address);
    const isKnown =
      record !== undefined && now.hashrate <= record.peak_hashrate && now.firstSeenMs >= record.first_seen_ms;
    if (isKnown || now.total === 0) return { now, record };
    // It is new, or between two samples is its highest hashrate so far.
    this.#pending.observe(address, now, clock.nowMs(), false);
    await this.#store();
    return { now, record: await repository.record(address) };
  }

  /**
   * Points of a period that ends now, rising in time; an hour without a point is one in which the platform did not
   * run or did not know the address.
   *
   * @param address lower case
   */
  async history(address: string, period: WalletPeriod): Promise<WalletPoint[]> {
    const { repository, clock } = this.#options;
    await this.#store();
    const { daily, hourly } = bucketsOf(period, clock.nowMs());
    const rows = [
      ...(await repository.snapshots(address, 'daily', daily)),
      ...(await repository.snapshots(address, 'hourly', hourly)),
    ].toSorted((left, right) => left.bucket_start_ms - right.bucket_start_ms);
    const record = await repository.record(address);
    return toPoints(rows, record?.total_blocks ?? 0);
  }

  #sample(): void {
    const { fleet, clock } = this.#options;
    const nowMs = clock.nowMs();
    for (const [address, now] of sumWallets(fleet.all(), nowMs))
      this.#pending.observe(address, now, nowMs, true);
  }

  /**
   * Settles when everything up to this call is stored and counted. What can't be stored now is logged and waits
   * for the next round.
   */
  #store(): Promise<void> {
    if (this.#queued) return this.#queued;
    this.#queued = this.#storing.then(async () => {
      this.#queued = undefined;
      try {
        await this.#storeNow();
      } catch (error) {
        this.#options.logger.error(`wallet figures not stored: ${messageOf(error)}`);
      }
    });
    this.#storing = this.#queued;
    return this.#queued;
  }

  async #storeNow(): Promise<void> {
    await this.#storeSamples();
    await this.#count();
    await this.#tidy();
  }

  async #storeSamples(): Promise<void> {
    const samples = this.#pending.take();
    for (let start = 0; start < samples.length; start += samplesPerTransaction) {
      try {
        await this.#options.repository.saveSamples(samples.slice(start, start + samplesPerTransaction));
      } catch (error) {
        this.#pending.putBack(samples.slice(start));
        throw error;
      }
    }
  }

  async #count(): Promise<void> {
    const { repository, clock } = this.#options;
    while (await repository.isBehind(this.#progress)) {
      this.#progress = await repository.countNext(blocksPerTransaction, horizonsAt(clock.nowMs()));
    }
  }

  /** Moves hours that are over seven days old into their days, and forgets old days. */
  async #tidy(): Promise<void> {
    const { repository, clock } = this.#options;
    const horizons = horizonsAt(clock.nowMs());
    const { hourlyMs, dailyMs } = horizons;
    if (hourlyMs === this.#tidied.hourlyMs && dailyMs === this.#tidied.dailyMs) return;
    await tidyWallets(repository, clock.nowMs());
    this.#tidied = horizons;
  }
}

/** @param totalBlocks all blocks up to now, from which the running total is counted back */
function toPoints(rows: readonly WalletSnapshot[], totalBlocks: number): WalletPoint[] {
  let cumulative = totalBlocks;
  return rows
    .toReversed()
    .map((row) => {
      const point = {
        timestamp: toUnixSeconds(row.bucket_start_ms),
        hashrate: row.samples === 0 ? 0 : roundHashrate(row.hashrate_sum / row.samples),
        workers_online: row.workers_online,
        total_workers: row.total_workers,
        blocks: row.blocks,
        cumulative_blocks: cumulative,
        earnings: toCredits(row.earnings_micro),
      };
      cumulative -= row.blocks;
      return point;
    })
    .toReversed();
}
