/** The address that a lease mines for, checked before it is sent. */
import { isAddress } from 'viem';
import { ethAddressPattern } from '../../../src-main/contract/mqtt/miner-messages.ts';

export type AddressFault = 'missing' | 'wrong' | 'checksum';

/** What is wrong with an address; undefined when nothing is. In mixed case its capitals are a checksum (EIP-55). */
export function faultOf(address: string): AddressFault | undefined {
  const text = address.trim();
  if (text === '') return 'missing';
  if (!ethAddressPattern.test(text)) return 'wrong';
  const digits = text.slice(2);
  const isMixed = digits !== digits.toLowerCase() && digits !== digits.toUpperCase();
  return isMixed && !isAddress(`0x${digits}`, { strict: true }) ? 'checksum' : undefined;
}
