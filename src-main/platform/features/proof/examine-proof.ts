/** The rules of a proof (verification.md): pure, and cheap up to the one hash that is left at the end. */
import type { BlockReason, BlockType, BlockVerdict } from '../../../contract/domain/block.ts';
import {
  claimsToBeProof,
  classifyTag,
  isProofKey,
  isSaltOfAccount,
  type MarkerRules,
} from '../../../contract/domain/proof.ts';
import { parseProof, type ParsedProof } from './phc.ts';

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

export interface ProofRules extends MarkerRules {
  /** Least memory cost in KiB. */
  readonly minMemoryKib: number;
  /** Highest memory cost in KiB that this machine hashes; never above `proofMemoryLimitKib`. */
  readonly maxMemoryKib: number;
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

/** Says why a memory cost is not acceptable; undefined when it is. */
export function refuseMemory(
  memoryKib: number,
  { minMemoryKib, maxMemoryKib }: Pick<ProofRules, 'minMemoryKib' | 'maxMemoryKib'>,
): BlockReason | undefined {
  if (memoryKib < minMemoryKib) return 'memory_below_difficulty';
  return memoryKib > maxMemoryKib ? 'memory_above_limit' : undefined;
}

function refuseSalt(proof: ParsedProof, { account, isLeased }: ProofClaim): BlockReason | undefined {
  if (proof.hasLegacySalt) return isLeased ? 'legacy_salt' : undefined;
  if (account === '') return 'no_account';
  return isSaltOfAccount(proof, account) ? undefined : 'wrong_account';
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
