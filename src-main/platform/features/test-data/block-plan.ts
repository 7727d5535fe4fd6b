/** Which rig found a block when, and for whom. */
import { WeightedChoice, type Random } from '../../kernel/random.ts';
import type { Booking, RigCalendar } from './rig-calendar.ts';
import { randomOf, type Setting } from './test-data-size.ts';

export interface PlannedBlock {
  readonly calendar: RigCalendar;
  readonly foundAtMs: number;
  /** The lease that it was mined for; undefined: for the rig's own wallet. */
  readonly booking: Booking | undefined;
}

/** The time in which a rig was online, without gaps in between. */
class OnlineTime {
  readonly #starts: number[] = [];
  readonly #before: number[] = [];
  readonly totalMs: number;

  constructor({ rig, outages, lastHeardMs }: RigCalendar) {
    let total = 0;
    let fromMs = rig.registeredAtMs;
    for (const { beganAtMs, endedAtMs } of [...outages, { beganAtMs: lastHeardMs, endedAtMs: null }]) {
      this.#starts.push(fromMs);
      this.#before.push(total);
      total += Math.max(0, beganAtMs - fromMs);
      if (endedAtMs === null) break;
      fromMs = endedAtMs;
    }
    this.totalMs = total;
  }

  /** The moment after so much time online. */
  at(onlineMs: number): number {
    const span = lastAtOrBefore(this.#before, onlineMs);
    return Math.floor((this.#starts[span] ?? 0) + onlineMs - (this.#before[span] ?? 0));
  }
}

/** Index of the last value of a rising list that is not above `value`; the first when all are. */
function lastAtOrBefore(values: readonly number[], value: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((values[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Milliseconds in which a rig was online. */
export function onlineMsOf(calendar: RigCalendar): number {
  return new OnlineTime(calendar).totalMs;
}

/** Rented time is a small part of all time; so that leases have blocks to show, this part of them is for leases. */
const leasedShare = 0.3;

/** Blocks in the order in which they were found: chance finds them, more often for who computes more. */
export function planBlocks(setting: Setting, calendars: readonly RigCalendar[]): PlannedBlock[] {
  if (setting.blocks === 0) return [];
  const random = randomOf(setting, 'blocks');
  const draw = drawerOfBlocks(calendars);
  const drawLeased = drawerOfLeasedBlocks(calendars);
  return Array.from(
    { length: setting.blocks },
    () => (random.chance(leasedShare) ? drawLeased?.(random) : undefined) ?? draw(random),
  ).toSorted((left, right) => left.foundAtMs - right.foundAtMs);
}

/** Draws from all the time in which the rigs were online. */
function drawerOfBlocks(calendars: readonly RigCalendar[]): (random: Random) => PlannedBlock {
  const miners = calendars.map((calendar) => ({
    calendar,
    online: new OnlineTime(calendar),
    leaseStarts: calendar.bookings.map(({ createdAtMs }) => createdAtMs),
  }));
  const finders = new WeightedChoice(
    miners,
    ({ calendar: { rig, lastHeardMs }, online }) =>
      online.totalMs * rig.curve.mean(rig.registeredAtMs, lastHeardMs),
  );
  return (random) => {
    const { calendar, online, leaseStarts } = finders.pick(random);
    const foundAtMs = online.at(random.between(0, online.totalMs));
    const booking = calendar.bookings[lastAtOrBefore(leaseStarts, foundAtMs)];
    return { calendar, foundAtMs, booking: isMinedFor(booking, foundAtMs) ? booking : undefined };
  };
}

/** Draws from the rented time alone; undefined when there is none. */
function drawerOfLeasedBlocks(
  calendars: readonly RigCalendar[],
): ((random: Random) => PlannedBlock | undefined) | undefined {
  const rented = calendars.flatMap((calendar) =>
    calendar.bookings.flatMap((booking) =>
      booking.miningSinceMs === null ? [] : [{ calendar, booking, fromMs: booking.miningSinceMs }],
    ),
  );
  if (rented.length === 0) return undefined;
  const finders = new WeightedChoice(
    rented,
    ({ booking: { rig, minedUntilMs }, fromMs }) => (minedUntilMs - fromMs) * rig.curve.at(fromMs),
  );
  return (random) => {
    const { calendar, booking, fromMs } = finders.pick(random);
    const foundAtMs = Math.floor(random.between(fromMs, booking.minedUntilMs));
    return isMinedFor(booking, foundAtMs) ? { calendar, foundAtMs, booking } : undefined;
  };
}

function isMinedFor(booking: Booking | undefined, timeMs: number): boolean {
  if (booking === undefined || booking.miningSinceMs === null) return false;
  const { miningSinceMs, minedUntilMs, outage } = booking;
  const isAway =
    outage !== undefined && timeMs >= outage.beganAtMs && timeMs < (outage.endedAtMs ?? Infinity);
  return timeMs >= miningSinceMs && timeMs < minedUntilMs && !isAway;
}
