/** What charts draw, and the pure work on it: holes, thinning, look-ups and what is said about a series in words. */

/** A value at a moment; null where nothing is known, which is drawn as a gap. */
export interface ChartPoint {
  /** Unix seconds. */
  readonly at: number;
  readonly value: number | null;
}

/** One of the six chart colours of the theme. */
export type ChartColor = 1 | 2 | 3 | 4 | 5 | 6;

/** A line of a chart. Its points are in the order of time. */
export interface ChartSeries {
  /** Stays the same while the data changes. */
  readonly id: string;
  readonly label: string;
  readonly points: readonly ChartPoint[];
  /** Without one: the place in the list. */
  readonly color?: ChartColor;
  /** Fills below the line at 8 %. */
  readonly isArea?: boolean;
  /** For what is not measured: yesterday, expected. */
  readonly isDashed?: boolean;
  /** A value holds until the next, as counts do. */
  readonly isStepped?: boolean;
}

/** Unix seconds, both ends belong to it. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** A line across a chart at a value, with its name. */
export interface ChartThreshold {
  readonly value: number;
  readonly label: string;
  readonly tone?: 'muted' | 'accent' | 'stale' | 'error';
}

/** More is never drawn: a screen has no place for it. */
export const maxDrawnPoints = 500;

/** The colour of the series at a place of the list. */
export function colorOf(color: ChartColor | undefined, index: number): ChartColor {
  return color ?? (((index % 6) + 1) as ChartColor);
}

/** The middle of the distances between points, in seconds; 0 with fewer than two points. */
export function usualSpacing(points: readonly ChartPoint[]): number {
  const distances = points.slice(1).map(({ at }, index) => at - (points[index] as ChartPoint).at);
  distances.sort((a, b) => a - b);
  return distances[Math.floor(distances.length / 2)] ?? 0;
}

/**
 * Puts an unknown point into each hole, so that no line is drawn across it.
 *
 * @param maxGapSec the longest distance of two points that is no hole; without it three times the usual distance
 */
export function breakAtHoles(points: readonly ChartPoint[], maxGapSec?: number): readonly ChartPoint[] {
  const longest = maxGapSec ?? usualSpacing(points) * 3;
  if (!(longest > 0) || longest === Infinity) return points;
  const broken: ChartPoint[] = [];
  let before: ChartPoint | undefined;
  for (const point of points) {
    if (before && point.at - before.at > longest) {
      broken.push({ at: (before.at + point.at) / 2, value: null });
    }
    broken.push(point);
    before = point;
  }
  return broken.length === points.length ? points : broken;
}

/**
 * Thins points to what can be seen. Of each stretch of time its lowest and its highest value stay, so that no dip
 * and no peak is lost; a gap in it stays a gap; the first and the last point stay.
 *
 * @param max at most so many points come back; 5 at least
 */
export function thinOut(points: readonly ChartPoint[], max = maxDrawnPoints): readonly ChartPoint[] {
  const first = points[0];
  const last = points[points.length - 1];
  if (points.length <= max || !first || !last) return points;
  const stretches = Math.floor((max - 2) / 3);
  const stretchSec = (last.at - first.at) / stretches;
  if (stretchSec <= 0) return points.slice(-max);
  const kept: ChartPoint[] = [first];
  let index = 1;
  for (let stretch = 1; stretch <= stretches; stretch += 1) {
    const until = stretch === stretches ? Infinity : first.at + stretch * stretchSec;
    const start = index;
    while (index < points.length - 1 && (points[index] as ChartPoint).at < until) index += 1;
    kept.push(...extremes(points.slice(start, index)));
  }
  kept.push(last);
  return kept;
}

