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

/** Sums the points into bars without holes, from the first point to the last. Days are those of UTC. */
export function slotsOf(points: readonly WalletPoint[], period: WalletPeriod): WalletSlot[] {
  const lengthSec = lengths[period];
  const sums = new Map<number, { blocks: number; earnings: number }>();
  for (const { timestamp, blocks, earnings } of points) {
    const from = Math.floor(timestamp / lengthSec) * lengthSec;
    const sum = sums.get(from) ?? { blocks: 0, earnings: 0 };
    sums.set(from, { blocks: sum.blocks + blocks, earnings: sum.earnings + earnings });
  }
  const starts = [...sums.keys()];
  if (starts.length === 0) return [];
  const first = Math.min(...starts);
  const count = (Math.max(...starts) - first) / lengthSec + 1;
  return Array.from({ length: count }, (_none, index) => {
    const from = first + index * lengthSec;
    const sum = sums.get(from);
    return { from, to: from + lengthSec, blocks: sum?.blocks ?? null, earnings: sum?.earnings ?? null };
  });
}
