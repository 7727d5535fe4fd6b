/** From measured tables to an estimate: pure arithmetic. */
import type { StorageReport, TableSize } from '../../../contract/domain/storage.ts';
import { keptForEver, retentionRules, type FleetSize } from './retention-rules.ts';
import type { MeasuredTable } from './table-sizes.repository.ts';

/** New rows are counted over so many days. */
export const daysOfGrowth = 7;

/** Postings have no time of their own: they come with their entries. */
function newRowsOf(table: MeasuredTable, tables: readonly MeasuredTable[]): number | undefined {
  if (table.name !== 'postings') return table.newRows;
  const entries = tables.find(({ name }) => name === 'transactions');
  return entries && entries.rows > 0 ? ((entries.newRows ?? 0) * table.rows) / entries.rows : 0;
}

function toTableSize(
  table: MeasuredTable,
  tables: readonly MeasuredTable[],
  fleet: FleetSize,
  spanDays: number,
): TableSize {
  const rule = retentionRules[table.name] ?? keptForEver;
  const bytesPerRow = table.rows === 0 ? 0 : table.bytes / table.rows;
  const rowsPerDay = (newRowsOf(table, tables) ?? 0) / spanDays;
  const fullRows = rule.fullRows?.(fleet, rowsPerDay);
  return {
    name: table.name,
    rows: table.rows,
    bytes: table.bytes,
    retention: rule.retention,
    kept: rule.kept,
    rows_per_day: Math.round(rowsPerDay * 10) / 10,
    bytes_per_day: Math.round(rowsPerDay * bytesPerRow),
    bytes_at_full_retention:
      fullRows === undefined ? null : Math.round(Math.max(fullRows * (bytesPerRow || emptyRowBytes), 0)),
  };
}

/** For tables without a row yet: about what a sample takes. */
const emptyRowBytes = 48;

/**
 * @param ageDays of the database: over a shorter time than seven days the growth is that of its life
 */
export function toSizes(tables: readonly MeasuredTable[], fleet: FleetSize, ageDays: number): TableSize[] {
  const spanDays = Math.min(daysOfGrowth, Math.max(ageDays, 1 / 24));
  return tables
    .map((table) => toTableSize(table, tables, fleet, spanDays))
    .sort((left, right) => right.bytes - left.bytes || (left.name < right.name ? -1 : 1));
}

export function toEstimate(
  sizes: readonly TableSize[],
  databaseBytes: number,
  diskFreeBytes: number,
): StorageReport['estimate'] {
  const settled = sizes.reduce((sum, { bytes_at_full_retention: bytes }) => sum + (bytes ?? 0), 0);
  const growing = sizes.filter((size) => size.bytes_at_full_retention === null);
  const growth = growing.reduce((sum, size) => sum + size.bytes_per_day, 0);
  const grown = growing.reduce((sum, size) => sum + size.bytes, 0);
  const room = diskFreeBytes - Math.max(0, settled + grown - databaseBytes);
  return {
    settled_bytes: settled,
    growth_bytes_per_day: growth,
    bytes_in_a_year: settled + grown + growth * 365,
    disk_full_in_days: growth === 0 ? null : Math.max(0, Math.floor(room / growth)),
  };
}
