/** A wallet's points as bars: charts of bars want stretches of one length. */
import type { WalletPeriod, WalletPoint } from '../../../src-main/contract/rest/wallet.routes.ts';

export interface WalletSlot {
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
  /** Null where nothing is known. */
  readonly blocks: number | null;
  readonly earnings: number | null;
}

/** Bars of an hour, of six hours, of a day: as many as a narrow chart has room for. */
const lengths: Readonly<Record<WalletPeriod, number>> = { '24h': 3600, '7d': 6 * 3600, '30d': 86_400 };

const periodSec: Readonly<Record<WalletPeriod, number>> = {
  '24h': 86_400,
  '7d': 7 * 86_400,
  '30d': 30 * 86_400,
};

/** The time that a period means at a moment, in Unix seconds, in whole bars; the newest is under way. */
export function rangeOf(period: WalletPeriod, nowSec: number): { from: number; to: number } {
  const lengthSec = lengths[period];
  const to = Math.ceil(nowSec / lengthSec) * lengthSec;
  return { from: to - periodSec[period], to };
}

/**
 * Sums the points into the bars of a range. Days are those of UTC.
 *
 * @param range of `rangeOf`
 */
export function slotsOf(
  points: readonly WalletPoint[],
  period: WalletPeriod,
  range: { readonly from: number; readonly to: number },
): WalletSlot[] {
  const lengthSec = lengths[period];
  const sums = new Map<number, { blocks: number; earnings: number }>();
  for (const { timestamp, blocks, earnings } of points) {
    const from = Math.floor(timestamp / lengthSec) * lengthSec;
    const sum = sums.get(from) ?? { blocks: 0, earnings: 0 };
    sums.set(from, { blocks: sum.blocks + blocks, earnings: sum.earnings + earnings });
  }
  return Array.from({ length: (range.to - range.from) / lengthSec }, (_none, index) => {
    const from = range.from + index * lengthSec;
    const sum = sums.get(from);
    return { from, to: from + lengthSec, blocks: sum?.blocks ?? null, earnings: sum?.earnings ?? null };
  });
}
