import { performance } from 'node:perf_hooks';

/** Milliseconds since the Unix epoch with fraction, comparable between processes of this machine. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Waits. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Polls until the condition holds or the time is over; tells whether it holds. */
export async function waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > end) return false;
    await sleep(10);
  }
  return true;
}

/** Measures how busy this process is between two moments: CPU cores used and share of the event loop. */
export class UtilizationMeter {
  private readonly begin = performance.now();
  private readonly cpu = process.cpuUsage();
  private readonly loop = performance.eventLoopUtilization();

  /** Utilization since construction; `event_loop` near 1 means that the generator itself is the limit. */
  read(): Utilization {
    const used = process.cpuUsage(this.cpu);
    const elapsedUs = (performance.now() - this.begin) * 1000;
    const loop = performance.eventLoopUtilization(this.loop).utilization;
    return { cpu: round((used.user + used.system) / elapsedUs), event_loop: round(loop) };
  }
}

/** How busy a generator was. */
export interface Utilization {
  cpu: number;
  event_loop: number;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
