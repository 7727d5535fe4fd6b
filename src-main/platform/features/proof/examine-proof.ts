/** The rules of a proof (verification.md): pure, and cheap up to the one hash that is left at the end. */
import type { BlockReason, BlockType, BlockVerdict } from '../../../contract/domain/block.ts';
import { claimsToBeProof, parseProof, type ParsedProof } from './phc.ts';

/** What somebody claims to have found. */
export interface ProofClaim {
  readonly key: string;
  /** The whole PHC string. */
  readonly hash: string;
  /** Account that the block was mined for; the salt has to be its bytes. */
  readonly account: string;
  /** By the platform's clock: a miner's may be wrong. */
  readonly arrivedAtMs: number;
  /** A legacy salt proves nothing for a lease. */
  readonly isLeased: boolean;
}

export interface ProofRules {
  /** Least memory cost in KiB. */
  readonly minMemoryKib: number;
  /** Highest memory cost in KiB that this machine hashes; never above `proofMemoryLimitKib`. */
  readonly maxMemoryKib: number;
  /** Text in the tag that makes it a block. */
  readonly marker: string;
  /** Xuni blocks count only around the full hour. */
  readonly hasXuniWindow: boolean;
}

export interface ProofResult {
  readonly verdict: BlockVerdict;
  readonly reason: BlockReason;
  /** Empty when no marker was found or looked for. */
  readonly type: BlockType | '';
}

/** A claim in which everything cheap is right. */
export interface UncheckedProof {
  readonly key: string;
  readonly proof: ParsedProof;
  /** What the claim comes to when the hash is right. */
  readonly ifRight: ProofResult;
}

/** Most memory that one hash may ever take: 1 GiB in KiB. */
export const proofMemoryLimitKib = 1_048_576;

const keyPattern = /^(?:[0-9a-f]{64}|[0-9a-f]{128})$/i;
const xuniPattern = /XUNI[0-9]/;
const addressPattern = /^0x[0-9a-f]{40}$/i;
const superblockCapitals = 50;

export function isProofKey(key: string): boolean {
  return keyPattern.test(key);
}

/** Says why a memory cost is not acceptable; undefined when it is. */
export function refuseMemory(
  memoryKib: number,
  { minMemoryKib, maxMemoryKib }: Pick<ProofRules, 'minMemoryKib' | 'maxMemoryKib'>,
): BlockReason | undefined {
  if (memoryKib < minMemoryKib) return 'memory_below_difficulty';
  return memoryKib > maxMemoryKib ? 'memory_above_limit' : undefined;
}

/** Minutes 55 to 59 and 0 to 4 of an hour. */
export function isXuniTime(timeMs: number): boolean {
  const minute = Math.floor(timeMs / 60_000) % 60;
  return minute >= 55 || minute < 5;
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
  { marker, hasXuniWindow }: Pick<ProofRules, 'marker' | 'hasXuniWindow'>,
): BlockType | 'no_marker' | 'outside_xuni_window' {
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

/** Whether a salt is the 20 bytes of an account address, written in any case. */
export function isSaltOf(proof: ParsedProof, account: string): boolean {
  return addressPattern.test(account) && proof.salt.equals(Buffer.from(account.slice(2), 'hex'));
}

function refuseSalt(proof: ParsedProof, { account, isLeased }: ProofClaim): BlockReason | undefined {
  if (proof.hasLegacySalt) return isLeased ? 'legacy_salt' : undefined;
  if (account === '') return 'no_account';
  return isSaltOf(proof, account) ? undefined : 'wrong_account';
}

/** Claims that can't be checked, as opposed to claims that are wrong. */
const uncheckable: ReadonlySet<BlockReason> = new Set(['no_proof', 'no_account']);

function refuse(reason: BlockReason, type: ProofResult['type'] = ''): ProofResult {
  return { verdict: uncheckable.has(reason) ? 'unproven' : 'rejected', reason, type };
}

/** All checks that need no hashing. Returns the result, or what is left to be hashed. */
export function examineProof(claim: ProofClaim, rules: ProofRules): ProofResult | UncheckedProof {
  const { key, hash, arrivedAtMs } = claim;
  if (!claimsToBeProof(hash)) return refuse('no_proof');
  const proof = parseProof(hash);
  if (!proof) return refuse('malformed_proof');
  if (!isProofKey(key)) return refuse('malformed_key');
  const memoryRefusal = refuseMemory(proof.memoryKib, rules);
  if (memoryRefusal) return refuse(memoryRefusal);
  const kind = classifyTag(proof.tag, arrivedAtMs, rules);
  if (kind === 'no_marker' || kind === 'outside_xuni_window') return refuse(kind);
  const saltRefusal = refuseSalt(proof, claim);
  if (saltRefusal) return refuse(saltRefusal, kind);
  const reason = proof.hasLegacySalt ? 'legacy_salt' : '';
  return { key, proof, ifRight: { verdict: 'proven', reason, type: kind } };
}

/** Whether the hash is still to be computed. */
export function isUnchecked(examined: ProofResult | UncheckedProof): examined is UncheckedProof {
  return 'proof' in examined;
}

/** The result once the tag of the key is known. */
export function concludeProof({ proof, ifRight }: UncheckedProof, computedTag: string): ProofResult {
  return computedTag === proof.tag ? ifRight : refuse('wrong_hash', ifRight.type);
}
