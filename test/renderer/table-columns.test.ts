/** What a person can do to a table's columns, and what is kept of it. */
import { describe, expect, it } from 'vitest';
import { compareCells, toSortable } from '../../src-renderer/ui/table/cell-order.ts';
import {
  columnOrder,
  columnVisibility,
  gridTemplate,
  leastRowWidth,
  moveColumn,
  ownLayout,
  parseLayout,
  showColumn,
} from '../../src-renderer/ui/table/column.ts';

const columns = [
  { id: 'name' },
  { id: 'state' },
  { id: 'hashrate' },
  { id: 'version', isHiddenByDefault: true },
  { id: 'actions', isHidable: false },
];

describe('the order of columns', () => {
  it('is the table’s own while nobody has changed it', () => {
    expect(columnOrder(columns, ownLayout)).toEqual(['name', 'state', 'hashrate', 'version', 'actions']);
  });

  it('keeps the first column first, whatever is moved', () => {
    const moved = moveColumn(columns, ownLayout, 'hashrate', -5);
    expect(columnOrder(columns, moved)).toEqual(['name', 'hashrate', 'state', 'version', 'actions']);
    expect(moveColumn(columns, moved, 'name', 1)).toBe(moved);
    expect(columnOrder(columns, { ...ownLayout, order: ['state', 'name'] })[0]).toBe('name');
  });

  it('puts a column that is new behind its neighbour, and forgets one that is no more', () => {
    const kept = { order: ['name', 'gone', 'hashrate', 'state', 'actions', 'state'], hidden: {} };
    expect(columnOrder(columns, kept)).toEqual(['name', 'hashrate', 'version', 'state', 'actions']);
  });

  it('is no order at all without columns', () => {
    expect(columnOrder([], { order: ['name'], hidden: {} })).toEqual([]);
  });
});

describe('columns that are seen', () => {
  it('are those that nobody has hidden', () => {
    expect(columnVisibility(columns, ownLayout)).toEqual({
      name: true,
      state: true,
      hashrate: true,
      version: false,
      actions: true,
    });
    const layout = showColumn(showColumn(ownLayout, 'state', false), 'version', true);
    expect(columnVisibility(columns, layout)).toMatchObject({ state: false, version: true });
  });

  it('always include the first and those that can’t be hidden', () => {
    const layout = { order: [], hidden: { name: true, actions: true } };
    expect(columnVisibility(columns, layout)).toMatchObject({ name: true, actions: true });
  });
});

describe('a kept layout', () => {
  it('that is none counts as the table’s own', () => {
    for (const kept of [null, undefined, 7, 'x', [], { order: 'name', hidden: [] }]) {
      expect(parseLayout(kept)).toEqual(ownLayout);
    }
  });

  it('is read without what does not belong there', () => {
    expect(parseLayout({ order: ['a', 1, null], hidden: { a: true, b: 'yes' }, extra: 1 })).toEqual({
      order: ['a'],
      hidden: { a: true },
    });
  });
});

describe('widths', () => {
  it('are fixed, or grow from a least width', () => {
    const sized = [{ minWidth: 150, grow: 2 }, { width: 80 }, {}];
    expect(gridTemplate(sized, true)).toBe('40px minmax(150px, 2fr) 80px minmax(96px, 1fr)');
    expect(leastRowWidth(sized, true)).toBe(40 + 150 + 80 + 96);
    expect(leastRowWidth(sized, false)).toBe(150 + 80 + 96);
  });
});

describe('the order of cells', () => {
  it('is as people sort: numbers in texts by their size, without regard to case', () => {
    const names = ['rig-10', 'Rig-2', 'rig-1', 'abc', 'Abd'];
    expect(names.sort(compareCells)).toEqual(['abc', 'Abd', 'rig-1', 'Rig-2', 'rig-10']);
    expect(['mining', 'error', 'stale'].sort(compareCells)).toEqual(['error', 'mining', 'stale']);
  });

  it('compares numbers and booleans as what they are', () => {
    expect([10, 9, -1, 0.5].sort(compareCells)).toEqual([-1, 0.5, 9, 10]);
    expect([true, false].sort(compareCells)).toEqual([false, true]);
  });

  it('has no place for what is unknown', () => {
    for (const unknown of [null, undefined, '', NaN]) expect(toSortable(unknown)).toBeUndefined();
    for (const known of [0, false, 'a']) expect(toSortable(known)).toBe(known);
  });
});
