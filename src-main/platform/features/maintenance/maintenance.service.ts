/** Keeps the database small and quick while the platform runs, in slices that nobody notices (docs/storage.md). */
import { dirname } from 'node:path';
import { statfs } from 'node:fs/promises';
import type { CleanupReport, StorageReport } from '../../../contract/domain/storage.ts';
import { AppError, messageOf } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Storage } from '../../storage/storage.ts';
import { cleanUp, pagesPerSlice, type Forgetting } from './cleanup.ts';
import { runMaintenanceTask } from './maintenance-tasks.ts';
import { retentionRules, type FleetSize } from './retention-rules.ts';
import { daysOfGrowth, toEstimate, toSizes } from './size-report.ts';
import type { Measurement } from './table-sizes.repository.ts';

export interface MaintenanceOptions {
  readonly storage: Storage;
  readonly databasePath: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly forgettings: readonly Forgetting[];
  readonly fleetSize: () => FleetSize;
  /** Somebody copies the database: it is left alone meanwhile. */
  readonly isHeld: () => boolean;
}

const lookEveryMs = 60_000;
const sliceEveryMs = 200;
const dayMs = 86_400_000;

/** Rows come and go all day and use free pages again: only what is far beyond that goes back to the disk. */
const vacuumFromPages = 4096;
const vacuumFromShare = 0.25;
const vacuumToShare = 0.1;

/** As large as SQLite lets the log become by itself; larger ones come from somebody who read for long. */
const largeLogBytes = 64 * 1024 * 1024;

/** A report of the tables is good for so long. */
const reportGoodForMs = 60_000;

/** Rows that nobody else deletes, and the planner's figures. */
const dailyAfterMs = 10 * 60_000;

export class Maintenance implements Component {
  readonly name = 'maintenance';
  readonly #options: MaintenanceOptions;
  #stopTimers: (() => void)[] = [];
  #stopSlices: (() => void) | undefined;
  #isSlicing = false;
  #daily = 0;
  #working: Promise<unknown> = Promise.resolve();
  #isBusy = false;
  #cleaning: Promise<CleanupReport> | undefined;
  #measured: { readonly atMs: number; readonly outcome: Promise<Measurement> } | undefined;
  #controller = new AbortController();

  constructor(options: MaintenanceOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock } = this.#options;
    this.#controller = new AbortController();
    this.#measured = undefined;
    this.#daily = clock.nowMs() + dailyAfterMs;
    this.#stopTimers = [clock.every(lookEveryMs, () => this.#look())];
  }

  async stop(): Promise<void> {
    for (const stopTimer of this.#stopTimers.splice(0)) stopTimer();
    this.#endSlices();
    this.#controller.abort(new Error('stopped'));
    await Promise.allSettled([this.#working, this.#cleaning, this.#measured?.outcome]);
  }

  /** Where the bytes are, and where they go. The tables are measured at most once a minute. */
  async report(): Promise<StorageReport> {
    const { storage, databasePath, clock, fleetSize } = this.#options;
    const nowMs = clock.nowMs();
    if (!this.#measured || nowMs - this.#measured.atMs >= reportGoodForMs) {
      this.#measured = { atMs: nowMs, outcome: this.#measure(nowMs) };
      this.#measured.outcome.catch(() => (this.#measured = undefined));
    }
    const { atMs, outcome } = this.#measured;
    const { tables, bornAtMs } = await outcome;
    const sizes = toSizes(tables, fleetSize(), (atMs - bornAtMs) / dayMs);
    const { databaseBytes, walBytes, freeBytes } = storage.sizes();
    const { bavail, bsize } = await statfs(dirname(databasePath));
    return {
      path: databasePath,
      database_bytes: databaseBytes,
      wal_bytes: walBytes,
      free_bytes: freeBytes,
      disk_free_bytes: bavail * bsize,
      measured_at: toUnixSeconds(atMs),
      tables: sizes,
      estimate: toEstimate(sizes, databaseBytes, bavail * bsize),
    };
  }

  /** Retention now, and all free pages back to the disk. @throws AppError `conflict` while one is under way */
  async cleanUp(): Promise<CleanupReport> {
    const { storage, databasePath, forgettings, isHeld, logger } = this.#options;
    if (this.#cleaning) throw new AppError('conflict', 'A cleanup is under way; wait for its end.');
    if (isHeld())
      throw new AppError('conflict', 'A backup is under way; clean up when it has come to its end.');
    this.#endSlices();
    const { signal } = this.#controller;
    this.#cleaning = cleanUp({ storage, databasePath, forgettings, signal });
    try {
      const report = await this.#cleaning;
      this.#measured = undefined;
      logger.info(report, 'cleaned up');
      return report;
    } finally {
      this.#cleaning = undefined;
    }
  }

  #measure(nowMs: number): Promise<Measurement> {
    const timeColumns = Object.fromEntries(
      Object.entries(retentionRules).flatMap(([table, { time }]) =>
        time === undefined ? [] : [[table, time]],
      ),
    );
    const sinceMs = nowMs - daysOfGrowth * dayMs;
    return runMaintenanceTask({ kind: 'measure', path: this.#options.databasePath, timeColumns, sinceMs });
  }

  #look(): void {
    const { storage, clock, isHeld, databasePath } = this.#options;
    if (this.#isBusy || this.#cleaning || isHeld()) return;
    const { pages, freePages, walBytes } = storage.sizes();
    if (walBytes > largeLogBytes)
      return this.#work(() =>
        runMaintenanceTask({ kind: 'empty-log', path: databasePath, truncates: false }),
      );
    if (freePages >= vacuumFromPages && freePages >= pages * vacuumFromShare) this.#beginSlices();
    if (clock.nowMs() < this.#daily) return;
    this.#daily = clock.nowMs() + dayMs;
    this.#work(() => this.#doDaily());
  }

  async #doDaily(): Promise<void> {
    for (const { forget } of this.#options.forgettings) await forget();
    await runMaintenanceTask({ kind: 'optimize', path: this.#options.databasePath });
  }

  #work(run: () => Promise<unknown>): void {
    this.#isBusy = true;
    this.#working = run()
      .catch((error: unknown) => this.#options.logger.error(`upkeep failed: ${messageOf(error)}`))
      .finally(() => (this.#isBusy = false));
  }

  #beginSlices(): void {
    this.#stopSlices ??= this.#options.clock.every(sliceEveryMs, () => this.#slice());
  }

  #endSlices(): void {
    this.#stopSlices?.();
    this.#stopSlices = undefined;
  }

  #slice(): void {
    const { storage, isHeld, logger } = this.#options;
    if (this.#isSlicing) return;
    const { pages, freePages } = storage.sizes();
    if (isHeld() || freePages <= pages * vacuumToShare) return this.#endSlices();
    this.#isSlicing = true;
    this.#working = storage
      .releasePages(pagesPerSlice)
      .catch((error: unknown) => {
        logger.error(`free pages not released: ${messageOf(error)}`);
        this.#endSlices();
      })
      .finally(() => (this.#isSlicing = false));
  }
}
