/** The difficulty of the chain simulator: a function of the number of its blocks (domain.md, Chain simulator). */

const firstDifficultyKib = 1727;
const growth = 1.05;
const blocksPerStep = 50;
const lowestKib = 100;
const highestKib = 100_000;

/** Memory cost in KiB after so many blocks; from 100 to 100,000, whole numbers, rounded down at each step. */
export function difficultyAfter(blocks: number): number {
  let difficultyKib = firstDifficultyKib;
  for (let step = Math.floor(blocks / blocksPerStep); step > 0 && difficultyKib < highestKib; step -= 1)
    difficultyKib = Math.floor(difficultyKib * growth);
  return Math.min(highestKib, Math.max(lowestKib, difficultyKib));
}
