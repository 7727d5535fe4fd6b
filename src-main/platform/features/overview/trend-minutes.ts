/**
 * The last two days minute by minute, kept in memory: what is over does not change, so that only the newest minutes
 * are read again, however large the database is.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Figures, TrendRepository } from './trend.repository.ts';

const minuteMs = 60_000;

/** Yesterday's midnight, anywhere on earth, is at most this long ago. */
const keptMinutes = 49 * 60;

/** What is written late (a block whose proof waited) belongs to the minute of its arrival. */
const readAgainMinutes = 10;

/** Read at once, so that no part of a large database holds the event loop for long. */
const minutesPerRead = 60;

const nothing: Readonly<Figures> = {
  samples: 0,
  hashrateSum: 0,
  onlineSum: 0,
  blocks: 0,
  leasesStarted: 0,
  leasesEnded: 0,
  feesMicro: 0,
};

export class TrendMinutes {
  readonly #repository: Pick<TrendRepository, 'minutes'>;
  #minutes = new Map<number, Figures>();
  /** Minutes before it are known. */
  #readTo: number | undefined;

  constructor(repository: Pick<TrendRepository, 'minutes'>) {
    this.#repository = repository;
  }

  /** Reads what is not known yet, up to now. */
  async read(nowMs: number): Promise<void> {
    const end = Math.floor(nowMs / minuteMs) + 1;
    const oldest = end - keptMinutes;
    // A clock that was set back reads everything again.
    const known = this.#readTo !== undefined && this.#readTo <= end ? this.#readTo : oldest;
    for (const minute of this.#minutes.keys())
      if (minute < oldest || minute >= end) this.#minutes.delete(minute);
    for (let from = Math.max(oldest, known - readAgainMinutes); from < end; from += minutesPerRead) {
      const to = Math.min(end, from + minutesPerRead);
      const parts = await this.#repository.minutes(from * minuteMs, to * minuteMs);
      for (let minute = from; minute < to; minute += 1) this.#minutes.delete(minute);
      for (const { minute, ...figures } of parts)
        this.#minutes.set(minute, { ...nothing, ...this.#minutes.get(minute), ...figures });
      await nextTurn();
    }
    this.#readTo = end;
  }

  /** All that happened from the minute of `fromMs` to the end of the minute before that of `toMs`. */
  sum(fromMs: number, toMs: number): Figures {
    const sum = { ...nothing };
    const end = Math.floor(toMs / minuteMs);
    for (let minute = Math.floor(fromMs / minuteMs); minute < end; minute += 1) {
      const figures = this.#minutes.get(minute);
      if (!figures) continue;
      for (const name of Object.keys(nothing) as (keyof Figures)[]) sum[name] += figures[name];
    }
    return sum;
  }

  /** The last minute with a snapshot of the fleet within `withinMs` before the end of the minute of `atMs`. */
  lastSample(atMs: number, withinMs: number): Figures | undefined {
    const end = Math.floor(atMs / minuteMs);
    for (let minute = end; minute > end - Math.ceil(withinMs / minuteMs); minute -= 1) {
      const figures = this.#minutes.get(minute);
      if (figures && figures.samples > 0) return figures;
    }
    return undefined;
  }
}
