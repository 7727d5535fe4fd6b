import type { Schedule } from './schedule.ts';

/** The timers of one miner, by name: setting one again takes the earlier one back. */
export class Timers {
  readonly #schedule: Schedule;
  readonly #cancels = new Map<string, () => void>();

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  after(name: string, delayMs: number, run: () => void): void {
    this.cancel(name);
    const cancel = this.#schedule.after(delayMs, () => {
      this.#cancels.delete(name);
      run();
    });
    this.#cancels.set(name, cancel);
  }

  /** Runs it first after `firstMs`, and then every `everyMs`. */
  every(name: string, firstMs: number, everyMs: number, run: () => void): void {
    this.after(name, firstMs, () => {
      this.every(name, everyMs, everyMs, run);
      run();
    });
  }

  cancel(name: string): void {
    this.#cancels.get(name)?.();
    this.#cancels.delete(name);
  }

  clear(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }
}
