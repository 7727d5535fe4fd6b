import { maxAmountCredits, microPerCredit } from '../../../../src-main/contract/domain/money.ts';

/**
 * An amount of credits as it is typed, with a point or a comma.
 *
 * @returns undefined when it is none that can be booked: 0, more than six decimals, too much
 */
export function readAmount(typed: string): number | undefined {
  const text = typed.trim().replace(',', '.');
  if (!/^\d{1,10}(\.\d{1,6})?$/.test(text)) return undefined;
  const amount = Number(text);
  return amount >= 1 / microPerCredit && amount <= maxAmountCredits ? amount : undefined;
}
