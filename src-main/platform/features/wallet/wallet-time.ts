/** Which hours and days of a wallet are kept, and how (domain.md, Time series). All in UTC. */
import type { WalletPeriod } from '../../../contract/rest/wallet.routes.ts';

export const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const hoursKept = 7 * 24;
const daysKept = 90;

export function startOfHour(timeMs: number): number {
  return Math.floor(timeMs / hourMs) * hourMs;
}

export function startOfDay(timeMs: number): number {
  return Math.floor(timeMs / dayMs) * dayMs;
}

/** The oldest moments of which there are hourly and daily rows; hours before the first are part of their day. */
export interface Horizons {
  readonly hourlyMs: number;
  readonly dailyMs: number;
}

export function horizonsAt(nowMs: number): Horizons {
  return {
    hourlyMs: startOfHour(nowMs) - (hoursKept - 1) * hourMs,
    dailyMs: startOfDay(nowMs) - (daysKept - 1) * dayMs,
  };
}

/** Where something of an hour is counted; undefined when that is too long ago to be kept. */
export function bucketOf(
  hourStartMs: number,
  { hourlyMs, dailyMs }: Horizons,
): { resolution: 'hourly' | 'daily'; startMs: number } | undefined {
  if (hourStartMs >= hourlyMs) return { resolution: 'hourly', startMs: hourStartMs };
  const day = startOfDay(hourStartMs);
  return day >= dailyMs ? { resolution: 'daily', startMs: day } : undefined;
}

function starts(firstMs: number, lastMs: number, stepMs: number): number[] {
  const count = Math.max(0, Math.floor((lastMs - firstMs) / stepMs) + 1);
  return Array.from({ length: count }, (_, index) => firstMs + index * stepMs);
}

/** The starts of the days and hours of a period that ends now, rising. */
export function bucketsOf(period: WalletPeriod, nowMs: number): { daily: number[]; hourly: number[] } {
  const hour = startOfHour(nowMs);
  if (period === '24h') return { daily: [], hourly: starts(hour - 23 * hourMs, hour, hourMs) };
  const { hourlyMs } = horizonsAt(nowMs);
  const hourly = starts(hourlyMs, hour, hourMs);
  if (period === '7d') return { daily: [], hourly };
  return { daily: starts(startOfDay(nowMs) - 29 * dayMs, hourlyMs - 1, dayMs), hourly };
}
