/** The paths of sparklines. */

export interface SparkPaths {
  /** Lines; a value without neighbours is a line of no length, which round ends make a dot. */
  readonly line: string;
  /** What lies below the lines, down to the lower edge. */
  readonly area: string;
  /** Where the last known value stands, in the same units; undefined when none is known. */
  readonly last: { readonly x: number; readonly y: number } | undefined;
}

/**
 * Paths for values that are evenly spaced in time, in a box of 100 by 100; unknown values are gaps.
 *
 * @param isFromZero the lower edge is 0, otherwise the lowest value
 */
export function sparkPaths(values: readonly (number | null)[], isFromZero: boolean): SparkPaths {
  const known = values.filter((value) => value !== null);
  const low = isFromZero ? Math.min(0, ...known) : Math.min(...known);
  const span = Math.max(...known) - low;
  const round = (size: number) => Math.round(size * 100) / 100;
  const xAt = (index: number) => (values.length < 2 ? 50 : round((index / (values.length - 1)) * 100));
  // What never changes lies in the middle; nothing at all lies on the ground.
  const yAt = (value: number) =>
    span > 0 ? round(100 - ((value - low) / span) * 100) : value === 0 ? 100 : 50;

  let line = '';
  let area = '';
  let last: SparkPaths['last'];
  let start: number | undefined;
  values.forEach((value, index) => {
    if (value === null) return;
    const place = { x: xAt(index), y: yAt(value) };
    const isStart = start === undefined;
    start ??= place.x;
    const isEnd = (values[index + 1] ?? null) === null;
    line += `${isStart ? 'M' : 'L'}${place.x} ${place.y}`;
    if (isStart && isEnd) line += 'h0';
    area += isStart ? `M${place.x} 100V${place.y}` : `L${place.x} ${place.y}`;
    if (isEnd) {
      area += 'V100Z';
      start = undefined;
    }
    last = place;
  });
  return { line, area, last };
}
