/** Each address gets an account: a worker that names ever new ones must not fill the disk. */

const hourMs = 3_600_000;

/** Of one worker in an hour: an operator who tries out settings stays below it. */
const perWorkerAndHour = 10;

export class AddressChanges {
  #hour = 0;
  #counts = new Map<string, number>();

  /** Whether a worker may change its address once more. */
  take(workerId: string, nowMs: number): boolean {
    const hour = Math.floor(nowMs / hourMs);
    if (hour !== this.#hour) {
      this.#hour = hour;
      this.#counts = new Map();
    }
    const count = this.#counts.get(workerId) ?? 0;
    if (count >= perWorkerAndHour) return false;
    this.#counts.set(workerId, count + 1);
    return true;
  }
}
