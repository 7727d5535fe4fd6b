/** Choosing rows by their ids, and how long rows hold still. */
import { describe, expect, it } from 'vitest';
import { holdAfterTouchMs, holdForMs, OrderHold } from '../../src-renderer/ui/table/order-hold.ts';
import {
  countOutside,
  shareOf,
  toggled,
  union,
  without,
  withRange,
} from '../../src-renderer/ui/table/selection.ts';

const order = ['a', 'b', 'c', 'd', 'e'];
const ids = (selection: ReadonlySet<string>) => [...selection].sort();

describe('a selection', () => {
  it('is never changed in place', () => {
    const before = new Set(['a']);
    expect(ids(toggled(before, 'b'))).toEqual(['a', 'b']);
    expect(ids(toggled(before, 'a'))).toEqual([]);
    expect(ids(before)).toEqual(['a']);
  });

  it('takes a range in the order that is shown, in both directions', () => {
    expect(ids(withRange(new Set(['b']), order, 'b', 'd', true))).toEqual(['b', 'c', 'd']);
    expect(ids(withRange(new Set(['d']), order, 'd', 'b', true))).toEqual(['b', 'c', 'd']);
    expect(ids(withRange(new Set(order), order, 'b', 'd', false))).toEqual(['a', 'e']);
  });

  it('takes one row when the range’s start is not shown any more', () => {
    expect(ids(withRange(new Set(['x']), order, 'x', 'c', true))).toEqual(['c', 'x']);
    expect(ids(withRange(new Set(), order, undefined, 'c', true))).toEqual(['c']);
  });

  it('outlives the rows that are shown, and says how many are not', () => {
    const selection = union(new Set(['x', 'y']), ['a', 'b']);
    expect(countOutside(selection, order)).toBe(2);
    expect(ids(without(selection, order))).toEqual(['x', 'y']);
  });

  it('tells whether all, some or none are chosen', () => {
    expect(shareOf(new Set(order), order)).toBe(true);
    expect(shareOf(new Set(['a']), order)).toBe('indeterminate');
    expect(shareOf(new Set(['x']), order)).toBe(false);
    expect(shareOf(new Set(['x']), [])).toBe(false);
  });
});

describe('the order of rows', () => {
  it('holds while somebody points at it, and not for ever', () => {
    let nowMs = 0;
    const hold = new OrderHold(() => nowMs);
    expect(hold.isHeld).toBe(false);
    hold.keep();
    nowMs = holdForMs - 1;
    expect(hold.isHeld).toBe(true);
    nowMs = holdForMs;
    expect(hold.isHeld).toBe(false);
    hold.keep();
    hold.release();
    expect(hold.isHeld).toBe(false);
  });

  it('holds shortly after a touch, which never shortens a longer hold', () => {
    let nowMs = 0;
    const hold = new OrderHold(() => nowMs);
    hold.keepShortly();
    nowMs = holdAfterTouchMs;
    expect(hold.isHeld).toBe(false);
    hold.keep();
    hold.keepShortly();
    nowMs += holdAfterTouchMs;
    expect(hold.isHeld).toBe(true);
  });
});
