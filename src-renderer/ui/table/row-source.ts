/** All rows of a list that is shown page by page, to be saved. */
import type { TableColumn } from './column.ts';
import { toCsv } from './csv.ts';

/** More rows are not saved at once: a file of them takes the platform's and the browser's time. */
export const maxSavedRows = 50_000;

export interface RowPortion<Row> {
  readonly items: readonly Row[];
  /** Of the whole list. */
  readonly total: number;
  /** False: there are more than `total`. */
  readonly isExact?: boolean;
}

/** A list as it is asked for now: what is chosen later does not change it. */
export interface RowSource<Row> {
  /** Rows of a portion. */
  readonly atOnce: number;
  /** @param offset place of its first row, from 0 */
  load(offset: number, signal: AbortSignal): Promise<RowPortion<Row>>;
}

export interface SavedRows {
  readonly csv: string;
  readonly rows: number;
  /** There are more rows than these. */
  readonly isCut: boolean;
}

interface SaveOptions<Row> {
  readonly columns: readonly TableColumn<Row>[];
  readonly rowId: (row: Row) => string;
  readonly signal: AbortSignal;
  /** Rows so far, and how many there will be. */
  readonly onProgress: (rows: number, total: number) => void;
}

/**
 * The rows as CSV, up to `maxSavedRows`. Portions are asked for one after the other and written as they come, so that
 * the page stays quick; rows that moved on meanwhile, because newer ones came before them, are there once.
 *
 * @throws ApiError when the platform refuses one; the signal's reason when it ends
 */
export async function collectCsv<Row>(
  source: RowSource<Row>,
  { columns, rowId, signal, onProgress }: SaveOptions<Row>,
): Promise<SavedRows> {
  const seen = new Set<string>();
  const isNew = (row: Row) => seen.size < maxSavedRows && seen.size < seen.add(rowId(row)).size;
  const parts: string[] = [];
  for (let offset = 0; ; offset += source.atOnce) {
    const { items, total, isExact = true } = await source.load(offset, signal);
    signal.throwIfAborted();
    parts.push(await toCsv(columns, items.filter(isNew), { hasHeader: offset === 0 }));
    onProgress(seen.size, Math.min(maxSavedRows, Math.max(total, seen.size)));
    const isLast = items.length < source.atOnce || (isExact && offset + items.length >= total);
    if (isLast || seen.size >= maxSavedRows)
      return { csv: parts.join(''), rows: seen.size, isCut: !isLast || !isExact };
  }
}
