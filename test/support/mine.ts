import { randomBytes } from 'node:crypto';
import { hashRaw } from '@node-rs/argon2';

/** What a proof has to show. */
export interface ProofGoal {
  /** `0x` and 40 hex digits: the salt. Empty: the legacy salt, which belongs to no account. */
  readonly account: string;
  /** Hex digits with which the key begins. */
  readonly prefix: string;
  /** Part of the tag that makes a hash a block. */
  readonly marker: string;
  /** Memory cost in KiB. */
  readonly memory: number;
}

export interface MinedProof {
  readonly key: string;
  /** PHC string. */
  readonly hash: string;
}

const toBase64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

/** Hashes a key the way the C++ miner does (verification.md, The proof). */
export async function hashKey(key: string, { account, memory }: ProofGoal): Promise<MinedProof> {
  const salt = account === '' ? Buffer.from('XEN10082022XEN') : Buffer.from(account.slice(2), 'hex');
  const tag = await hashRaw(key, { salt, memoryCost: memory, timeCost: 1, parallelism: 1, outputLen: 64 });
  return { key, hash: `$argon2id$v=19$m=${memory},t=1,p=1$${toBase64(salt)}$${toBase64(tag)}` };
}

/** Mines on the CPU until the marker is found; with a marker of two characters that takes some 50 hashes. */
export async function mineProof(goal: ProofGoal): Promise<MinedProof> {
  for (;;) {
    const key = (goal.prefix + randomBytes(32).toString('hex')).slice(0, 64);
    const proof = await hashKey(key, goal);
    if (proof.hash.slice(proof.hash.lastIndexOf('$')).includes(goal.marker)) return proof;
  }
}
