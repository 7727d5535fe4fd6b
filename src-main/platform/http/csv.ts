/** CSV downloads, row by row. */
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { Response } from 'express';

type Row = Readonly<Record<string, string | number | null>>;

/** What makes a spreadsheet take a text for a formula. */
const formulaStart = /^[=+\-@\t\r]/;

/** Text that a spreadsheet would take for a formula gets a leading apostrophe; numbers stay what they are. */
function toCells(row: Row, columns: readonly string[]): (string | number | null)[] {
  return columns.map((column) => {
    const value = row[column] ?? null;
    return typeof value === 'string' && formulaStart.test(value) ? `'${value}` : value;
  });
}

/**
 * Streams rows as CSV with a line of headings.
 *
 * @param fileName under which a browser saves it
 */
export async function sendCsv(
  response: Response,
  fileName: string,
  columns: readonly string[],
  rows: AsyncIterable<Row>,
): Promise<void> {
  response.setHeader('Content-Type', 'text/csv; charset=utf-8');
  response.setHeader('Content-Disposition', `attachment; filename="${fileName}"`);
  const lines = stringify({ header: true, columns: [...columns] });
  async function* cells() {
    for await (const row of rows) yield toCells(row, columns);
  }
  await pipeline(cells, lines, response);
}
