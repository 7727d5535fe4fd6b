/** What bar charts draw: figures of stretches of time, one stretch beside the other. */
import type { ChartColor, TimeRange } from './chart-data.ts';
import { timeTicks, type ChartZone, type TimeTick } from './time-ticks.ts';

/** A part of each bar. Parts are stacked in the order of the list. */
export interface BarSeries {
  /** Stays the same while the data changes. */
  readonly id: string;
  readonly label: string;
  /** One value for each slot; null where nothing is known. */
  readonly values: readonly (number | null)[];
  readonly color?: ChartColor;
}

/** What the bars are held against: one value for each slot. */
export interface ExpectedValues {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

const dayLikeSec = 20 * 3600;

/** The sum of a bar's parts; null when none is known. */
export function totalAt(series: readonly BarSeries[], index: number): number | null {
  const known = series.map(({ values }) => values[index] ?? null).filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** From the beginning of the first slot to the end of the last. */
export function rangeOfSlots(slots: readonly TimeRange[]): TimeRange {
  const first = slots[0];
  const last = slots[slots.length - 1];
  return first && last ? { from: first.from, to: last.to } : { from: 0, to: 1 };
}

/** The middle of a slot, where its bar stands. */
export function middleOf({ from, to }: TimeRange): number {
  return (from + to) / 2;
}

/**
 * The marks below bars: round times between the bars of hours, dates in the middle below the bars of days.
 *
 * @param maxTicks what the labels have room for, 1 at least
 */
export function barTicks(
  slots: readonly TimeRange[],
  maxTicks: number,
  zone: ChartZone,
): readonly TimeTick[] {
  const last = slots[slots.length - 1];
  if (!last || last.to - last.from < dayLikeSec) return timeTicks(rangeOfSlots(slots), maxTicks, zone);
  const every = Math.ceil(slots.length / Math.max(1, Math.floor(maxTicks)));
  // Counted from the newest, which stay where they are; not from the edge, where a label would be cut off.
  const first = slots.length - 1 - Math.floor(every / 2);
  return slots
    .filter((_slot, index) => (first - index) % every === 0)
    .map((slot) => ({ at: middleOf(slot), kind: 'date' }));
}

/**
 * The line of expected values: level over each slot, a step between two.
 *
 * @returns points with the time in Unix seconds as x
 */
export function expectedSteps(
  slots: readonly TimeRange[],
  values: readonly (number | null)[],
): { readonly x: number; readonly y: number | null }[] {
  return slots.flatMap(({ from, to }, index) => {
    const y = values[index] ?? null;
    return [
      { x: from, y },
      { x: to, y },
    ];
  });
}
