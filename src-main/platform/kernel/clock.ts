/** Time as the platform sees it; tests put their own clock here, everything else in a test is real. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Calls `run` every `intervalMs` until the returned function is called. */
  every(intervalMs: number, run: () => void): () => void;
}

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  every(intervalMs, run) {
    const timer = setInterval(run, intervalMs);
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** Unix seconds with millisecond fraction, as all outside interfaces show times; 0 means never. */
export function toUnixSeconds(timeMs: number): number {
  return timeMs / 1000;
}

/** The other way round, to the millisecond, for bounds of a span; undefined stays undefined. */
export function toMilliseconds(timeSec: number | undefined): number | undefined {
  return timeSec === undefined ? undefined : Math.round(timeSec * 1000);
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** When the day of a moment began by a clock that is so many minutes ahead of UTC, and its date as YYYY-MM-DD. */
export function dayOf(
  timeMs: number,
  utcOffsetMin: number,
): { readonly beginMs: number; readonly date: string } {
  const shiftMs = utcOffsetMin * minuteMs;
  const localMs = Math.floor((timeMs + shiftMs) / dayMs) * dayMs;
  return { beginMs: localMs - shiftMs, date: new Date(localMs).toISOString().slice(0, 10) };
}
