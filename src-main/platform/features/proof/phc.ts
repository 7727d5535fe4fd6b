/** Proofs as bytes: what the hashing needs beside the contract's rules (verification.md, The proof). */
import { legacySaltText, splitProof, type ProofParts } from '../../../contract/domain/proof.ts';

/** A PHC string, taken apart. */
export interface ParsedProof extends ProofParts {
  readonly salt: Buffer;
}

/** The salt of the network's first years. */
export const legacySalt = Buffer.from(legacySaltText, 'base64');

/** Standard base64 without padding. */
export function toBase64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

/**
 * The PHC string of a proof.
 *
 * @param tag 86 base64 characters
 */
export function formatProof(memoryKib: number, salt: Buffer, tag: string): string {
  return `$argon2id$v=19$m=${memoryKib},t=1,p=1$${toBase64(salt)}$${tag}`;
}

/** Takes a proof apart; undefined when it deviates from the form in a single character. */
export function parseProof(hash: string): ParsedProof | undefined {
  const parts = splitProof(hash);
  return parts && { ...parts, salt: Buffer.from(parts.saltText, 'base64') };
}
