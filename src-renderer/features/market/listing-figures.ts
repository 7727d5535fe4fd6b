/** Figures of a listing that the platform does not send: by what offers compare, and what luck a lease may have. */

/** By how much hashrate offers are compared. */
export interface CompareUnit {
  readonly unit: 'kH/s' | 'MH/s';
  readonly hashesPerSec: number;
}

const units: readonly [CompareUnit, CompareUnit] = [
  { unit: 'kH/s', hashesPerSec: 1e3 },
  { unit: 'MH/s', hashesPerSec: 1e6 },
];

/** One unit for all offers of a list: MH/s as soon as half of them reach a tenth of it. */
export function compareUnit(listings: readonly { readonly hashrate: number }[]): CompareUnit {
  const rates = listings.map(({ hashrate }) => hashrate).filter((rate) => rate > 0);
  const large = rates.filter((rate) => rate >= 1e5).length;
  return units[rates.length > 0 && large * 2 >= rates.length ? 1 : 0];
}

/** Credits for one unit of hashrate during an hour; null while the worker reports no hashrate. */
export function comparablePrice(
  { price_per_min, hashrate }: { readonly price_per_min: number; readonly hashrate: number },
  { hashesPerSec }: CompareUnit,
): number | null {
  return hashrate > 0 ? (price_per_min * 60 * hashesPerSec) / hashrate : null;
}

/** What can be said about blocks of which so many are expected (they come by Poisson's law). */
export type Luck =
  | { readonly kind: 'unknown' }
  /** One chance in `odds`. */
  | { readonly kind: 'rare'; readonly odds: number }
  /** The chance of at least one, 0 to 1. */
  | { readonly kind: 'some'; readonly chance: number }
  /** Nineteen times out of twenty the number lies between these. */
  | { readonly kind: 'many'; readonly low: number; readonly high: number };

/** @param expected blocks expected; null when it is not known */
export function luckOf(expected: number | null): Luck {
  if (expected === null) return { kind: 'unknown' };
  if (expected >= 10) {
    const spread = 1.96 * Math.sqrt(expected);
    return {
      kind: 'many',
      low: Math.max(0, Math.floor(expected - spread)),
      high: Math.ceil(expected + spread),
    };
  }
  const chance = -Math.expm1(-expected);
  return chance < 0.01 ? { kind: 'rare', odds: Math.round(1 / chance) } : { kind: 'some', chance };
}
