/** The other side of a proof: making one on the CPU, the way the C++ miner does (verification.md, The proof). */
import { randomBytes } from 'node:crypto';
import { tagOf } from '../../../contract/domain/proof.ts';
import { computeTag } from './argon2.ts';
import { formatProof, legacySalt } from './phc.ts';

/** What a proof has to show. */
export interface MiningGoal {
  /** `0x` and 40 hex digits: the salt. Empty: the legacy salt, which belongs to no account. */
  readonly account: string;
  /** Hex digits with which the key begins; at most 64. */
  readonly prefix: string;
  /** Part of the tag that makes a hash a block. */
  readonly marker: string;
  readonly memoryKib: number;
}

/** A key and its hash. */
export interface MinedProof {
  readonly key: string;
  /** PHC string. */
  readonly hash: string;
}

const keyDigits = 64;

/** A key that nobody had before, beginning with the prefix. */
export function newProofKey(prefix: string): string {
  return (prefix + randomBytes(keyDigits / 2).toString('hex')).slice(0, keyDigits);
}

/** Hashes a key, on a thread of the pool. */
export async function hashKey(
  key: string,
  { account, memoryKib }: Pick<MiningGoal, 'account' | 'memoryKib'>,
): Promise<MinedProof> {
  const salt = account === '' ? legacySalt : Buffer.from(account.slice(2), 'hex');
  return { key, hash: formatProof(memoryKib, salt, await computeTag(key, { salt, memoryKib })) };
}

/** One try: a new key and its hash; undefined when it is no block. */
export async function tryKey(goal: MiningGoal): Promise<MinedProof | undefined> {
  const proof = await hashKey(newProofKey(goal.prefix), goal);
  return tagOf(proof.hash).includes(goal.marker) ? proof : undefined;
}
