/** Counts what happened within a sliding window, to the second, in constant memory and constant time. */
export class SlidingCount {
  readonly #perSecond: Uint32Array;
  readonly #windowSec: number;
  #newestSecond = 0;
  #sum = 0;

  /** @param windowSec length of the window in seconds */
  constructor(windowSec: number) {
    this.#windowSec = windowSec;
    this.#perSecond = new Uint32Array(windowSec);
  }

  /** Counts `count` events at a moment; older than the window counts nothing. */
  add(timeMs: number, count = 1): void {
    const second = Math.floor(timeMs / 1000);
    this.#advanceTo(second);
    if (second <= this.#newestSecond - this.#windowSec) return;
    const slot = second % this.#windowSec;
    this.#perSecond[slot] = (this.#perSecond[slot] as number) + count;
    this.#sum += count;
  }

  /** Events within the window that ends now. */
  count(nowMs: number): number {
    this.#advanceTo(Math.floor(nowMs / 1000));
    return this.#sum;
  }

  #advanceTo(second: number): void {
    const steps = Math.min(second - this.#newestSecond, this.#windowSec);
    for (let step = 0; step < steps; step += 1) {
      const slot = (second - step) % this.#windowSec;
      this.#sum -= this.#perSecond[slot] as number;
      this.#perSecond[slot] = 0;
    }
    this.#newestSecond = Math.max(this.#newestSecond, second);
  }
}
