/** Answers what workers earned: sums by day, worker or group, with what they are worth and what they cost. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  earningRatesSchema,
  unknownRates,
  usualWattsOf,
  wattsOf,
  type EarningRates,
} from '../../../contract/domain/earnings.ts';
import { shortGpuName } from '../../../contract/domain/gpu-name.ts';
import { toCredits } from '../../../contract/domain/money.ts';
import {
  maxEarningDays,
  type EarningFigures,
  type EarningGrouping,
  type EarningRow,
} from '../../../contract/rest/earnings.routes.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { LiveWorker } from '../fleet/index.ts';
import { dayNumberOf } from './earning-recorder.ts';
import { noSums, sumNames, type DayRow, type DaySums, type EarningRepository } from './earning.repository.ts';

export interface EarningsOptions {
  readonly repository: EarningRepository;
  readonly workers: () => Iterable<LiveWorker>;
  readonly workerOf: (workerId: string) => LiveWorker | undefined;
  readonly tagsOf: (workerId: string) => readonly string[];
  readonly clock: Clock;
}

/** Whose earnings: of these accounts, by the rates of the first; undefined: of all, by those of the platform. */
export type EarningOwner = readonly [string, ...string[]] | undefined;

/** Days, both of them included, UTC; empty: the last 30. */
export interface EarningSpan {
  readonly from: string;
  readonly to: string;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const usualDays = 30;

/** Sums with the energy behind them. */
interface Tally extends DaySums {
  wattMs: number;
  /** Whether some of it was used by GPUs of unknown power. */
  hasUnknownPower: boolean;
  /** Whether some of it was mined when nobody noted for how long. */
  hasUnknownTime: boolean;
}

export class Earnings {
  readonly #options: EarningsOptions;

  constructor(options: EarningsOptions) {
    this.#options = options;
  }

  /**
   * Sums of a span, by day (each day of it, also those without earnings), by worker, or by tag (who has several tags
   * is in each of them, who has none under the empty one).
   *
   * @throws AppError `bad_request` when the span ends before it begins or is longer than a year
   */
  async list(owner: EarningOwner, span: EarningSpan, by: EarningGrouping) {
    const days = this.#daysOf(span);
    const rates = await this.rates(owner);
    const today = dayNumberOf(this.#options.clock.nowMs());
    const whole = emptyTally();
    const tallies = new Map<string, Tally>();
    if (by === 'day') for (const day of days) tallies.set(dateOf(day), emptyTally());
    await this.#eachRow(owner, days, (row) => {
      const watts = this.#wattsOf(row.worker_id, rates);
      addRow(whole, row, watts, today);
      for (const key of this.#keysOf(row, by)) {
        let tally = tallies.get(key);
        if (tally === undefined) tallies.set(key, (tally = emptyTally()));
        addRow(tally, row, watts, today);
      }
    });
    return {
      from: dateOf(days[0] ?? 0),
      to: dateOf(days.at(-1) ?? 0),
      currency: rates.currency,
      totals: toFigures(whole, rates),
      rows: Array.from(tallies, ([key, tally]): EarningRow => ({ key, ...toFigures(tally, rates) })),
    };
  }

  /** A line a worker and day, in the order of days. */
  async *lines(owner: EarningOwner, span: EarningSpan) {
    const rates = await this.rates(owner);
    const today = dayNumberOf(this.#options.clock.nowMs());
    for (const day of this.#daysOf(span)) {
      for (const row of await this.#options.repository.ofDay(day, owner)) {
        const tally = emptyTally();
        addRow(tally, row, this.#wattsOf(row.worker_id, rates), today);
        yield {
          date: dateOf(day),
          worker_id: row.worker_id,
          account_id: row.account_id,
          tags: this.#options.tagsOf(row.worker_id).join(' '),
          ...toFigures(tally, rates),
          currency: rates.currency,
        };
      }
      await nextTurn();
    }
  }

  async rates(owner: EarningOwner): Promise<EarningRates> {
    const stored = await this.#options.repository.rates(owner?.[0] ?? '');
    return stored === undefined ? unknownRates : earningRatesSchema.parse(JSON.parse(stored));
  }

  async setRates(owner: EarningOwner, rates: EarningRates): Promise<void> {
    await this.#options.repository.setRates(owner?.[0] ?? '', JSON.stringify(rates));
  }

  /** GPU models of the workers, the most frequent first. */
  models(owner: EarningOwner): { model: string; gpus: number; usual_watts: number | null }[] {
    const counts = new Map<string, number>();
    for (const { accountId, gpus } of this.#options.workers()) {
      if (owner && !owner.includes(accountId)) continue;
      for (const { name } of gpus) {
        const model = shortGpuName(name);
        if (model !== '') counts.set(model, (counts.get(model) ?? 0) + 1);
      }
    }
    return Array.from(counts, ([model, gpus]) => ({
      model,
      gpus,
      usual_watts: usualWattsOf(model) ?? null,
    })).sort((left, right) => right.gpus - left.gpus || left.model.localeCompare(right.model, 'en'));
  }

  async #eachRow(owner: EarningOwner, days: readonly number[], take: (row: DayRow) => void): Promise<void> {
    for (const day of days) {
      for (const row of await this.#options.repository.ofDay(day, owner)) take(row);
      // A year of a large fleet is read day by day, so that none holds the event loop for long.
      await nextTurn();
    }
  }

  #keysOf({ day, worker_id }: DayRow, by: EarningGrouping): readonly string[] {
    if (by === 'day') return [dateOf(day)];
    if (by === 'worker') return [worker_id];
    const tags = this.#options.tagsOf(worker_id);
    return tags.length === 0 ? [''] : tags;
  }

  #wattsOf(workerId: string, { watts }: EarningRates): number | null {
    const worker = this.#options.workerOf(workerId);
    return worker === undefined ? null : wattsOf(worker.gpus, worker.gpuCount, watts);
  }

