import type { Clock } from '../../src-main/platform/kernel/clock.ts';

interface Timer {
  readonly intervalMs: number;
  readonly run: () => void;
  dueMs: number;
}

/** A clock that stands still until a test moves it. Everything else in a test is real. */
export class ManualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #nowMs: number;

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  every(intervalMs: number, run: () => void): () => void {
    const timer: Timer = { intervalMs, run, dueMs: this.#nowMs + intervalMs };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that were started and not stopped. */
  get activeTimers(): number {
    return this.#timers.size;
  }

  /** Moves the time; every timer that falls due on the way runs at its own time. */
  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs;
    for (;;) {
      const next = [...this.#timers]
        .filter(({ dueMs }) => dueMs <= endMs)
        .sort((a, b) => a.dueMs - b.dueMs)[0];
      if (!next) break;
      this.#nowMs = next.dueMs;
      next.dueMs += next.intervalMs;
      next.run();
    }
    this.#nowMs = endMs;
  }

  /** Sets the clock ahead, as after a sleep: every timer that fell due meanwhile runs once. */
  jump(byMs: number): void {
    this.#nowMs += byMs;
    for (const timer of [...this.#timers]) {
      if (timer.dueMs > this.#nowMs) continue;
      timer.dueMs = this.#nowMs + timer.intervalMs;
      timer.run();
    }
  }
}
