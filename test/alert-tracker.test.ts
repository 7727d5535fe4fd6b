import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tracker } from '../src-main/platform/features/alerts/tracker.ts';

const limits = fc.record({
  minDurationMs: fc.integer({ min: 0, max: 5 }).map((sec) => sec * 1000),
  clearAfterMs: fc.integer({ min: 0, max: 5 }).map((sec) => sec * 1000),
});
/** Beyond the threshold, between the two, or beyond the clear threshold. */
const looks = fc.array(fc.constantFrom('bad', 'between', 'good'), { maxLength: 60 });

test('begins after it was bad for its time without a pause, is over after it was good for its time, and takes turns', () => {
  fc.assert(
    fc.property(limits, looks, (given, values) => {
      const tracker = new Tracker();
      const changes: { change: 'trip' | 'clear'; at: number }[] = [];
      for (const [at, value] of values.entries()) {
        const sight = { isBad: value === 'bad', isGood: value === 'good' };
        const change = tracker.look('rig', sight, given, at * 1000, () => at);
        if (change) changes.push({ change, at });
        expect(tracker.isTripped('rig')).toBe(changes.at(-1)?.change === 'trip');
      }
      for (const [index, { change, at }] of changes.entries()) {
        expect(change).toBe(index % 2 === 0 ? 'trip' : 'clear');
        const heldSec = (change === 'trip' ? given.minDurationMs : given.clearAfterMs) / 1000;
        const held = values.slice(at - heldSec, at + 1);
        expect(new Set(held)).toEqual(new Set([change === 'trip' ? 'bad' : 'good']));
        expect(at - (changes[index - 1]?.at ?? -1)).toBeGreaterThan(heldSec);
      }
    }),
  );
});

test('what was closed by hand is no news until it was over once, and what it is held against stays', () => {
  const tracker = new Tracker();
  const now = { minDurationMs: 0, clearAfterMs: 0 };
  const look = (isBad: boolean, atMs: number, reference: number) =>
    tracker.look('rig', { isBad, isGood: !isBad }, now, atMs, () => reference);
  expect(look(true, 0, 100)).toBe('trip');
  tracker.dismiss('rig');
  expect(look(true, 1, 50)).toBe(undefined);
  expect(tracker.referenceOf('rig')).toBe(100);
  expect([...tracker.tripped()]).toEqual([]);
  expect(look(false, 2, 50)).toBe(undefined);
  expect(look(true, 3, 50)).toBe('trip');
  expect(tracker.referenceOf('rig')).toBe(50);
});
