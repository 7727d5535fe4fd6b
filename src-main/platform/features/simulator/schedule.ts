import TinyQueue from 'tinyqueue';
import type { Clock } from '../../kernel/clock.ts';

interface Entry {
  readonly atMs: number;
  /** Undefined once it is cancelled. */
  run: (() => void) | undefined;
}

/** Things fall due at most this much late: nothing in a fleet is more punctual. */
const tickMs = 20;

/** One timer for everything that thousands of miners wait for. */
export class Schedule {
  readonly #clock: Clock;
  readonly #entries = new TinyQueue<Entry>([], (left, right) => left.atMs - right.atMs);
  #stopTicking: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  start(): void {
    this.#stopTicking ??= this.#clock.every(tickMs, () => this.#runDue());
  }

  /** Nothing that is scheduled runs any more. */
  stop(): void {
    this.#stopTicking?.();
    this.#stopTicking = undefined;
    while (this.#entries.pop());
  }

  /** Runs it once; the returned function takes it back. */
  after(delayMs: number, run: () => void): () => void {
    const entry: Entry = { atMs: this.#clock.nowMs() + Math.max(0, delayMs), run };
    this.#entries.push(entry);
    return () => (entry.run = undefined);
  }

  #runDue(): void {
    const nowMs = this.#clock.nowMs();
    for (let next = this.#entries.peek(); next && next.atMs <= nowMs; next = this.#entries.peek()) {
      this.#entries.pop();
      next.run?.();
    }
  }
}
