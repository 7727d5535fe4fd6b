/** Counts wrong passwords, so that guessing is slow; its memory is bounded and lasts a minute. */

const windowMs = 60_000;

/**
 * Sources that are remembered; past that the first one is forgotten. To refuse new ones instead would let a single
 * guesser lock everybody out.
 */
const maxSources = 10_000;

export class FailedTries {
  readonly #maxPerMin: number;
  readonly #counts = new Map<string, number>();
  #windowStartMs = 0;

  constructor(maxPerMin: number) {
    this.#maxPerMin = maxPerMin;
  }

  /** Whether this source was wrong too often in this minute. */
  isTooMany(source: string, nowMs: number): boolean {
    if (nowMs < this.#windowStartMs || nowMs - this.#windowStartMs >= windowMs) {
      this.#windowStartMs = nowMs;
      this.#counts.clear();
    }
    return (this.#counts.get(source) ?? 0) >= this.#maxPerMin;
  }

  note(source: string): void {
    const [first] = this.#counts.keys();
    if (first !== undefined && this.#counts.size >= maxSources) this.#counts.delete(first);
    this.#counts.set(source, (this.#counts.get(source) ?? 0) + 1);
  }
}
