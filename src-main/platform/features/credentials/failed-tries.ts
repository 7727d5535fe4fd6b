/** Counts wrong passwords, so that guessing is slow; its memory is bounded and lasts a minute. */

const windowMs = 60_000;

/** Different sources of one minute; past that every further one counts as too many. */
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
    const count = this.#counts.get(source);
    return count === undefined ? this.#counts.size >= maxSources : count >= this.#maxPerMin;
  }

  note(source: string): void {
    this.#counts.set(source, (this.#counts.get(source) ?? 0) + 1);
  }
}
