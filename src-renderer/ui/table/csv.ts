/** Rows as a CSV file, made in the browser: RFC 4180, exact numbers, safe to open in a spreadsheet. */
import type { CellValue, TableColumn } from './column.ts';

type Exported<Row> = Pick<TableColumn<Row>, 'id' | 'header' | 'value' | 'csv'>;

/**
 * Rows as CSV, with a line of headers unless they follow others. Numbers are written out in full with a point, whatever the language;
 * what is unknown is empty; a text that a spreadsheet would take for a formula gets an apostrophe in front.
 */
export async function toCsv<Row>(
  columns: readonly Exported<Row>[],
  rows: readonly Row[],
  { hasHeader = true }: { readonly hasHeader?: boolean } = {},
): Promise<string> {
  // Loaded when somebody exports, not before.
  const { stringify } = await import('csv-stringify/browser/esm/sync');
  const exported = columns.filter(({ csv, value }) => csv !== false && (csv ?? value) !== undefined);
  return stringify(
    rows.map((row) =>
      exported.map(
        ({ csv, value }) => ((csv === undefined || csv === false ? value : csv)?.(row) ?? '') as CellValue,
      ),
    ),
    {
      header: hasHeader,
      columns: exported.map(({ id, header }) => ({ key: id, header })),
      record_delimiter: 'windows',
      escape_formulas: true,
      cast: {
        number: (value) => toDecimal(value),
        boolean: (value) => (value ? 'true' : 'false'),
      },
    },
  );
}

/** A number with all its digits and no exponent. */
export function toDecimal(value: number): string {
  if (!Number.isFinite(value)) return '';
  const text = String(value);
  const [mantissa = '', exponent] = text.split('e');
  if (exponent === undefined) return text;
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const shift = Number(exponent);
  const digits = whole + fraction;
  return shift < 0
    ? `${sign}0.${'0'.repeat(-shift - whole.length)}${digits}`
    : `${sign}${digits.padEnd(whole.length + shift, '0')}`;
}

/** `fleet-2026-08-01-1430.csv`, by the browser's clock. */
export function csvFileName(subject: string, now = new Date()): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${subject}-${day}-${two(now.getHours())}${two(now.getMinutes())}.csv`;
}
