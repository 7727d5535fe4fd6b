import type { RigCalendar } from './rig-calendar.ts';

/** Tells of moments in rising order whether a rig was online then. */
export class Presence {
  readonly #calendar: RigCalendar;
  #next = 0;

  constructor(calendar: RigCalendar) {
    this.#calendar = calendar;
  }

  isOnline(timeMs: number): boolean {
    const { rig, outages } = this.#calendar;
    for (; ; this.#next += 1) {
      const outage = outages[this.#next];
      const isOver = outage !== undefined && outage.endedAtMs !== null && outage.endedAtMs <= timeMs;
      if (!isOver) return timeMs >= rig.registeredAtMs && (outage === undefined || outage.beganAtMs > timeMs);
    }
  }
}
