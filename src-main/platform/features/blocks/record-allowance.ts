/** How many reports that count for nothing are kept, so that a flood of them can't fill the disk. */

const minuteMs = 60_000;

/** Of one worker in a minute: an honest miner with a wrong setting stays below it. */
const perWorkerAndMinute = 60;

/** Of all workers in a minute: a flood may come under many names. */
const perMinute = 3000;

export class RecordAllowance {
  #minute = 0;
  #taken = new Map<string, number>();
  #takenInAll = 0;

  /** Whether one more report of a worker may be kept. */
  take(workerId: string, nowMs: number): boolean {
    const minute = Math.floor(nowMs / minuteMs);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#taken = new Map();
      this.#takenInAll = 0;
    }
    const taken = this.#taken.get(workerId) ?? 0;
    if (taken >= perWorkerAndMinute || this.#takenInAll >= perMinute) return false;
    this.#taken.set(workerId, taken + 1);
    this.#takenInAll += 1;
    return true;
  }
}