  #daysOf({ from, to }: EarningSpan): number[] {
    const last = to === '' ? dayNumberOf(this.#options.clock.nowMs()) : dayNumberOf(Date.parse(to));
    const first = from === '' ? last - usualDays + 1 : dayNumberOf(Date.parse(from));
    const count = last - first + 1;
    if (count < 1)
      throw new AppError(
        'bad_request',
        `The span ends (${dateOf(last)}) before it begins (${dateOf(first)}).`,
      );
    if (count > maxEarningDays)
      throw new AppError('bad_request', `The span has ${count} days; ask for ${maxEarningDays} at most.`);
    return Array.from({ length: count }, (_unused, index) => first + index);
  }
}

function dateOf(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

function emptyTally(): Tally {
  return { ...noSums, wattMs: 0, hasUnknownPower: false, hasUnknownTime: false };
}

function addRow(tally: Tally, row: DayRow, watts: number | null, today: number): void {
  for (const name of sumNames) tally[name] += row[name];
  const minedMs = row.leased_ms + row.own_ms;
  if (watts !== null) tally.wattMs += watts * minedMs;
  else if (minedMs > 0) tally.hasUnknownPower = true;
  // Of today the time of the last minute is not there yet.
  if (minedMs === 0 && row.day < today && hasBlocks(row)) tally.hasUnknownTime = true;
}

function hasBlocks(row: DayRow): boolean {
  return row.leased_blocks + row.own_blocks + row.own_super_blocks + row.own_xuni_blocks > 0;
}

const inHours = (ms: number) => rounded(ms / hourMs, 3);

function rounded(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}

function times(count: number, worth: number | null): number | null {
  return worth === null ? null : count * worth;
}

function toFigures(tally: Tally, rates: EarningRates): EarningFigures {
  const income = toCredits(tally.payout_micro);
  const energyKwh = tally.hasUnknownPower || tally.hasUnknownTime ? null : tally.wattMs / hourMs / 1000;
  const energyCost = energyKwh === null ? null : times(energyKwh, rates.price_per_kwh);
  const leaseValue = times(income, rates.credit_value);
  const ownValue =
    rates.block_value === null
      ? null
      : tally.own_blocks * rates.block_value +
        tally.own_super_blocks * (rates.super_block_value ?? rates.block_value) +
        tally.own_xuni_blocks * (rates.xuni_block_value ?? 0);
  const isKnown = leaseValue !== null && ownValue !== null && energyCost !== null;
  const money = (value: number | null) => (value === null ? null : rounded(value, 6));
  return {
    is_time_known: !tally.hasUnknownTime,
    leased_hours: inHours(tally.leased_ms),
    own_hours: inHours(tally.own_ms),
    leases: tally.leases,
    lease_income: income,
    leased_blocks: tally.leased_blocks,
    own_blocks: tally.own_blocks,
    own_super_blocks: tally.own_super_blocks,
    own_xuni_blocks: tally.own_xuni_blocks,
    energy_kwh: energyKwh === null ? null : rounded(energyKwh, 3),
    energy_cost: money(energyCost),
    lease_value: money(leaseValue),
    own_value: money(ownValue),
    net: isKnown ? money(leaseValue + ownValue - energyCost) : null,
  };
}
