/** Limits a rate: tokens flow in evenly, up to a burst of two seconds' worth. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(perSecond: number, nowMs: number) {
    this.#perMs = perSecond / 1000;
    this.#capacity = perSecond * 2;
    this.#tokens = this.#capacity;
    this.#filledAtMs = nowMs;
  }

  /** Takes a token, in debt if need be. Returns how many milliseconds its taker has to wait: 0 when it was there. */
  take(nowMs: number): number {
    const elapsedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#filledAtMs = nowMs;
    this.#tokens = Math.min(this.#capacity, this.#tokens + elapsedMs * this.#perMs) - 1;
    return this.#tokens >= 0 ? 0 : -this.#tokens / this.#perMs;
  }
}
