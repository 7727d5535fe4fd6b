/** What happened lately: growth of counters that others keep, so that nothing is counted twice. */
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';

const sampleEveryMs = 5000;
const rateOverMs = 10_000;
const minuteMs = 60_000;

/** One more than a minute takes. */
const maxSamples = minuteMs / sampleEveryMs + 1;

interface Sample<Name extends string> {
  readonly atMs: number;
  readonly counts: Readonly<Record<Name, number>>;
}

/** Looks at counters every few seconds. */
export class RecentActivity<Name extends string> implements Component {
  readonly name = 'recent-activity';
  readonly #clock: Clock;
  readonly #read: () => Record<Name, number>;
  /** Oldest first. */
  #samples: Sample<Name>[] = [];
  #stopTimer: (() => void) | undefined;

  /** @param read counters that only grow */
  constructor(clock: Clock, read: () => Record<Name, number>) {
    this.#clock = clock;
    this.#read = read;
  }

  start(): void {
    this.#samples = [this.#sample()];
    this.#stopTimer = this.#clock.every(sampleEveryMs, () => {
      this.#samples = [...this.#samples, this.#sample()].slice(-maxSamples);
    });
  }

  stop(): void {
    this.#stopTimer?.();
  }

  /** Growth a second over about the last ten seconds; of less where it has not run for so long. */
  perSecond(name: Name): number {
    const { grown, elapsedMs } = this.#since(name, rateOverMs);
    return elapsedMs <= 0 ? 0 : (grown * 1000) / elapsedMs;
  }

  /** Growth over about the last minute. */
  lastMinute(name: Name): number {
    return this.#since(name, minuteMs).grown;
  }

  #sample(): Sample<Name> {
    return { atMs: this.#clock.nowMs(), counts: this.#read() };
  }

  #since(name: Name, windowMs: number): { grown: number; elapsedMs: number } {
    const now = this.#sample();
    const before = this.#samples.findLast(({ atMs }) => now.atMs - atMs >= windowMs) ?? this.#samples[0];
    if (!before) return { grown: 0, elapsedMs: 0 };
    return { grown: now.counts[name] - before.counts[name], elapsedMs: now.atMs - before.atMs };
  }
}
