/** Money: INTEGER micro-credits inside, decimal credits outside (domain.md, Lease). */
import { z } from 'zod';

/** One credit. */
export const microPerCredit = 1_000_000;

/** The largest amount of one movement, in credits: sums of many stay exact integers. */
export const maxAmountCredits = 1_000_000_000;

/** Micro-credits as decimal credits. */
export function toCredits(amountMicro: number): number {
  return amountMicro / microPerCredit;
}

/** Decimal credits as micro-credits, rounded to the nearest. */
export function toMicro(credits: number): number {
  return Math.round(credits * microPerCredit);
}

/** A positive amount in credits as a call gives it; comes out in micro-credits. */
export const amountSchema = z
  .number({ error: 'must be a number of credits' })
  .min(1 / microPerCredit, 'must be at least 0.000001 credits')
  .max(maxAmountCredits, `must be at most ${maxAmountCredits} credits`)
  .transform(toMicro)
  .meta({ description: 'Credits; the smallest unit is 0.000001' });

/** What of a lease's cost goes to the platform, in percent (domain.md, Lease). */
export const platformFeePercent = 5;

/**
 * Splits a cost without losing a unit: the fee is rounded down, the payout is the rest.
 *
 * @param costMicro a whole number of micro-credits, 0 or more
 */
export function splitCost(costMicro: number): { payoutMicro: number; feeMicro: number } {
  const feeMicro = Number((BigInt(costMicro) * BigInt(platformFeePercent)) / 100n);
  return { payoutMicro: costMicro - feeMicro, feeMicro };
}

/** The price of a time, rounded down to a micro-credit. Exact for every price and time. */
export function costOf(pricePerMinMicro: number, milliseconds: number): number {
  return Number((BigInt(pricePerMinMicro) * BigInt(Math.max(0, Math.round(milliseconds)))) / 60_000n);
}
