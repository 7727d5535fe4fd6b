import type { TimelineSegment, TimelineState } from '../../../src-main/contract/domain/worker-page.ts';

const awayStates: ReadonlySet<TimelineState> = new Set(['silent', 'offline', 'unknown']);

/** Since when a worker is there without a break; undefined when it is away, or was there all the time. */
export function onlineSince(segments: readonly TimelineSegment[]): number | undefined {
  const lastAway = segments.findLastIndex(({ state }) => awayStates.has(state));
  return lastAway === -1 ? undefined : segments[lastAway + 1]?.from;
}
