/** How late the event loop is, measured by the runtime itself. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Component } from '../../kernel/component.ts';

const resolutionMs = 10;

export class EventLoopDelay implements Component {
  readonly name = 'event-loop';
  #histogram: ReturnType<typeof monitorEventLoopDelay> | undefined;

  start(): void {
    this.#histogram = monitorEventLoopDelay({ resolution: resolutionMs });
    this.#histogram.enable();
  }

  stop(): void {
    this.#histogram?.disable();
  }

  /** Delay in seconds at a percentile (0 to 100] since the start, without the measuring interval itself. */
  percentileSec(percentile: number): number {
    if (!this.#histogram || this.#histogram.count === 0) return 0;
    return Math.max(0, this.#histogram.percentile(percentile) / 1e9 - resolutionMs / 1000);
  }
}
