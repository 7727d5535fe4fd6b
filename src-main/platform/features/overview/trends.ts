/** The trends of the platform: computed every few seconds at most, whoever asks. */
import { toCredits } from '../../../contract/domain/money.ts';
import {
  trendSteps,
  trendStepSec,
  type Trends as TrendsAnswer,
} from '../../../contract/rest/overview.routes.ts';
import { dayOf, toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Blocks } from '../blocks/index.ts';
import { roundHashrate, type Fleet, type FleetView } from '../fleet/index.ts';
import { sampleEveryMs } from '../history/index.ts';
import type { Leases } from '../leases/index.ts';
import { TrendMinutes } from './trend-minutes.ts';
import type { Figures, TrendRepository } from './trend.repository.ts';

export interface TrendsOptions {
  readonly repository: Pick<TrendRepository, 'minutes'>;
  readonly fleet: Pick<Fleet, 'all' | 'size'>;
  readonly view: Pick<FleetView, 'totals'>;
  readonly blocks: Pick<Blocks, 'rates'>;
  readonly leases: Pick<Leases, 'activeCount'>;
  /** Blocks with the marker that one hash is worth; 0: nobody's claims are measured. */
  readonly blocksPerHash: number;
  readonly clock: Clock;
}

/** An answer is good for so long. */
const goodForMs = 5000;

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
const stepMs = trendStepSec * 1000;

/** A snapshot of the fleet tells of the time around it. */
const sampleTellsMs = 2 * minuteMs;

type Point = TrendsAnswer['points'][number];
type Moment = TrendsAnswer['now'];

/** Zero where nobody looked is not known to be zero. */
function known(value: number, isObserved: boolean): number | null {
  return value > 0 || isObserved ? value : null;
}

export class Trends {
  readonly #options: TrendsOptions;
  readonly #minutes: TrendMinutes;
  #reading: Promise<void> | undefined;
  #readAtMs = Number.NEGATIVE_INFINITY;
  /** By offset of the reader's clock. */
  #answers = new Map<number, TrendsAnswer>();

  constructor(options: TrendsOptions) {
    this.#options = options;
    this.#minutes = new TrendMinutes(options.repository);
  }

  /** @param utcOffsetMin minutes by which the reader's clock is ahead of UTC */
  async of(utcOffsetMin: number): Promise<TrendsAnswer> {
    const ageMs = this.#options.clock.nowMs() - this.#readAtMs;
    if (ageMs >= goodForMs || ageMs < 0)
      await (this.#reading ??= this.#read().finally(() => (this.#reading = undefined)));
    const answer = this.#answers.get(utcOffsetMin) ?? this.#answer(this.#readAtMs, utcOffsetMin);
    this.#answers.set(utcOffsetMin, answer);
    return answer;
  }

  async #read(): Promise<void> {
    const nowMs = this.#options.clock.nowMs();
    await this.#minutes.read(nowMs);
    this.#answers = new Map();
    this.#readAtMs = nowMs;
  }

  #answer(nowMs: number, utcOffsetMin: number): TrendsAnswer {
    const lastStepMs = Math.floor(nowMs / stepMs) * stepMs;
    const points = Array.from({ length: trendSteps }, (_, index) =>
      this.#point(lastStepMs - (trendSteps - 1 - index) * stepMs, nowMs),
    );
    return {
      step_sec: trendStepSec,
      points,
      now: this.#now(nowMs, utcOffsetMin),
      yesterday: this.#before(nowMs - dayMs, nowMs, utcOffsetMin),
    };
  }

  #point(startMs: number, nowMs: number): Point {
    const { fleet, view } = this.#options;
    const endMs = startMs + stepMs;
    const isUnderWay = endMs > nowMs;
    const figures = this.#minutes.sum(startMs, endMs);
    const isObserved = figures.samples > 0;
    const live = isUnderWay && !isObserved && fleet.size > 0 ? view.totals() : undefined;
    const isKnown = isObserved || isUnderWay;
    return {
      timestamp: toUnixSeconds(startMs),
      hashrate: isObserved ? roundHashrate(figures.hashrateSum / figures.samples) : (live?.hashrate ?? null),
      online_workers: isObserved
        ? Math.round((figures.onlineSum / figures.samples) * 10) / 10
        : (live?.online ?? null),
      blocks: known(figures.blocks, isKnown),
      expected_blocks: this.#expected(figures),
      active_leases: known(this.#activeBefore(endMs, nowMs), isKnown),
      revenue: known(toCredits(figures.feesMicro), isKnown),
    };
  }

  #now(nowMs: number, utcOffsetMin: number): Moment {
    const { view, blocks, leases } = this.#options;
    const untilMs = nowMs + minuteMs;
    const totals = view.totals();
    return {
      hashrate: totals.hashrate,
      online_workers: totals.online,
      total_workers: totals.total,
      blocks_last_hour: blocks.rates.lastHour,
      expected_last_hour: this.#expected(this.#minutes.sum(untilMs - hourMs, untilMs)),
      active_leases: leases.activeCount,
      revenue_today: toCredits(this.#minutes.sum(dayOf(nowMs, utcOffsetMin).beginMs, untilMs).feesMicro),
    };
  }

  /** The same at an earlier moment, to the end of its minute. */
  #before(atMs: number, nowMs: number, utcOffsetMin: number): Moment {
    const sample = this.#minutes.lastSample(atMs, sampleTellsMs);
    const untilMs = atMs + minuteMs;
    const hour = this.#minutes.sum(untilMs - hourMs, untilMs);
    const today = this.#minutes.sum(dayOf(atMs, utcOffsetMin).beginMs, untilMs);
    return {
      hashrate: sample ? roundHashrate(sample.hashrateSum / sample.samples) : null,
      online_workers: sample ? Math.round(sample.onlineSum / sample.samples) : null,
      total_workers: known(this.#registeredAt(atMs), false),
      blocks_last_hour: known(hour.blocks, hour.samples > 0),
      expected_last_hour: this.#expected(hour),
      active_leases: known(this.#activeBefore(untilMs, nowMs), sample !== undefined),
      revenue_today: known(toCredits(today.feesMicro), today.samples > 0),
    };
  }

  /** Each snapshot stands for the time to the next one; where there is none, nothing is claimed. */
  #expected({ samples, hashrateSum }: Figures): number | null {
    const { blocksPerHash } = this.#options;
    if (blocksPerHash === 0 || samples === 0) return null;
    const blocks = ((hashrateSum * sampleEveryMs) / 1000) * blocksPerHash;
    return Math.round(blocks * 1e6) / 1e6;
  }

  /** Leases under way just before a minute: from those of now, back over what began and ended since. */
  #activeBefore(endMs: number, nowMs: number): number {
    const { leasesStarted, leasesEnded } = this.#minutes.sum(endMs, nowMs + minuteMs);
    return Math.max(0, this.#options.leases.activeCount - leasesStarted + leasesEnded);
  }

  #registeredAt(atMs: number): number {
    let count = 0;
    for (const { registeredAtMs } of this.#options.fleet.all()) if (registeredAtMs <= atMs) count += 1;
    return count;
  }
}
