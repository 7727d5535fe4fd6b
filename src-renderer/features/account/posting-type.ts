/** Why an account's money moved, in words. */
import type { Text } from '../../i18n/use-text.ts';

/** Types of movements (the ledger's posting kinds), in the order in which they are offered. */
export const postingTypes = [
  'deposit',
  'withdrawal',
  'hold',
  'lease_charge',
  'payout',
  'fee',
  'refund',
  'transfer',
  'opening',
] as const;

/** In words; the type itself for one this dashboard does not know yet. */
export function typeText(type: string, text: Text): string {
  const known = postingTypes.find((candidate) => candidate === type);
  return known === undefined ? type : text(`account.ledger.types.${known}`);
}
