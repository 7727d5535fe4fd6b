/** One row of the earlier platform's database, read with care: SQLite lets any column hold anything. */
import { toMicro } from '../../../contract/domain/money.ts';
import { maxBalanceMicro } from '../ledger/index.ts';
import { shorten, type ImportFindings } from './import-findings.ts';

/** What better-sqlite3 gives; a column that the table does not have is absent. */
export type SourceValues = Readonly<Record<string, unknown>>;

/** Which numbers are taken, and what stands for others. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}

/** Sums of very many stay exact. */
export const count: Bounds = { min: 0, max: 1e12, fallback: 0 };

/** Clocks of one house may be this far apart. */
const futureToleranceMs = 60_000;

const numberPattern = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' && numberPattern.test(value) ? Number(value) : undefined;
}

/** Text as it can be stored and hashed: well-formed, without NUL. */
export function toText(value: unknown): string {
  const text = Buffer.isBuffer(value) ? value.toString('utf8') : plainText(value);
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : '';
}

/** Micro-credits of decimal credits, rounded half away from zero; undefined for what is no amount. */
export function toAmountMicro(value: unknown): number | undefined {
  const credits = toNumber(value);
  if (credits === undefined) return undefined;
  const amountMicro = Math.sign(credits) * toMicro(Math.abs(credits));
  return Math.abs(amountMicro) <= maxBalanceMicro ? amountMicro + 0 : undefined;
}

/** A value as a report shows it. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'string' ? JSON.stringify(shorten(value)) : shorten(toText(value));
}

export class SourceRow {
  readonly values: SourceValues;
  /** Names the row in reports. */
  readonly where: string;
  readonly #findings: ImportFindings;
  readonly #nowMs: number;

  constructor(values: SourceValues, where: string, findings: ImportFindings, nowMs: number) {
    this.values = values;
    this.where = where;
    this.#findings = findings;
    this.#nowMs = nowMs;
  }

  /** Its number in its table. */
  get rowid(): number {
    return this.values['source_rowid'] as number;
  }

  has(column: string): boolean {
    return column in this.values;
  }

  /** Empty for NULL. */
  text(column: string): string {
    return toText(this.values[column]);
  }

  whole(column: string, bounds: Bounds): number {
    return Math.round(this.decimal(column, bounds));
  }

  decimal(column: string, { min, max, fallback }: Bounds): number {
    if (!this.has(column)) return fallback;
    const value = toNumber(this.values[column]);
    const taken = value === undefined ? fallback : Math.min(Math.max(value, min), max);
    if (value !== taken) this.#report('number_unusable', column, String(taken));
    return taken;
  }

  /** 0 or 1, as SQLite knows truth. */
  flag(column: string, fallback: 0 | 1): 0 | 1 {
    if (!this.has(column)) return fallback;
    return (toNumber(this.values[column]) ?? fallback) === 0 ? 0 : 1;
  }

  /** Micro-credits, rounded half away from zero; undefined for what is no amount. */
  amountMicro(column: string): number | undefined {
    return toAmountMicro(this.values[column]);
  }

  /** Unix milliseconds; undefined for NULL and for a column that is not there. */
  optionalTimeMs(column: string): number | undefined {
    const value = this.values[column];
    return value === null || value === undefined ? undefined : this.#timeMs(column, 0, true);
  }

  /** @param fallbackMs stands for what is no time */
  timeMs(column: string, fallbackMs: number): number {
    return this.has(column) ? this.#timeMs(column, fallbackMs, false) : fallbackMs;
  }

  #timeMs(column: string, fallbackMs: number, zeroIsFine: boolean): number {
    const seconds = toNumber(this.values[column]);
    const timeMs = seconds === undefined ? undefined : Math.round(seconds * 1000);
    if (timeMs !== undefined && timeMs <= this.#nowMs && (timeMs > 0 || (timeMs === 0 && zeroIsFine)))
      return timeMs;
    const taken = timeMs !== undefined && timeMs > this.#nowMs ? this.#nowMs : fallbackMs;
    if (timeMs === undefined || timeMs <= 0 || timeMs > this.#nowMs + futureToleranceMs)
      this.#report('time_unusable', column, String(taken / 1000));
    return taken;
  }

  #report(code: 'number_unusable' | 'time_unusable', column: string, taken: string): void {
    this.#findings.add(code, this.where, `${column} is ${show(this.values[column])}, taken as ${taken}`);
  }
}
