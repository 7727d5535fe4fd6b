/** The rules of a proof of work that need no hashing (verification.md, The proof): for the platform and for a browser. */
import type { BlockReason, BlockType } from './block.ts';

/** A PHC string, taken apart. */
export interface ProofParts {
  readonly memoryKib: number;
  /** Base64 text of the salt's bytes, without padding. */
  readonly saltText: string;
  /** The salt is the text of the network's first years, and belongs to no account. */
  readonly hasLegacySalt: boolean;
  /** 86 base64 characters of 64 bytes. */
  readonly tag: string;
}

/** A proof names its kind first; what begins otherwise claims to be something else. */
const anyArgon = '$argon2';

/** `XEN10082022XEN`, the salt of the network's first years. */
export const legacySaltText = 'WEVOMTAwODIwMjJYRU4';

/**
 * m is at least 8 by Argon2's own rules and has no leading zero; ten digits hold every 32-bit number. The last
 * characters of salt and tag carry fewer bits than others: each of these bytes has one text only.
 */
const form =
  /^\$argon2id\$v=19\$m=([1-9]\d{0,9}),t=1,p=1\$(WEVOMTAwODIwMjJYRU4|[A-Za-z0-9+/]{26}[AEIMQUYcgkosw048])\$([A-Za-z0-9+/]{85}[AQgw])$/;

/** Least memory of Argon2 with one lane. */
const argonMinKib = 8;

/** Most memory that one hash may ever take: 1 GiB in KiB. */
export const proofMemoryLimitKib = 1_048_576;

const keyPattern = /^(?:[0-9a-f]{64}|[0-9a-f]{128})$/i;
const xuniPattern = /XUNI[0-9]/;
const addressPattern = /^0x[0-9a-f]{40}$/i;
const superblockCapitals = 50;

/** Whether a hash claims to be a proof, right or wrong. */
export function claimsToBeProof(hash: string): boolean {
  return hash.startsWith(anyArgon);
}

/** Takes a proof apart; undefined when it deviates from the form in a single character. */
export function splitProof(hash: string): ProofParts | undefined {
  const match = form.exec(hash);
  if (!match) return undefined;
  const [, memory, saltText, tag] = match as unknown as [string, string, string, string];
  const memoryKib = Number(memory);
  if (memoryKib < argonMinKib) return undefined;
  return { memoryKib, saltText, hasLegacySalt: saltText === legacySaltText, tag };
}

/** Whether a key has the form of one: 64 or 128 hex digits. */
export function isProofKey(key: string): boolean {
  return keyPattern.test(key);
}

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The account whose 20 bytes a salt is, in lower case; empty for a legacy salt. */
export function accountOfSalt({ saltText, hasLegacySalt }: ProofParts): string {
  if (hasLegacySalt) return '';
  // Two characters of base64 are three hex digits; the last, two bits of which say nothing, gets a partner.
  const pairs = `${saltText}A`.match(/../g) ?? [];
  const digits = pairs.map(([high = '', low = '']) =>
    (base64.indexOf(high) * 64 + base64.indexOf(low)).toString(16).padStart(3, '0'),
  );
  return `0x${digits.join('').slice(0, 40)}`;
}

/** Whether a salt is the 20 bytes of an account address, written in any case. */
export function isSaltOfAccount(parts: ProofParts, account: string): boolean {
  return addressPattern.test(account) && accountOfSalt(parts) === account.toLowerCase();
}

/** Minutes 55 to 59 and 0 to 4 of an hour. */
export function isXuniTime(timeMs: number): boolean {
  const minute = Math.floor(timeMs / 60_000) % 60;
  return minute >= 55 || minute < 5;
}

export interface MarkerRules {
  /** Text in the tag that makes it a block. */
  readonly marker: string;
  /** Xuni blocks count only around the full hour. */
  readonly hasXuniWindow: boolean;
}

/**
 * The kind of block that a hash is. Within its window a xuni block is one even when the marker is there, too.
 *
 * @param tag the part in which markers count
 * @param timeMs when it arrived
 * @returns the kind, or why it is none
 */
export function classifyTag(
  tag: string,
  timeMs: number,
  { marker, hasXuniWindow }: MarkerRules,
): BlockType | Extract<BlockReason, 'no_marker' | 'outside_xuni_window'> {
  const isXuni = xuniPattern.test(tag);
  if (isXuni && (!hasXuniWindow || isXuniTime(timeMs))) return 'xuni';
  if (tag.includes(marker))
    return tag.replace(/[^A-Z]/g, '').length >= superblockCapitals ? 'super' : 'normal';
  return isXuni ? 'outside_xuni_window' : 'no_marker';
}

/** The part of any hash in which markers count: of a proof its tag; a made-up hash of an old simulator is all tag. */
export function tagOf(hash: string): string {
  return hash.slice(hash.lastIndexOf('$') + 1);
}
