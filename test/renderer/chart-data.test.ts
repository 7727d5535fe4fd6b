/** What charts make of their data: gaps, thinning, what the crosshair reads. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barTicks, expectedSteps, rangeOfSlots, totalAt } from '../../src-renderer/ui/charts/bar-data.ts';
import {
  breakAtHoles,
  extentOf,
  momentsOf,
  nearestIndex,
  pointsIn,
  sample,
  standsAlone,
  summaryOf,
  thinOut,
  usualSpacing,
  valueAt,
  type ChartPoint,
} from '../../src-renderer/ui/charts/chart-data.ts';
import { trimZeros } from '../../src-renderer/ui/charts/axis-text.ts';
import { sparkPaths } from '../../src-renderer/ui/charts/spark-path.ts';
import {
  fillStrip,
  placePieces,
  segmentAt,
  totalsOf,
  type StripSegment,
} from '../../src-renderer/ui/charts/strip-data.ts';

const points = (...values: readonly (readonly [number, number | null])[]): ChartPoint[] =>
  values.map(([at, value]) => ({ at, value }));
const every = (stepSec: number, count: number, value: (index: number) => number | null): ChartPoint[] =>
  Array.from({ length: count }, (_, index) => ({ at: index * stepSec, value: value(index) }));

describe('gaps of a line', () => {
  it('are where points lie farther apart than asked', () => {
    const broken = breakAtHoles(points([0, 1], [10, 2], [40, 3], [50, 4]), 15);
    expect(broken.map(({ value }) => value)).toEqual([1, 2, null, 3, 4]);
    expect(broken[2]?.at).toBe(25);
  });

  it('are found by the usual distance when nothing is asked', () => {
    const series = [...every(60, 10, () => 5), { at: 2000, value: 5 }];
    expect(usualSpacing(series)).toBe(60);
    expect(breakAtHoles(series).filter(({ value }) => value === null)).toHaveLength(1);
  });

  it('never are with Infinity, nor where there is no hole', () => {
    const series = points([0, 1], [10, 2], [4000, 3]);
    expect(breakAtHoles(series, Infinity)).toBe(series);
    const even = every(60, 10, () => 5);
    expect(breakAtHoles(even)).toBe(even);
    expect(breakAtHoles([])).toEqual([]);
  });

  it('leave values without neighbours to be drawn as dots', () => {
    expect(standsAlone(points([0, 1], [1, null], [2, 3], [3, null], [4, 1], [5, 1]))).toEqual([
      ...[true, false, true, false, false, false],
    ]);
  });
});

describe('thinning', () => {
  const long = every(10, 20_000, (index) => Math.sin(index / 50) * 100);

  it('keeps to the limit, the order, the first and the last point', () => {
    const thin = thinOut(long);
    expect(thin.length).toBeLessThanOrEqual(500);
    expect(thin.length).toBeGreaterThan(250);
    expect(thin[0]).toBe(long[0]);
    expect(thin.at(-1)).toBe(long.at(-1));
    expect(thin.every(({ at }, index) => index === 0 || at > (thin[index - 1] as ChartPoint).at)).toBe(true);
  });

  it('loses no single dip and no single peak', () => {
    const spiky = long.map((point, index) =>
      index === 7777 ? { ...point, value: -5000 } : index === 7778 ? { ...point, value: 9000 } : point,
    );
    const values = thinOut(spiky).map(({ value }) => value);
    expect(values).toContain(-5000);
    expect(values).toContain(9000);
  });

  it('keeps a gap of a single point', () => {
    const holed = long.map((point, index) => (index === 12_345 ? { ...point, value: null } : point));
    expect(thinOut(holed).filter(({ value }) => value === null)).toHaveLength(1);
  });

  it('leaves what is short as it is', () => {
    const short = every(10, 500, () => 1);
    expect(thinOut(short)).toBe(short);
  });

  it('holds for any points', () => {
    const anyPoint = fc.tuple(
      fc.integer({ min: 0, max: 100_000 }),
      fc.option(fc.integer({ min: -1000, max: 1000 })),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(anyPoint, { selector: ([at]) => at, minLength: 1, maxLength: 300 }),
        fc.integer({ min: 5, max: 60 }),
        (raw, max) => {
          const given = points(...raw.sort(([a], [b]) => a - b));
          const thin = thinOut(given, max);
          expect(thin.length).toBeLessThanOrEqual(Math.max(max, 5));
          expect(summaryOf(thin)?.max).toBe(summaryOf(given)?.max);
          expect(summaryOf(thin)?.min).toBe(summaryOf(given)?.min);
          expect(thin.every((point) => given.includes(point))).toBe(true);
        },
      ),
    );
  });
});

describe('what is read from a series', () => {
  it('is the nearest value, unknown when it is too far away or unknown itself', () => {
    const series = points([0, 1], [10, 2], [20, null]);
    expect(valueAt(series, 4, 10)).toBe(1);
    expect(valueAt(series, 6, 10)).toBe(2);
    expect(valueAt(series, 19, 10)).toBeNull();
    expect(valueAt(series, 40, 10)).toBeNull();
    expect(valueAt([], 40, 10)).toBeNull();
  });

  it('finds the nearest moment at any place', () => {
    const moments = [0, 10, 20];
    expect([-5, 0, 4, 5, 6, 14, 99].map((at) => nearestIndex(moments, at))).toEqual([0, 0, 0, 0, 1, 1, 2]);
    expect(nearestIndex([], 5)).toBe(-1);
  });

  it('has the known moments of all series once', () => {
    const series = [{ points: points([0, 1], [10, null]) }, { points: points([0, 3], [5, 4], [90, 1]) }];
    expect(momentsOf(series, { from: 0, to: 50 })).toEqual([0, 5]);
    expect(extentOf(series)).toEqual({ from: 0, to: 90 });
    expect(extentOf([{ points: [] }])).toBeUndefined();
  });

  it('is one point more than the range at each side', () => {
    const series = every(10, 10, (index) => index);
    expect(pointsIn(series, { from: 25, to: 45 }).map(({ at }) => at)).toEqual([20, 30, 40, 50]);
    expect(pointsIn(series, { from: -5, to: 500 })).toHaveLength(10);
  });

  it('is summed up by lowest, highest and latest known value', () => {
    expect(summaryOf(points([0, 4], [1, 9], [2, -1], [3, 5], [4, null]))).toEqual({
      min: -1,
      max: 9,
      last: 5,
    });
    expect(summaryOf(points([0, null]))).toBeUndefined();
  });

  it('is spread evenly over the rows of a table, the last among them', () => {
    const rows = sample([...Array(1000).keys()], 30);
    expect(rows).toHaveLength(30);
    expect([rows[0], rows.at(-1)]).toEqual([0, 999]);
    expect(sample([1, 2], 30)).toEqual([1, 2]);
  });
});

describe('bars', () => {
  const hours = Array.from({ length: 24 }, (_, hour) => ({ from: hour * 3600, to: (hour + 1) * 3600 }));
  const days = Array.from({ length: 30 }, (_, day) => ({ from: day * 86_400, to: (day + 1) * 86_400 }));

  it('of hours have round times between them', () => {
    const ticks = barTicks(hours, 6, 'UTC');
    expect(ticks.map(({ at }) => at / 3600)).toEqual([0, 6, 12, 18, 24]);
  });

  it('of days have dates below them, evenly, clear of the edges', () => {
    const ticks = barTicks(days, 6, 'UTC');
    expect(ticks.map(({ at }) => at / 86_400)).toEqual([2.5, 7.5, 12.5, 17.5, 22.5, 27.5]);
    expect(ticks.every(({ kind }) => kind === 'date')).toBe(true);
  });

  it('add up what is known', () => {
    const parts = [
      { id: 'a', label: 'A', values: [1, null, null] },
      { id: 'b', label: 'B', values: [2, 3, null] },
    ];
    expect([0, 1, 2].map((index) => totalAt(parts, index))).toEqual([3, 3, null]);
  });

  it('have what was expected level above each', () => {
    expect(expectedSteps(hours.slice(0, 2), [5])).toEqual([
      { x: 0, y: 5 },
      { x: 3600, y: 5 },
      { x: 3600, y: null },
      { x: 7200, y: null },
    ]);
    expect(rangeOfSlots(days)).toEqual({ from: 0, to: 30 * 86_400 });
    expect(rangeOfSlots([])).toEqual({ from: 0, to: 1 });
  });
});

describe('marks of a value axis', () => {
  it('lose the zeros that say nothing, whatever the decimal sign', () => {
    expect(trimZeros('5.00 MH/s', '.')).toBe('5 MH/s');
    expect(trimZeros('1.50 kH/s', '.')).toBe('1.5 kH/s');
    expect(trimZeros('1.200,00 Credits', ',')).toBe('1.200 Credits');
    expect(trimZeros('−0,50', ',')).toBe('−0,5');
    expect(['1,200', '100 H/s', '10.05', '—'].map((said) => trimZeros(said, '.'))).toEqual([
      ...['1,200', '100 H/s', '10.05', '—'],
    ]);
  });
});

describe('sparklines', () => {
  it('go from the lower to the upper edge, with gaps as gaps', () => {
    const { line, area, last } = sparkPaths([0, 10, null, 5, 10], true);
    expect(line).toBe('M0 100L25 0M75 50L100 0');
    expect(area).toBe('M0 100V100L25 0V100ZM75 100V50L100 0V100Z');
    expect(last).toEqual({ x: 100, y: 0 });
  });

  it('show a value without neighbours as a dot, and the last known value', () => {
    const { line, last } = sparkPaths([null, 3, null], false);
    expect(line).toBe('M50 50h0');
    expect(last).toEqual({ x: 50, y: 50 });
  });

  it('lie in the middle when nothing changes, on the ground when nothing is there, and nowhere without data', () => {
    expect(sparkPaths([7, 7], false).line).toBe('M0 50L100 50');
    expect(sparkPaths([0, 0], true).line).toBe('M0 100L100 100');
    expect(sparkPaths([null, null], true)).toEqual({ line: '', area: '', last: undefined });
    expect(sparkPaths([], true).line).toBe('');
  });
});

describe('a strip of states', () => {
  const range = { from: 0, to: 1000 };
  const segments: StripSegment[] = [
    { from: -50, to: 100, state: 'mining' },
    { from: 100, to: 200, state: 'mining' },
    { from: 300, to: 301, state: 'offline' },
    { from: 301, to: 2000, state: 'leased', note: 'a1b2' },
  ];

  it('fills the whole range: cut, joined, unknown where nothing was recorded', () => {
    expect(fillStrip(segments, range)).toEqual([
      { from: 0, to: 200, state: 'mining' },
      { from: 200, to: 300, state: 'unknown' },
      { from: 300, to: 301, state: 'offline' },
      { from: 301, to: 1000, state: 'leased', note: 'a1b2' },
    ]);
    expect(fillStrip([], range)).toEqual([{ ...range, state: 'unknown' }]);
  });

  it('counts each state once', () => {
    expect(totalsOf(fillStrip(segments, range))).toEqual([
      { state: 'mining', sec: 200 },
      { state: 'leased', sec: 699 },
      { state: 'offline', sec: 1 },
      { state: 'unknown', sec: 100 },
    ]);
  });

  it('shows the shortest outage, over what surrounds it', () => {
    const pieces = placePieces(fillStrip(segments, range), range, 300);
    expect(pieces.at(-1)).toMatchObject({ segment: { state: 'offline' }, x: 90, width: 2 });
    expect(pieces[0]).toMatchObject({ x: 0, width: 60 });
    expect(segmentAt(fillStrip(segments, range), 250)).toBe(1);
    expect(segmentAt(fillStrip(segments, range), 5000)).toBe(-1);
  });
});
