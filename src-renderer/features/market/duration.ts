/** Durations as people type them. */

const unitSec: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  sek: 1,
  m: 60,
  min: 60,
  h: 3600,
  std: 3600,
  d: 86_400,
  t: 86_400,
  day: 86_400,
  days: 86_400,
  tag: 86_400,
  tage: 86_400,
};

const part = /(\d+(?:[.,]\d+)?)\s*([a-z]*)/gy;

/**
 * Seconds of `45 min`, `2h30`, `1:30` (hours and minutes), `1,5 h` or `3 d`; a number alone is minutes.
 *
 * @returns a whole number of seconds; undefined when it is no duration
 */
export function parseDuration(typed: string): number | undefined {
  const text = typed.trim().toLowerCase();
  const clock = /^(\d{1,4}):([0-5]\d)$/.exec(text);
  if (clock) return Number(clock[1]) * 3600 + Number(clock[2]) * 60;
  let total = 0;
  let place = 0;
  // What follows hours without a unit is minutes, as in `2h30`.
  for (part.lastIndex = 0; place < text.length;) {
    const match = part.exec(text);
    if (!match) return undefined;
    const size = sizeOf(match[2] ?? '');
    if (size === undefined) return undefined;
    total += Number((match[1] ?? '').replace(',', '.')) * size;
    while (/[\s,]/.test(text[part.lastIndex] ?? '')) part.lastIndex += 1;
    place = part.lastIndex;
  }
  return total > 0 && Number.isFinite(total) ? Math.round(total) : undefined;
}

function sizeOf(unit: string): number | undefined {
  return unit === '' ? 60 : unitSec[unit];
}

/** Durations that are offered, in seconds: 15 min, 1 h, 6 h, 24 h. */
export const presetsSec = [900, 3600, 21_600, 86_400] as const;

/** An hour, or what of it the limits allow. */
export function firstDuration(minSec: number, maxSec: number): number {
  const wished = 3600;
  return Math.min(maxSec, Math.max(minSec, wished));
}
