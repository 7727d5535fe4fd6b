/** The one form that a proof of work has (verification.md, The proof). */

/** A PHC string, taken apart. */
export interface ParsedProof {
  readonly memoryKib: number;
  readonly salt: Buffer;
  /** The salt is the text of the network's first years, and belongs to no account. */
  readonly hasLegacySalt: boolean;
  /** 86 base64 characters of 64 bytes. */
  readonly tag: string;
}

/** A proof names its kind first; what begins otherwise claims to be something else. */
const anyArgon = '$argon2';

/** m is at least 8 by Argon2's own rules and has no leading zero; ten digits hold every 32-bit number. */
const form =
  /^\$argon2id\$v=19\$m=([1-9]\d{0,9}),t=1,p=1\$([A-Za-z0-9+/]{19}|[A-Za-z0-9+/]{27})\$([A-Za-z0-9+/]{86})$/;

/** The salt of the network's first years. */
export const legacySalt = Buffer.from('XEN10082022XEN', 'ascii');
const legacySaltText = toBase64(legacySalt);

/** Least memory of Argon2 with one lane. */
const argonMinKib = 8;

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

/** Bytes of base64 text; undefined when other text stands for the same bytes (set bits after the last byte). */
function fromCanonicalBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return toBase64(bytes) === text ? bytes : undefined;
}

/** Whether a hash claims to be a proof, right or wrong. */
export function claimsToBeProof(hash: string): boolean {
  return hash.startsWith(anyArgon);
}

/** Takes a proof apart; undefined when it deviates from the form in a single character. */
export function parseProof(hash: string): ParsedProof | undefined {
  const match = form.exec(hash);
  if (!match) return undefined;
  const [, memory, saltText, tag] = match as unknown as [string, string, string, string];
  const memoryKib = Number(memory);
  if (memoryKib < argonMinKib) return undefined;
  const hasLegacySalt = saltText === legacySaltText;
  const salt = fromCanonicalBase64(saltText);
  if (!salt || (salt.length !== 20 && !hasLegacySalt) || !fromCanonicalBase64(tag)) return undefined;
  return { memoryKib, salt, hasLegacySalt, tag };
}
