import {
  hashKey as hashKeyFor,
  tryKey,
  type MinedProof,
  type MiningGoal,
} from '../../src-main/platform/features/proof/index.ts';

export type { MinedProof };

/** What a proof has to show; `memory` is its memory cost in KiB. */
export interface ProofGoal extends Omit<MiningGoal, 'memoryKib'> {
  readonly memory: number;
}

/** Hashes a key the way the C++ miner does (verification.md, The proof). */
export function hashKey(key: string, { account, memory }: ProofGoal): Promise<MinedProof> {
  return hashKeyFor(key, { account, memoryKib: memory });
}

/** Mines on the CPU until the marker is found; with a marker of two characters that takes some 50 hashes. */
export async function mineProof({ memory, ...goal }: ProofGoal): Promise<MinedProof> {
  for (;;) {
    const proof = await tryKey({ ...goal, memoryKib: memory });
    if (proof) return proof;
  }
}
