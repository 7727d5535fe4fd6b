/** Hashrate over time: a sample of each online worker every 30 s, kept 24 h (domain.md, Time series). */
import { messageOf } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Logger } from '../../kernel/logger.ts';
import { isOnline, type Fleet } from '../fleet/index.ts';
import { forgetSamples } from './forget-samples.ts';
import type { HistoryRepository, SeriesPoint, WorkerSample } from './history.repository.ts';

export interface HistoryOptions {
  readonly repository: HistoryRepository;
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** domain.md, Time series. */
export const sampleEveryMs = 30_000;

/** A chart never needs more points a series. */
const maxPoints = 500;

/** Rows in one transaction, so that none holds the event loop for long. */
const rowsPerTransaction = 500;

export class History implements Component {
  readonly name = 'history';
  readonly #options: HistoryOptions;
  #stopTimer: (() => void) | undefined;
  #sampling: Promise<void> | undefined;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopTimer = this.#options.clock.every(sampleEveryMs, () => {
      this.#sampling ??= this.#sample().finally(() => (this.#sampling = undefined));
    });
  }

  async stop(): Promise<void> {
    this.#stopTimer?.();
    await this.#sampling;
  }

  /**
   * Points of the last `hours`, rising in time, averaged so that there are at most about 500.
   *
   * @param workerId empty for the sum of the fleet
   */
  async series(workerId: string, hours: number): Promise<SeriesPoint[]> {
    const { repository, clock } = this.#options;
    const spanMs = hours * 3_600_000;
    const sinceMs = Math.floor(clock.nowMs() - spanMs);
    // Samples are a little apart from their 30 s; only longer steps may join two of them.
    const stepMs = spanMs / sampleEveryMs <= maxPoints ? 1 : Math.ceil(spanMs / maxPoints);
    return workerId === ''
      ? repository.fleetSeries(sinceMs, stepMs)
      : repository.workerSeries(workerId, sinceMs, stepMs);
  }

  /** Deletes what is older than it is kept. Returns how many samples there were. */
  forgetOld(): Promise<number> {
    const { repository, clock } = this.#options;
    return forgetSamples(repository, clock.nowMs());
  }

  async #sample(): Promise<void> {
    const { repository, fleet, clock, logger } = this.#options;
    const nowMs = clock.nowMs();
    const samples: WorkerSample[] = [];
    const sum = { hashrate: 0, activeGpus: 0, online: 0 };
    for (const worker of fleet.all()) {
      if (!isOnline(worker, nowMs)) continue;
      samples.push({ workerId: worker.workerId, hashrate: worker.hashrate, activeGpus: worker.activeGpus });
      sum.hashrate += worker.hashrate;
      sum.activeGpus += worker.activeGpus;
      sum.online += 1;
    }
    try {
      for (let start = 0; start < samples.length; start += rowsPerTransaction) {
        await repository.saveSamples(nowMs, samples.slice(start, start + rowsPerTransaction));
      }
      if (fleet.size > 0) await repository.saveFleetSample(nowMs, sum);
      // Each round deletes what the round before it left behind: no hourly burst.
      await this.forgetOld();
    } catch (error) {
      logger.error(`hashrate snapshots not stored: ${messageOf(error)}`);
    }
  }
}