/** The lowest, the highest and the first unknown of some points, in the order of time. */
function extremes(points: readonly ChartPoint[]): ChartPoint[] {
  let lowest: ChartPoint | undefined;
  let highest: ChartPoint | undefined;
  let unknown: ChartPoint | undefined;
  for (const point of points) {
    if (point.value === null) unknown ??= point;
    else {
      if (!lowest || point.value < (lowest.value as number)) lowest = point;
      if (!highest || point.value > (highest.value as number)) highest = point;
    }
  }
  return [...new Set([lowest, highest, unknown])]
    .filter((point) => point !== undefined)
    .sort((a, b) => a.at - b.at);
}

/** The place of the first moment that is not before another; the length when all are. */
function firstFrom(count: number, momentAt: (index: number) => number, from: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (momentAt(middle) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The points in a range, and one more at each side so that lines run out of the picture. */
export function pointsIn(points: readonly ChartPoint[], { from, to }: TimeRange): readonly ChartPoint[] {
  const momentAt = (index: number) => (points[index] as ChartPoint).at;
  const start = firstFrom(points.length, momentAt, from);
  let end = start;
  while (end < points.length && momentAt(end) <= to) end += 1;
  return points.slice(Math.max(0, start - 1), end + 1);
}

/** The place of the moment that is nearest; -1 when there is none. Of two as near the earlier one. */
export function nearestIndex(moments: readonly number[], at: number): number {
  if (moments.length === 0) return -1;
  const after = firstFrom(moments.length, (index) => moments[index] as number, at);
  if (after === 0) return 0;
  if (after === moments.length) return after - 1;
  return at - (moments[after - 1] as number) <= (moments[after] as number) - at ? after - 1 : after;
}

/** What a series says at a moment: its nearest point's value, null when that is unknown or too far away. */
export function valueAt(points: readonly ChartPoint[], at: number, toleranceSec: number): number | null {
  const momentAt = (index: number) => (points[index] as ChartPoint).at;
  const after = firstFrom(points.length, momentAt, at);
  const candidates = [points[after - 1], points[after]].filter((point) => point !== undefined);
  const distance = (point: ChartPoint) => Math.abs(point.at - at);
  const [nearest] = candidates.sort((a, b) => distance(a) - distance(b));
  return nearest && distance(nearest) <= toleranceSec ? nearest.value : null;
}

/** All moments at which some series has a value, within a range, in order, each once. */
export function momentsOf(series: readonly Pick<ChartSeries, 'points'>[], { from, to }: TimeRange): number[] {
  const moments = new Set<number>();
  for (const { points } of series) {
    for (const { at, value } of points) if (value !== null && at >= from && at <= to) moments.add(at);
  }
  return [...moments].sort((a, b) => a - b);
}

/** First and last moment of some series; undefined when they have no points. */
export function extentOf(series: readonly Pick<ChartSeries, 'points'>[]): TimeRange | undefined {
  let from = Infinity;
  let to = -Infinity;
  for (const { points } of series) {
    from = Math.min(from, points[0]?.at ?? Infinity);
    to = Math.max(to, points[points.length - 1]?.at ?? -Infinity);
  }
  return from <= to ? { from, to } : undefined;
}

/** Lowest, highest and latest known value; undefined when none is known. */
export function summaryOf(
  points: readonly ChartPoint[],
): { readonly min: number; readonly max: number; readonly last: number } | undefined {
  let min = Infinity;
  let max = -Infinity;
  let last: number | undefined;
  for (const { value } of points) {
    if (value === null) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    last = value;
  }
  return last === undefined ? undefined : { min, max, last };
}

/** At most so many of a list, evenly spread, the last among them. */
export function sample<Item>(items: readonly Item[], max: number): readonly Item[] {
  if (items.length <= max) return items;
  const step = (items.length - 1) / (max - 1);
  return Array.from({ length: max }, (_, index) => items[Math.round(index * step)] as Item);
}

/** For each point whether it has a value but no neighbour with one: no line would show it. */
export function standsAlone(points: readonly ChartPoint[]): boolean[] {
  const isKnown = (point: ChartPoint | undefined) => point !== undefined && point.value !== null;
  return points.map(
    (point, index) => isKnown(point) && !isKnown(points[index - 1]) && !isKnown(points[index + 1]),
  );
}
