/** States over time, made ready for a strip. */
import type { ShownState } from '../../state/worker-state.ts';
import type { TimeRange } from './chart-data.ts';

/** What a worker was in; `unknown` where nothing was recorded. */
export type StripState = ShownState | 'unknown';

/** In the order in which they are listed. */
export const stripStates: readonly StripState[] = [
  'mining',
  'leased',
  'available',
  'paused',
  'error',
  'stale',
  'offline',
  'unknown',
];

/** A stretch of time in one state; Unix seconds. */
export interface StripSegment extends TimeRange {
  readonly state: StripState;
  /** Said after the state: a lease, a reason. */
  readonly note?: string;
}

/**
 * The whole range in segments without holes: cut to the range, neighbours of one state joined, the rest unknown.
 *
 * @param segments in the order of time, without overlaps
 */
export function fillStrip(segments: readonly StripSegment[], range: TimeRange): readonly StripSegment[] {
  const filled: StripSegment[] = [];
  const put = (segment: StripSegment) => {
    if (segment.to <= segment.from) return;
    const before = filled[filled.length - 1];
    if (before?.state === segment.state && before.note === segment.note) {
      filled[filled.length - 1] = { ...before, to: segment.to };
    } else filled.push(segment);
  };
  let at = range.from;
  for (const segment of segments) {
    const from = Math.max(at, segment.from);
    const to = Math.min(range.to, segment.to);
    if (to <= from) continue;
    put({ from: at, to: from, state: 'unknown' });
    put({ ...segment, from, to });
    at = to;
  }
  put({ from: at, to: range.to, state: 'unknown' });
  return filled;
}

/** How long each state lasted, in seconds, the states that never were left out. */
export function totalsOf(
  segments: readonly StripSegment[],
): readonly { readonly state: StripState; readonly sec: number }[] {
  const totals = new Map<StripState, number>();
  for (const { state, from, to } of segments) totals.set(state, (totals.get(state) ?? 0) + to - from);
  return stripStates.flatMap((state) => {
    const sec = totals.get(state);
    return sec === undefined ? [] : [{ state, sec }];
  });
}

/** A segment's place, in pixels. */
export interface StripPiece {
  readonly segment: StripSegment;
  readonly index: number;
  readonly x: number;
  readonly width: number;
}

/** What must not vanish because it was short. */
const troubles: ReadonlySet<StripState> = new Set(['error', 'offline', 'stale']);
const leastTroublePx = 2;

/** Where segments lie in a strip of a width; short troubles are widened to be seen and come last, over the others. */
export function placePieces(
  segments: readonly StripSegment[],
  range: TimeRange,
  widthPx: number,
): readonly StripPiece[] {
  const pxPerSec = widthPx / (range.to - range.from);
  const pieces = segments.map((segment, index): StripPiece => {
    const width = (segment.to - segment.from) * pxPerSec;
    const x = (segment.from - range.from) * pxPerSec;
    if (!troubles.has(segment.state) || width >= leastTroublePx) return { segment, index, x, width };
    return { segment, index, x: Math.min(x, widthPx - leastTroublePx), width: leastTroublePx };
  });
  const isTrouble = ({ segment }: StripPiece) => troubles.has(segment.state);
  return [...pieces.filter((piece) => !isTrouble(piece)), ...pieces.filter(isTrouble)];
}

/** The place of the segment at a moment; -1 when it is outside of all. */
export function segmentAt(segments: readonly StripSegment[], at: number): number {
  return segments.findIndex(({ from, to }) => at >= from && at <= to);
}
