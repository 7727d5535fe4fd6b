import { describe, expect, test } from 'vitest';
import { collectCsv, maxSavedRows, type RowSource } from '../../src-renderer/ui/table/row-source.ts';

const columns = [{ id: 'id', header: 'Id', value: (row: number) => row }];

/** The numbers from `count` down to 1, newest first. */
function listOf(count: number, atOnce: number, onLoad = (offset: number) => offset): RowSource<number> {
  return {
    atOnce,
    load(offset) {
      const moved = onLoad(offset);
      const length = Math.max(0, Math.min(atOnce, count - moved));
      const items = Array.from({ length }, (_unused, index) => count - moved - index);
      return Promise.resolve({ items, total: count });
    },
  };
}

async function saved(source: RowSource<number>, signal = new AbortController().signal) {
  const progress: string[] = [];
  const onProgress = (rows: number, total: number) => void progress.push(`${rows}/${total}`);
  const { csv, ...rest } = await collectCsv(source, { columns, rowId: String, signal, onProgress });
  return { lines: csv.split('\r\n'), progress, ...rest };
}

describe('all rows of a list', () => {
  test('are one file with one line of headers', async () => {
    const { lines, progress, ...rest } = await saved(listOf(7, 3));
    expect(lines).toEqual(['Id', '7', '6', '5', '4', '3', '2', '1', '']);
    expect(progress).toEqual(['3/7', '6/7', '7/7']);
    expect(rest).toEqual({ rows: 7, isCut: false });
    expect(await saved(listOf(0, 3))).toMatchObject({ lines: ['Id', ''], rows: 0, isCut: false });
    expect(await saved(listOf(6, 3))).toMatchObject({ rows: 6, progress: ['3/6', '6/6'] });
  });

  test('are there once when newer ones push them on meanwhile', async () => {
    // Two came before the second portion was asked for.
    const { lines } = await saved(listOf(7, 3, (offset) => (offset === 0 ? 0 : offset - 2)));
    expect(lines).toEqual(['Id', '7', '6', '5', '4', '3', '2', '1', '']);
  });

  test('end where the list ends that counts no further than it says', async () => {
    const source = listOf(7, 3);
    const inexact: RowSource<number> = {
      atOnce: 3,
      load: async (offset, signal) => ({ ...(await source.load(offset, signal)), total: 4, isExact: false }),
    };
    expect(await saved(inexact)).toMatchObject({ rows: 7, isCut: true });
  });

  test('are cut at a bound, and said to be', async () => {
    const cut = await saved(listOf(maxSavedRows + 250, 500));
    expect(cut).toMatchObject({ rows: maxSavedRows, isCut: true });
    expect(cut.lines).toHaveLength(maxSavedRows + 2);
    expect(cut.progress.at(-1)).toBe(`${maxSavedRows}/${maxSavedRows}`);
    expect(await saved(listOf(maxSavedRows, 500))).toMatchObject({ rows: maxSavedRows, isCut: false });
  });

  test('are given up when somebody ends it', async () => {
    const abort = new AbortController();
    const source = listOf(7, 3, (offset) => {
      if (offset > 0) abort.abort();
      return offset;
    });
    await expect(saved(source, abort.signal)).rejects.toThrow(/abort/i);
  });
});
