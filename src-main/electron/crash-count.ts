/** Whether a page that crashes again and again is still worth a reload. */

/** So many crashes within the window end the reloads. */
const maxCrashes = 3;
const windowMs = 60_000;

export class CrashCount {
  #crashes: number[] = [];

  /** Counts a crash. @returns whether to reload the page */
  add(nowMs: number): boolean {
    this.#crashes = [...this.#crashes.filter((atMs) => nowMs - atMs < windowMs), nowMs];
    return this.#crashes.length < maxCrashes;
  }
}
