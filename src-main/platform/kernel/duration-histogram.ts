/** How long something took, counted in classes: they can be added up over time and over processes. */
export class DurationHistogram {
  /** Upper bounds of the classes, rising; one more class is for everything above. */
  readonly boundsSec: readonly number[];
  readonly #counts: number[];
  #sumMs = 0;

  constructor(boundsSec: readonly number[]) {
    this.boundsSec = boundsSec;
    this.#counts = new Array<number>(boundsSec.length + 1).fill(0);
  }

  observe(durationMs: number): void {
    this.#sumMs += durationMs;
    const above = this.boundsSec.findIndex((boundSec) => durationMs <= boundSec * 1000);
    const index = above === -1 ? this.boundsSec.length : above;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  get sumSec(): number {
    return this.#sumMs / 1000;
  }

  /** For each bound how many took no longer; the last number is all of them. */
  cumulativeCounts(): number[] {
    let sum = 0;
    return this.#counts.map((count) => (sum += count));
  }
}
