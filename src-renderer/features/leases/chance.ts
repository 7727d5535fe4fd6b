/** How usual a number of blocks is: blocks come by chance, each hash has the same (Poisson). */

/** `below`: so few or fewer; `above`: so many or more. */
export interface Chance {
  readonly side: 'below' | 'above';
  /** Share of such leases, 0 to 1. */
  readonly share: number;
}

/** Probability of at most `found` when `expected` are to be expected; `expected` above 0. */
export function atMost(found: number, expected: number): number {
  // Summed from the largest term down would be exact, too; logarithms keep small ones from vanishing.
  let logTerm = -expected;
  let sum = Math.exp(logTerm);
  for (let count = 1; count <= found; count += 1) {
    logTerm += Math.log(expected / count);
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}

/** How usual it is to find so many; undefined while next to nothing is to be expected. */
export function chanceOf(found: number, expected: number): Chance | undefined {
  if (!(expected >= 0.005)) return undefined;
  if (found < expected) return { side: 'below', share: atMost(found, expected) };
  return { side: 'above', share: found === 0 ? 1 : Math.max(0, 1 - atMost(found - 1, expected)) };
}
