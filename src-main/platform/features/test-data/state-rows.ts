/** What rigs did since when, in the days that are kept, as rows. */
import type { TimelineState } from '../../../contract/domain/worker-page.ts';
import { statesKeptMs, type Transition } from '../worker-states/index.ts';
import type { HistoryPlan } from './history-plan.ts';
import type { RigCalendar } from './rig-calendar.ts';

/** The changes of all rigs, and since when the platform observed them. */
export function toStateRows({ setting, calendars }: HistoryPlan): Transition[] {
  const fromMs = Math.max(setting.startMs, setting.endMs - statesKeptMs);
  return [
    { workerId: '', sinceMs: fromMs, state: 'observed' },
    ...calendars.flatMap((calendar) => changesOf(calendar, fromMs)),
  ];
}

function changesOf(calendar: RigCalendar, fromMs: number): Transition[] {
  const { rig, bookings, outages } = calendar;
  const moments = [
    Math.max(rig.registeredAtMs, fromMs),
    ...bookings.flatMap(({ createdAtMs, end }) => [createdAtMs, end.endedAtMs]),
    ...outages.flatMap(({ beganAtMs, endedAtMs }) => [beganAtMs, endedAtMs ?? beganAtMs]),
  ]
    .filter((timeMs) => timeMs >= fromMs)
    .sort((left, right) => left - right);
  const stateAt = createStateAt(calendar);
  const changes: Transition[] = [];
  for (const sinceMs of moments) {
    const state = stateAt(sinceMs);
    const last = changes.at(-1);
    if (last?.state === state) continue;
    // Of two changes in one moment the later one counts.
    if (last?.sinceMs === sinceMs) changes.pop();
    changes.push({ workerId: rig.workerId, sinceMs, state });
  }
  return changes;
}

/** Tells of moments in rising order what a rig did then. */
function createStateAt({ rig, bookings, outages }: RigCalendar): (timeMs: number) => TimelineState {
  let [booking, outage] = [0, 0];
  return (timeMs) => {
    while ((bookings[booking]?.end.endedAtMs ?? Number.POSITIVE_INFINITY) <= timeMs) booking += 1;
    while (isOver(outages[outage]?.endedAtMs, timeMs)) outage += 1;
    const away = outages[outage];
    if (away && away.beganAtMs <= timeMs) return away.cause;
    const lease = bookings[booking];
    if (lease && lease.createdAtMs <= timeMs) return 'leased';
    return rig.listed ? 'available' : 'mining';
  };
}

function isOver(endedAtMs: number | null | undefined, timeMs: number): boolean {
  return typeof endedAtMs === 'number' && endedAtMs <= timeMs;
}
