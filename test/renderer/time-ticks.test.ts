/** Marks of time axes: round local times, also on the days when clocks change. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTickText, timeTicks } from '../../src-renderer/ui/charts/time-ticks.ts';

const zoneBefore = process.env['TZ'];
beforeAll(() => {
  process.env['TZ'] = 'Europe/Berlin';
});
afterAll(() => {
  if (zoneBefore === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zoneBefore;
});

const sec = (iso: string) => Date.parse(iso) / 1000;
const labels = (from: string, to: string, maxTicks: number) =>
  timeTicks({ from: sec(from), to: sec(to) }, maxTicks).map(createTickText('en-GB'));

describe('marks of a time axis', () => {
  it('are round minutes, hours, days and months, as there is room', () => {
    expect(labels('2026-11-26T10:03:00+01:00', '2026-11-26T11:01:00+01:00', 6)).toEqual([
      ...['10:10', '10:20', '10:30', '10:40', '10:50', '11:00'],
    ]);
    expect(labels('2026-11-25T17:30:00+01:00', '2026-11-26T17:30:00+01:00', 8)).toEqual([
      ...['18:00', '21:00', '26 Nov', '03:00', '06:00', '09:00', '12:00', '15:00'],
    ]);
    expect(labels('2026-11-20T12:00:00+01:00', '2026-11-26T12:00:00+01:00', 6)).toEqual([
      ...['21 Nov', '22 Nov', '23 Nov', '24 Nov', '25 Nov', '26 Nov'],
    ]);
    expect(labels('2026-10-15T00:00:00+02:00', '2027-02-15T00:00:00+01:00', 6)).toEqual([
      ...['Nov', 'Dec', '2027', 'Feb'],
    ]);
    expect(labels('2026-11-26T10:00:01+01:00', '2026-11-26T10:00:13+01:00', 3)).toEqual([
      ...['10:00:05', '10:00:10'],
    ]);
  });

  it('count both of the hours that come twice in autumn', () => {
    expect(labels('2026-10-25T00:30:00+02:00', '2026-10-25T04:30:00+01:00', 8)).toEqual([
      ...['01:00', '02:00', '02:00', '03:00', '04:00'],
    ]);
  });

  it('stay at round hours of the clock across the change', () => {
    expect(labels('2026-10-24T20:00:00+02:00', '2026-10-25T20:00:00+01:00', 8)).toEqual([
      ...['21:00', '25 Oct', '03:00', '06:00', '09:00', '12:00', '15:00', '18:00'],
    ]);
    expect(labels('2026-03-28T20:00:00+01:00', '2026-03-29T20:00:00+02:00', 4)).toEqual([
      ...['29 Mar', '06:00', '12:00', '18:00'],
    ]);
  });

  it('leave out the hour that the clock leaps over in spring', () => {
    expect(labels('2026-03-29T00:00:00+01:00', '2026-03-29T05:00:00+02:00', 8)).toEqual([
      ...['29 Mar', '01:00', '03:00', '04:00', '05:00'],
    ]);
    expect(labels('2026-03-29T00:00:00+01:00', '2026-03-29T09:00:00+02:00', 6)).toEqual([
      ...['29 Mar', '04:00', '06:00', '08:00'],
    ]);
  });

  it('put days at midnight of the reader, or of UTC when asked', () => {
    const range = { from: sec('2026-10-23T12:00:00Z'), to: sec('2026-10-27T12:00:00Z') };
    const days = timeTicks(range, 4);
    expect(days.map(({ at }) => new Date(at * 1000).getHours())).toEqual([0, 0, 0, 0]);
    expect(timeTicks(range, 4, 'UTC').map(({ at }) => at % 86_400)).toEqual([0, 0, 0, 0]);
  });

  it('stay where they are while time goes on', () => {
    const from = sec('2026-11-01T00:00:00+01:00');
    for (const spanSec of [600, 7200, 86_400, 10 * 86_400, 40 * 86_400, 400 * 86_400]) {
      const before = timeTicks({ from, to: from + spanSec }, 7).map(({ at }) => at);
      const later = timeTicks({ from: from + spanSec / 20, to: from + (spanSec * 21) / 20 }, 7).map(
        ({ at }) => at,
      );
      expect(later.filter((at) => at <= from + spanSec)).toEqual(
        before.filter((at) => at >= from + spanSec / 20),
      );
    }
  });

  it('are never more than there is room for, in order, inside of the range', () => {
    for (let exponent = 1; exponent < 30; exponent += 1) {
      const from = sec('2026-03-28T23:17:00Z');
      const to = from + 2 ** exponent;
      const ticks = timeTicks({ from, to }, 6).map(({ at }) => at);
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(ticks).toEqual([...ticks].sort((a, b) => a - b));
      expect(new Set(ticks).size).toBe(ticks.length);
      expect(ticks.every((at) => at >= from && at <= to)).toBe(true);
    }
  });

  it('are none for a range that is none', () => {
    expect(timeTicks({ from: 5, to: 5 }, 6)).toEqual([]);
    expect(timeTicks({ from: Number.NaN, to: 5 }, 6)).toEqual([]);
  });
});
