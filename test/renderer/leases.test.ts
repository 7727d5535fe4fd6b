import { describe, expect, test } from 'vitest';
import { atMost, chanceOf } from '../../src-renderer/features/leases/chance.ts';
import { leaseName } from '../../src-renderer/features/leases/lease-name.ts';
import { sinceOf } from '../../src-renderer/features/leases/lease-period.ts';
import { elapsedSec, mostCostNow, remainingSec } from '../../src-renderer/features/leases/lease-time.ts';

describe('how usual a number of blocks is', () => {
  test('is the sum of the Poisson distribution', () => {
    expect(atMost(0, 2)).toBeCloseTo(Math.exp(-2), 12);
    expect(atMost(2, 2)).toBeCloseTo(5 * Math.exp(-2), 12);
    // R: ppois(90, 100)
    expect(atMost(90, 100)).toBeCloseTo(0.1713851, 6);
    expect(atMost(1_000, 0.5)).toBe(1);
  });

  test('holds for many, where single terms are smaller than any number', () => {
    // R: ppois(2000, 2000)
    expect(atMost(2000, 2000)).toBeCloseTo(0.5059471, 5);
    expect(atMost(10, 5000)).toBe(0);
  });

  test('says on which side a count is, and nothing where nothing is to be expected', () => {
    expect(chanceOf(0, 3)).toEqual({ side: 'below', share: atMost(0, 3) });
    expect(chanceOf(3, 3)).toEqual({ side: 'above', share: 1 - atMost(2, 3) });
    expect(chanceOf(1, 0.01)?.share).toBeCloseTo(1 - Math.exp(-0.01), 12);
    expect(chanceOf(0, 0)).toBeUndefined();
    expect(chanceOf(0, NaN)).toBeUndefined();
  });
});

describe('the time of a lease', () => {
  const active = { state: 'active', created_at: 1000, duration_sec: 600, elapsed_sec: 5 } as const;

  test('grows by the clock while it is active, up to what was booked', () => {
    expect(elapsedSec(active, 1100)).toBe(100);
    expect(remainingSec(active, 1100)).toBe(500);
    expect(elapsedSec(active, 9999)).toBe(600);
    expect(remainingSec(active, 9999)).toBe(0);
    // A clock that goes wrong makes no time negative.
    expect(elapsedSec(active, 900)).toBe(0);
  });

  test('stays as it was told once it has ended', () => {
    expect(elapsedSec({ ...active, state: 'completed' }, 9999)).toBe(5);
  });

  test('costs by the millisecond, rounded down to a millionth', () => {
    expect(mostCostNow({ ...active, price_per_min: 0.6 }, 1100)).toBe(1);
    expect(mostCostNow({ ...active, price_per_min: 0.7 }, 1000.1)).toBe(0.001166);
  });
});

test('a lease is called by the beginning of its random part', () => {
  expect(leaseName('lease-3f2a91c0-85aa-4ceb-8e04-d59ae50c5ab8')).toBe('3f2a91c0');
  expect(leaseName('short')).toBe('short');
  expect(leaseName('an-id-of-the-earlier-platform')).toBe('an-id-of…atform');
});

test('a period begins on a whole minute, and none has no beginning', () => {
  expect(sinceOf('hour', 7259)).toBe(3600);
  expect(sinceOf('day', 86_400 + 59)).toBe(0);
  expect(sinceOf('', 7259)).toBeUndefined();
});
