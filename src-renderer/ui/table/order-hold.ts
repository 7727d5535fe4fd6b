/** Keeps the order of rows still while somebody points at one, has one in focus or scrolls with a finger. */

/** A pointer that rests or a focus that was left behind holds no longer than this. */
export const holdForMs = 30_000;

/** After a finger is lifted the row it aims at stays where it is for so long. */
export const holdAfterTouchMs = 3000;

export class OrderHold {
  readonly #nowMs: () => number;
  #untilMs = 0;

  /** @param nowMs any clock that grows, in milliseconds */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The pointer moved over the table, a key was pressed in it, or the focus came to it. */
  keep(): void {
    this.#untilMs = this.#nowMs() + holdForMs;
  }

  /** A finger touched or scrolled it. */
  keepShortly(): void {
    this.#untilMs = Math.max(this.#untilMs, this.#nowMs() + holdAfterTouchMs);
  }

  /** The pointer and the focus are elsewhere. */
  release(): void {
    this.#untilMs = 0;
  }

  get isHeld(): boolean {
    return this.#nowMs() < this.#untilMs;
  }
}
