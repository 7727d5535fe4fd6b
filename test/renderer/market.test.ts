import { expect, test } from 'vitest';
import { firstDuration, parseDuration } from '../../src-renderer/features/market/duration.ts';
import { comparablePrice, compareUnit, luckOf } from '../../src-renderer/features/market/listing-figures.ts';

test.each([
  ['45', 2700],
  ['45 min', 2700],
  ['45m', 2700],
  ['90 s', 90],
  ['2h', 7200],
  ['2 h 30 min', 9000],
  ['2h30', 9000],
  ['1:30', 5400],
  ['1,5 h', 5400],
  ['1.5h', 5400],
  ['3 d', 259_200],
  ['2 Tage, 1 Std', 176_400],
  [' 1 h ', 3600],
])('%j is a duration', (typed, seconds) => {
  expect(parseDuration(typed)).toBe(seconds);
});

test.each(['', 'soon', '1 week', '-5', '0', '5 min later', '1:75', 'h', '1e9999999 h'])(
  '%j is none',
  (typed) => {
    expect(parseDuration(typed)).toBeUndefined();
  },
);

test('a dialog begins with an hour, or what of it a worker allows', () => {
  expect(firstDuration(60, 86_400)).toBe(3600);
  expect(firstDuration(7200, 86_400)).toBe(7200);
  expect(firstDuration(60, 600)).toBe(600);
});

test('offers compare by one unit, which fits most of them', () => {
  const small = [{ hashrate: 900 }, { hashrate: 7000 }, { hashrate: 0 }];
  expect(compareUnit(small).unit).toBe('kH/s');
  expect(compareUnit([{ hashrate: 2e6 }, { hashrate: 9e5 }, { hashrate: 700 }]).unit).toBe('MH/s');
  expect(compareUnit([]).unit).toBe('kH/s');
  const unit = compareUnit(small);
  expect(comparablePrice({ price_per_min: 0.6, hashrate: 1800 }, unit)).toBeCloseTo(20, 9);
  expect(comparablePrice({ price_per_min: 0.6, hashrate: 0 }, unit)).toBeNull();
});

test('what can be said about luck', () => {
  expect(luckOf(null)).toEqual({ kind: 'unknown' });
  expect(luckOf(0.0005)).toEqual({ kind: 'rare', odds: 2001 });
  expect(luckOf(1)).toMatchObject({ kind: 'some', chance: expect.closeTo(0.632, 3) as number });
  expect(luckOf(100)).toEqual({ kind: 'many', low: 80, high: 120 });
});
