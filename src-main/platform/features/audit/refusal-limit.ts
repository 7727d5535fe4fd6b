/** Bounds how many refused calls are written down, so that nobody can fill the disk by knocking. */

const windowMs = 60_000;

/** Of one account from one address in a minute. */
const maxPerCaller = 20;

/** Of everybody together in a minute. */
const maxTogether = 300;

export class RefusalLimit {
  readonly #counts = new Map<string, number>();
  #windowStartMs = 0;
  #together = 0;
  #leftOut = 0;

  /** Whether a refusal may be written down; one that may not is counted. */
  take(caller: string, nowMs: number): boolean {
    if (this.#isOver(nowMs)) this.#restart(nowMs);
    const count = (this.#counts.get(caller) ?? 0) + 1;
    if (count > maxPerCaller || this.#together >= maxTogether) {
      this.#leftOut += 1;
      return false;
    }
    this.#counts.set(caller, count);
    this.#together += 1;
    return true;
  }

  /** How many were left out in minutes that are over; asks once. */
  takeLeftOut(nowMs: number): number {
    if (!this.#isOver(nowMs)) return 0;
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return leftOut;
  }

  #isOver(nowMs: number): boolean {
    return nowMs < this.#windowStartMs || nowMs - this.#windowStartMs >= windowMs;
  }

  /** What was left out stays counted until it is asked for. */
  #restart(nowMs: number): void {
    this.#windowStartMs = nowMs;
    this.#counts.clear();
    this.#together = 0;
  }
}
