/** What leases paid to owners over many days, read day by day and kept for a minute: lists ask for it again and again. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../kernel/clock.ts';
import { dayNumberOf, recordEveryMs } from './earning-recorder.ts';
import type { EarningRepository } from './earning.repository.ts';

export interface Payout {
  readonly workerId: string;
  /** Who was paid: the worker's owner at that time. */
  readonly accountId: string;
  readonly micro: number;
}

export class Payouts {
  readonly #repository: EarningRepository;
  readonly #clock: Clock;
  readonly #kept = new Map<number | undefined, { readonly atMs: number; readonly sums: Promise<Payout[]> }>();

  constructor(repository: EarningRepository, clock: Clock) {
    this.#repository = repository;
    this.#clock = clock;
  }

  /**
   * Sums by worker and account, a minute old at most.
   *
   * @param days so many days (UTC), today included; undefined: all that are kept
   */
  async ofLast(days: number | undefined): Promise<readonly Payout[]> {
    const nowMs = this.#clock.nowMs();
    const kept = this.#kept.get(days);
    if (kept && Math.abs(nowMs - kept.atMs) < recordEveryMs) return kept.sums;
    const sums = this.#read(days, dayNumberOf(nowMs));
    this.#kept.set(days, { atMs: nowMs, sums });
    // What failed is asked for again.
    sums.catch(() => this.#kept.delete(days));
    return sums;
  }

  async #read(days: number | undefined, today: number): Promise<Payout[]> {
    const sums = new Map<string, { workerId: string; accountId: string; micro: number }>();
    const first = days === undefined ? await this.#repository.firstDay() : today - days + 1;
    for (let day = first ?? today; day <= today; day += 1) {
      for (const { workerId, accountId, micro } of await this.#repository.payoutsOfDay(day)) {
        const key = JSON.stringify([workerId, accountId]);
        const sum = sums.get(key);
        if (sum) sum.micro += micro;
        else sums.set(key, { workerId, accountId, micro });
      }
      await nextTurn();
    }
    return [...sums.values()];
  }
}
