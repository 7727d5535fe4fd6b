/** How late the event loop is, measured by the runtime itself. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';

const resolutionMs = 10;
const recentMs = 60_000;

/** Percentiles that are shown. */
export const delayPercentiles = [50, 99, 100] as const;
export type DelayPercentile = (typeof delayPercentiles)[number];

type Monitor = ReturnType<typeof monitorEventLoopDelay>;
type Delays = Readonly<Record<DelayPercentile, number>>;

export class EventLoopDelay implements Component {
  readonly name = 'event-loop';
  readonly #clock: Clock;
  /** Since the start, and since the current minute began. */
  #all: Monitor | undefined;
  #current: Monitor | undefined;
  #currentSinceMs = 0;
  #recent: Delays | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(): void {
    this.#all = startMonitor();
    this.#current = startMonitor();
    this.#currentSinceMs = this.#clock.nowMs();
    this.#recent = undefined;
  }

  stop(): void {
    this.#all?.disable();
    this.#current?.disable();
  }

  /** Delays in seconds by percentile since the start, without the measuring interval itself. */
  sinceStart(): Delays {
    return delaysOf(this.#all);
  }

  /**
   * The same of the last minute that is over, for whoever asks every few seconds; a first minute that is not over
   * yet is shown as far as it is. A minute that nobody asked about is told of together with the next.
   */
  recent(): Delays {
    const nowMs = this.#clock.nowMs();
    const ageMs = nowMs - this.#currentSinceMs;
    if (ageMs < 0 || ageMs >= recentMs) {
      this.#recent = delaysOf(this.#current);
      this.#current?.reset();
      this.#currentSinceMs = nowMs;
    }
    return this.#recent ?? delaysOf(this.#current);
  }
}

function startMonitor(): Monitor {
  const monitor = monitorEventLoopDelay({ resolution: resolutionMs });
  monitor.enable();
  return monitor;
}

function delaysOf(monitor: Monitor | undefined): Delays {
  const delaySec = (percentile: DelayPercentile) => {
    if (!monitor || monitor.count === 0) return 0;
    return Math.max(0, monitor.percentile(percentile) / 1e9 - resolutionMs / 1000);
  };
  return { 50: delaySec(50), 99: delaySec(99), 100: delaySec(100) };
}
