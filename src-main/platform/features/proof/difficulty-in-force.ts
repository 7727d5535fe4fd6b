import type { Clock } from '../../kernel/clock.ts';

/** So long after a change a proof at the difficulty before it is still taken: miners hear of a change late. */
const changeInFlightMs = 300_000;

/** The least memory cost of a proof, with the margin for a change in flight (verification.md). */
export class DifficultyInForce {
  readonly #source: () => number;
  readonly #clock: Clock;
  #currentKib: number | undefined;
  #earlier: { readonly kib: number; readonly untilMs: number }[] = [];

  /** @param source the difficulty now, in KiB */
  constructor(source: () => number, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /** Memory cost in KiB at which miners are to hash now. */
  currentKib(): number {
    return this.#source();
  }

  /** Least memory cost in KiB that is accepted now. */
  lowestKib(): number {
    const nowMs = this.#clock.nowMs();
    const currentKib = this.#source();
    if (this.#currentKib !== undefined && this.#currentKib !== currentKib)
      this.#earlier.push({ kib: this.#currentKib, untilMs: nowMs + changeInFlightMs });
    this.#currentKib = currentKib;
    if (this.#earlier.length === 0) return currentKib;
    this.#earlier = this.#earlier.filter(({ untilMs }) => untilMs > nowMs);
    return Math.min(currentKib, ...this.#earlier.map(({ kib }) => kib));
  }
}
