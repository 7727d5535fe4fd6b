/** How cells compare. */
import type { CellValue } from './column.ts';

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Only these read the same to a collator and to `<`, as long as none holds a digit. */
const plainText = /^[a-z]*$/;

/** Ascending: numbers by size, `false` before `true`, texts as people sort them (`rig-2` before `rig-10`). */
export function compareCells(left: CellValue, right: CellValue): number {
  if (left === right) return 0;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  const [a, b] = [String(left), String(right)];
  if (plainText.test(a) && plainText.test(b)) return a < b ? -1 : 1;
  return collator.compare(a, b);
}

/** What is unknown has no place in an order: it is last, whatever the direction. */
export function toSortable(value: CellValue): Exclude<CellValue, null> {
  return value === null || value === '' || (typeof value === 'number' && Number.isNaN(value))
    ? undefined
    : value;
}
