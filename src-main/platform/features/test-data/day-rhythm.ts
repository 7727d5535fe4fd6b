/** People rent by day and sleep at night: how busy the market is over the hours. */

const dayMs = 86_400_000;

/** How much busier the busiest hour is than the mean. */
const swing = 0.55;
const busiestHour = 16;
const phase = 2 * Math.PI * (busiestHour / 24) - Math.PI / 2;

/** Work that was done up to a moment, in milliseconds of a mean hour: rises faster by day. */
export function workUntil(timeMs: number): number {
  const angle = (2 * Math.PI * timeMs) / dayMs - phase;
  return timeMs - (swing * dayMs * Math.cos(angle)) / (2 * Math.PI);
}

/** The moment at which so much work was done: the inverse of `workUntil`. */
export function timeOfWork(work: number): number {
  let [low, high] = [work - dayMs, work + dayMs];
  while (high - low > 1) {
    const middle = (low + high) / 2;
    if (workUntil(middle) < work) low = middle;
    else high = middle;
  }
  return Math.floor(low);
}
