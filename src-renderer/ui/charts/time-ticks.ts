/** Where a time axis has its marks: at round local times, right also on the days when clocks change. */
import type { TimeRange } from './chart-data.ts';

/** Whose midnight counts: the reader's own, or that of UTC as for what the platform adds up by UTC days. */
export type ChartZone = 'local' | 'UTC';

/** A mark of a time axis and what of its moment has to be said. */
export interface TimeTick {
  /** Unix seconds. */
  readonly at: number;
  readonly kind: 'second' | 'time' | 'date' | 'month' | 'year';
}

type Unit = 'second' | 'hour' | 'day' | 'week' | 'month';
interface Step {
  readonly unit: Unit;
  readonly count: number;
  readonly sec: number;
}

const step = (unit: Unit, count: number, unitSec: number): Step => ({ unit, count, sec: count * unitSec });

/** Seconds, minutes and single hours have the same length always; what is longer is counted on the wall clock. */
const steps: readonly Step[] = [
  ...[1, 5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].map((count) => step('second', count, 1)),
  ...[2, 3, 6, 12].map((count) => step('hour', count, 3600)),
  ...[1, 2].map((count) => step('day', count, 86_400)),
  ...[1, 2].map((count) => step('week', count, 604_800)),
  ...[1, 3, 6, 12, 24, 60, 120].map((count) => step('month', count, 2_629_800)),
];

interface Calendar {
  /** Year, month from 0, day, hour, minute, second, and weekday from Monday as 0. */
  read(at: number): readonly [number, number, number, number, number, number, number];
  at(year: number, month: number, day: number, hour: number): number;
  offsetSec(at: number): number;
}

const calendars: Readonly<Record<ChartZone, Calendar>> = {
  local: {
    read: (at) => {
      const date = new Date(at * 1000);
      return [
        date.getFullYear(),
        date.getMonth(),
        date.getDate(),
        date.getHours(),
        date.getMinutes(),
        date.getSeconds(),
        (date.getDay() + 6) % 7,
      ];
    },
    at: (year, month, day, hour) => new Date(year, month, day, hour).getTime() / 1000,
    offsetSec: (at) => new Date(at * 1000).getTimezoneOffset() * -60,
  },
  UTC: {
    read: (at) => {
      const date = new Date(at * 1000);
      return [
        date.getUTCFullYear(),
        date.getUTCMonth(),
        date.getUTCDate(),
        date.getUTCHours(),
        date.getUTCMinutes(),
        date.getUTCSeconds(),
        (date.getUTCDay() + 6) % 7,
      ];
    },
    at: (year, month, day, hour) => Date.UTC(year, month, day, hour) / 1000,
    offsetSec: () => 0,
  },
};

/**
 * The marks of a time axis, at most so many, in order, all inside of the range.
 *
 * @param maxTicks 1 at least; what the labels have room for
 */
export function timeTicks(range: TimeRange, maxTicks: number, zone: ChartZone = 'local'): TimeTick[] {
  const span = range.to - range.from;
  if (!(span > 0) || !Number.isFinite(span)) return [];
  const calendar = calendars[zone];
  const room = Math.max(1, Math.floor(maxTicks));
  // A range may hold one mark more than its length has steps, or one less.
  for (const chosen of steps.filter(({ sec }) => span / sec <= room + 1)) {
    const ticks = marks(chosen, range, calendar).map((at) => ({ at, kind: kindOf(at, chosen, calendar) }));
    if (ticks.length <= room) return ticks;
  }
  return [];
}

function marks(chosen: Step, range: TimeRange, calendar: Calendar): number[] {
  const found: number[] = [];
  const candidates =
    chosen.unit === 'second'
      ? evenMarks(chosen.count, range, calendar)
      : chosen.unit === 'month'
        ? monthMarks(chosen.count, range, calendar)
        : wallMarks(chosen, range, calendar);
  for (const at of candidates) {
    if (at > range.to) break;
    if (at >= range.from && at > (found[found.length - 1] ?? -Infinity)) found.push(at);
  }
  return found;
}

function* evenMarks(stepSec: number, { from, to }: TimeRange, calendar: Calendar): Generator<number> {
  const align = (at: number) => {
    const offset = calendar.offsetSec(at);
    return Math.ceil((at + offset) / stepSec) * stepSec - offset;
  };
  for (let at = align(from); at <= to; at = align(at + stepSec)) yield at;
}

function* wallMarks({ unit, count }: Step, { from, to }: TimeRange, calendar: Calendar): Generator<number> {
  const [year, month, firstDay, , , , weekday] = calendar.read(from);
  const hours = unit === 'hour' ? count : 24;
  const days = unit === 'hour' ? 1 : unit === 'day' ? count : count * 7;
  // Days are counted from a Monday long ago, so that marks stay where they are while time goes on.
  const dayNumber = Math.floor(Date.UTC(year, month, firstDay) / 86_400_000) + 3;
  const back = unit === 'week' ? weekday + 7 * (Math.floor(dayNumber / 7) % count) : dayNumber % days;
  for (let day = firstDay - back; calendar.at(year, month, day, 0) <= to; day += days) {
    for (let hour = 0; hour < 24; hour += hours) {
      const at = calendar.at(year, month, day, hour);
      // An hour that the clock leaps over has no mark; a midnight that it leaps over is the day's first moment.
      if (hour === 0 || calendar.read(at)[3] === hour) yield at;
    }
  }
}

function* monthMarks(count: number, { from, to }: TimeRange, calendar: Calendar): Generator<number> {
  const [year, month] = calendar.read(from);
  const total = year * 12 + month;
  for (let index = total - (total % count); ; index += count) {
    const at = calendar.at(Math.floor(index / 12), index % 12, 1, 0);
    yield at;
    if (at > to) return;
  }
}

function kindOf(at: number, { unit, count }: Step, calendar: Calendar): TimeTick['kind'] {
  const [, month, , hour, minute, second] = calendar.read(at);
  if (unit === 'month') return month === 0 || count >= 12 ? 'year' : 'month';
  if (unit === 'day' || unit === 'week') return 'date';
  if (hour === 0 && minute === 0 && second === 0) return 'date';
  if (unit === 'hour') return 'time';
  return count < 60 ? 'second' : 'time';
}

/**
 * Says marks in a language: `14:30`, at midnight the date, in January the year.
 *
 * @param locale a BCP 47 tag
 */
export function createTickText(locale: string, zone: ChartZone = 'local'): (tick: TimeTick) => string {
  const options: Intl.DateTimeFormatOptions = zone === 'UTC' ? { timeZone: 'UTC' } : {};
  const format = (parts: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, ...parts });
  const formats: Record<TimeTick['kind'], Intl.DateTimeFormat> = {
    second: format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    time: format({ hour: '2-digit', minute: '2-digit' }),
    date: format({ day: 'numeric', month: 'short' }),
    month: format({ month: 'short' }),
    year: format({ year: 'numeric' }),
  };
  return ({ at, kind }) => formats[kind].format(at * 1000);
}
