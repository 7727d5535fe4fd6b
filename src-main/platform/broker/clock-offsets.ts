/** How far the clocks of miners are from the platform's: told by the timestamps of their messages. */

const maxWorkers = 1000;

export class ClockOffsets {
  /** Seconds by which the miner is ahead, at its newest message; the one that spoke last is last. */
  readonly #offsets = new Map<string, number>();

  note(workerId: string, timestampSec: number, nowMs: number): void {
    this.#offsets.delete(workerId);
    this.#offsets.set(workerId, timestampSec - nowMs / 1000);
    if (this.#offsets.size > maxWorkers) this.#offsets.delete(this.#offsets.keys().next().value as string);
  }

  /** The middle one of all miners that said a time, which one wrong clock does not move. */
  median(): { readonly workers: number; readonly offsetSec: number } | undefined {
    const sorted = [...this.#offsets.values()].sort((left, right) => left - right);
    const middle = sorted[Math.floor(sorted.length / 2)];
    return middle === undefined ? undefined : { workers: sorted.length, offsetSec: middle };
  }
}
