/** Sends new prices worker by worker, a few at a time, and keeps what became of each. */
import { toCredits } from '../../../src-main/contract/domain/money.ts';
import { setPricingRoute } from '../../../src-main/contract/rest/market.routes.ts';
import { call } from '../../api/call.ts';
import type { PriceChange } from './price-change.ts';

export type PriceState = 'waiting' | 'done' | 'failed';

export interface PriceOutcome {
  readonly change: PriceChange;
  state: PriceState;
  /** Of a failed one: the platform's words. */
  detail: string;
}

/** So many calls are under way at once. */
const callsAtOnce = 6;

export class PriceRun {
  readonly outcomes: readonly PriceOutcome[];
  readonly #onChange: () => void;

  constructor(changes: readonly PriceChange[], onChange: () => void) {
    this.outcomes = changes.map((change) => ({ change, state: 'waiting', detail: '' }));
    this.#onChange = onChange;
  }

  countOf(state: PriceState): number {
    return this.outcomes.filter((outcome) => outcome.state === state).length;
  }

  /** Sends those that are not done yet; resolves when each has its answer. */
  async send(): Promise<void> {
    const open = this.outcomes.filter(({ state }) => state !== 'done');
    for (const outcome of open) Object.assign(outcome, { state: 'waiting', detail: '' });
    this.#onChange();
    const queue = open.values();
    // Each takes the next from the one queue as soon as it is free.
    await Promise.all(
      Array.from({ length: callsAtOnce }, async () => {
        for (const outcome of queue) await this.#sendOne(outcome);
      }),
    );
  }

  async #sendOne(outcome: PriceOutcome): Promise<void> {
    const { workerId, after } = outcome.change;
    try {
      await call(setPricingRoute, {
        params: { worker_id: workerId },
        body: {
          price_per_min: toCredits(after.priceMicro),
          min_duration_sec: after.minSec,
          max_duration_sec: after.maxSec,
        },
      });
      outcome.state = 'done';
    } catch (error) {
      outcome.state = 'failed';
      outcome.detail = error instanceof Error ? error.message : String(error);
    }
    this.#onChange();
  }
}
