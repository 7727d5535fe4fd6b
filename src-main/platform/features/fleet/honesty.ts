/** The honesty meter: what a worker claims to compute against what it proves to have found. */
import { honestyLimits, type Honesty } from '../../../contract/domain/worker.ts';
import type { LiveWorker } from './live-worker.ts';

/** Where nothing is proven, nobody can be measured. */
const noMeter: Honesty = {
  claimed_hashes: 0,
  expected_blocks: 0,
  proven_blocks: 0,
  z_score: null,
  flag: '',
};

/**
 * Adds what a worker claims to have hashed since its last sign of life.
 *
 * @param blocksPerHash blocks with the marker that one hash is worth; 0: nobody is measured
 */
export function addClaim(worker: LiveWorker, aliveMs: number, hashrate: number, blocksPerHash: number): void {
  if (blocksPerHash === 0) return;
  const hashes = (hashrate * aliveMs) / 1000;
  worker.claimedHashes += hashes;
  worker.expectedBlocks += hashes * blocksPerHash;
}

/**
 * Blocks are rare and independent, so that their number scatters by the root of what is expected. Xuni blocks do
 * not count: they are found at another rate.
 *
 * @param isMeasured false where proofs are not computed
 */
export function toHonesty(
  { claimedHashes, expectedBlocks, provenMarkerBlocks }: LiveWorker,
  isMeasured: boolean,
): Honesty {
  if (!isMeasured) return noMeter;
  const z = expectedBlocks > 0 ? (provenMarkerBlocks - expectedBlocks) / Math.sqrt(expectedBlocks) : null;
  return {
    claimed_hashes: Math.round(claimedHashes),
    expected_blocks: Math.round(expectedBlocks * 1e6) / 1e6,
    proven_blocks: provenMarkerBlocks,
    z_score: z === null ? null : Math.round(z * 100) / 100,
    flag:
      z !== null && z < honestyLimits.flagBelowZ && expectedBlocks >= honestyLimits.flagFromExpected
        ? 'over_claims'
        : '',
  };
}
