/** From changes to a timeline: pure arithmetic. */
import {
  maxTimelineSegments,
  type TimelineSegment,
  type TimelineState,
} from '../../../contract/domain/worker-page.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import { isOnline, shownState, type LiveWorker } from '../fleet/index.ts';
import type { Transition } from './state.repository.ts';

/** What a worker does now. */
export function timelineStateOf(worker: LiveWorker, nowMs: number): TimelineState {
  if (worker.offlineSinceMs !== null) return 'offline';
  if (worker.lastHeartbeatMs === 0) return 'unknown';
  if (!isOnline(worker, nowMs)) return 'silent';
  switch (shownState(worker)) {
    case 'SELF_MINING':
      return 'mining';
    case 'LEASED':
    case 'MINING':
      return 'leased';
    case 'IDLE':
      return 'paused';
    case 'ERROR':
      return 'error';
    case 'offline':
      return 'offline';
    default:
      return 'available';
  }
}

interface Span {
  fromMs: number;
  toMs: number;
  state: TimelineState;
}

/** Neighbours of one state become one. */
function join(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (span.toMs <= span.fromMs) continue;
    if (last?.state === span.state) last.toMs = span.toMs;
    else joined.push({ ...span });
  }
  return joined;
}

/** The states of a span; before the first change nothing is known. */
function toSpans(changes: readonly Transition[], fromMs: number, toMs: number): Span[] {
  // Only the platform's own rows say `observed`.
  const states = changes.map(({ sinceMs, state }) => ({ sinceMs, state: state as TimelineState }));
  return join(
    [{ sinceMs: fromMs, state: 'unknown' as const }, ...states].map(({ sinceMs, state }, index) => ({
      fromMs: Math.max(fromMs, sinceMs),
      toMs: Math.min(toMs, states[index]?.sinceMs ?? toMs),
      state,
    })),
  );
}

/** While the platform did not observe, nothing is known, whatever came before. */
function blankOut(spans: readonly Span[], platform: readonly Transition[], toMs: number): Span[] {
  const blanks = platform.flatMap(({ sinceMs, state }, index) =>
    state === 'observed' ? [] : [{ fromMs: sinceMs, toMs: platform[index + 1]?.sinceMs ?? toMs }],
  );
  if (blanks.length === 0) return [...spans];
  const cuts = blanks.flatMap(({ fromMs, toMs: endMs }) => [fromMs, endMs]);
  let blank = 0;
  return join(
    spans.flatMap((span) => {
      const edges = [span.fromMs, ...cuts.filter((cut) => cut > span.fromMs && cut < span.toMs), span.toMs];
      return edges.slice(0, -1).map((fromMs, index) => {
        while (blank < blanks.length && (blanks[blank] as (typeof blanks)[0]).toMs <= fromMs) blank += 1;
        const isBlank = (blanks[blank]?.fromMs ?? Number.POSITIVE_INFINITY) <= fromMs;
        return {
          fromMs,
          toMs: edges[index + 1] as number,
          state: isBlank ? ('unknown' as const) : span.state,
        };
      });
    }),
  );
}

/** The shortest go into the segment before them (the first one into the next), until few enough are left. */
function shorten(spans: readonly Span[], most: number): readonly Span[] {
  let shown = spans;
  while (shown.length > most) {
    // Where both neighbours of one that goes are of one state, three become one: hence in several rounds.
    const count = Math.ceil((shown.length - most) / 2);
    const shortest = new Set(
      shown.toSorted((left, right) => lengthOf(left) - lengthOf(right)).slice(0, count),
    );
    const kept: Span[] = [];
    let skippedFromMs: number | undefined;
    for (const span of shown) {
      const last = kept.at(-1);
      if (!shortest.has(span)) kept.push({ ...span, fromMs: skippedFromMs ?? span.fromMs });
      else if (last) last.toMs = span.toMs;
      else skippedFromMs ??= span.fromMs;
      if (kept.length > 0) skippedFromMs = undefined;
    }
    shown = join(kept);
  }
  return shown;
}

function lengthOf({ fromMs, toMs }: Span): number {
  return toMs - fromMs;
}

/**
 * The timeline of a worker between two moments.
 *
 * @param changes its own, in order: the last one before the span, and those within it
 * @param platform the same of the platform
 */
export function toTimeline(
  changes: readonly Transition[],
  platform: readonly Transition[],
  fromMs: number,
  toMs: number,
): TimelineSegment[] {
  const spans = blankOut(toSpans(changes, fromMs, toMs), platform, toMs);
  return shorten(spans, maxTimelineSegments).map((span) => ({
    from: toUnixSeconds(span.fromMs),
    to: toUnixSeconds(span.toMs),
    state: span.state,
  }));
}
