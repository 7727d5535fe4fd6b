/** Hash chains: each row's hash covers the row before it, so that a later edit of the file is found. */
import { createHash } from 'node:crypto';

/** The `previous_hash` of the first row. */
export const chainStart = '';

/** SHA-256, hex, over the hash of the row before and this row's fields, in a fixed order. */
export function chainHash(previousHash: string, fields: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([previousHash, ...fields]))
    .digest('hex');
}
