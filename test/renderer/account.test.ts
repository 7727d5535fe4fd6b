import { describe, expect, test } from 'vitest';
import type { WalletPoint } from '../../src-main/contract/rest/wallet.routes.ts';
import { goals, milestoneOf } from '../../src-renderer/features/account/milestones.ts';
import { rangeOf, slotsOf } from '../../src-renderer/features/account/wallet-slots.ts';
import { amountText } from '../../src-renderer/ui/amount.ts';

describe('milestones', () => {
  test('say what is reached and how far the next is', () => {
    expect(milestoneOf('blocks', 0)).toEqual({ reached: undefined, next: 1, progress: 0 });
    expect(milestoneOf('blocks', 10)).toEqual({ reached: 10, next: 100, progress: 0 });
    expect(milestoneOf('blocks', 55)).toEqual({ reached: 10, next: 100, progress: 0.5 });
    expect(milestoneOf('peak', 5500)).toMatchObject({ reached: 1000, next: 10_000, progress: 0.5 });
  });

  test('end: beyond the last there is no next', () => {
    const last = goals.days.at(-1)!;
    expect(milestoneOf('days', last * 2)).toEqual({ reached: last, next: undefined, progress: 1 });
  });

  test('rise', () => {
    for (const list of Object.values(goals)) expect([...list].sort((a, b) => a - b)).toEqual(list);
  });
});

describe("a wallet's bars", () => {
  const point = (timestamp: number, blocks: number, earnings: number) =>
    ({ timestamp, blocks, earnings }) as WalletPoint;

  test('sum what falls into each, and leave a gap where nothing is known', () => {
    const hour = 3600;
    const points = [point(0, 1, 0.1), point(hour, 2, 0.2), point(3 * hour, 3, 0)];
    expect(slotsOf(points, '24h', { from: 0, to: 4 * hour })).toEqual([
      { from: 0, to: hour, blocks: 1, earnings: 0.1 },
      { from: hour, to: 2 * hour, blocks: 2, earnings: 0.2 },
      { from: 2 * hour, to: 3 * hour, blocks: null, earnings: null },
      { from: 3 * hour, to: 4 * hour, blocks: 3, earnings: 0 },
    ]);
    expect(slotsOf(points, '7d', { from: -6 * hour, to: 6 * hour })).toEqual([
      { from: -6 * hour, to: 0, blocks: null, earnings: null },
      { from: 0, to: 6 * hour, blocks: 6, earnings: expect.closeTo(0.3, 9) as number },
    ]);
  });

  test('cover the whole period, with the newest under way', () => {
    const day = 86_400;
    for (const [period, length, count] of [
      ['24h', 3600, 24],
      ['7d', 6 * 3600, 28],
      ['30d', day, 30],
    ] as const) {
      const range = rangeOf(period, 100 * day + 5);
      expect(range.to).toBe(100 * day + length);
      expect(slotsOf([], period, range)).toHaveLength(count);
    }
  });
});

describe('typed amounts', () => {
  const english = amountText('en-GB');
  const german = amountText('de-DE');

  test('are read with point or comma, to the last digit', () => {
    expect(english.parse(' 12.5 ')).toBe(12.5);
    expect(english.parse('0,000001')).toBe(0.000001);
    expect(german.parse('12,345678')).toBe(12.345678);
    expect(german.parse('1,234')).toBe(1.234);
    expect(english.parse('1.234')).toBe(1.234);
    expect(english.parse('0,123')).toBe(0.123);
  });

  test('are refused when they could be thousands, or are no such amount', () => {
    expect(english.parse('1,000')).toBeUndefined();
    expect(german.parse('1.000')).toBeUndefined();
    for (const typed of ['', '-1', '1e3', '0x10', '1.2345678', '.5', '1,000.00', '99999999999', '1 000'])
      expect(english.parse(typed), typed).toBeUndefined();
  });

  test('are written so that they are read back', () => {
    for (const amount of [0, 1, 1000, 0.000001, 12.345, 8227.67728, 1_000_000_000])
      for (const language of [english, german]) expect(language.parse(language.type(amount))).toBe(amount);
    expect(german.type(1.5)).toBe('1,5');
  });
});
