/** Why leases end, in words. */
import { leaseEndReasons, type LeaseEndReason } from '../../../src-main/contract/domain/lease.ts';
import type { Text } from '../../i18n/use-text.ts';

/** The reason in words; empty while a lease runs, the code itself for one this dashboard does not know yet. */
export function endReasonText(code: string, text: Text): string {
  if (code === '') return '';
  const isKnown = (leaseEndReasons as readonly string[]).includes(code);
  return isKnown ? text(`leases.reason.${code as LeaseEndReason}`) : text('leases.reason.other', { code });
}
