/** New prices and time limits of workers, worked out before anything is sent. All money in micro-credits. */
import { suggestPrice } from '../../../src-main/contract/domain/gpu-prices.ts';
import { maxPricePerMin } from '../../../src-main/contract/domain/lease.ts';
import { toMicro } from '../../../src-main/contract/domain/money.ts';
import type { FeedWorker } from '../../../src-main/contract/domain/worker.ts';

export const priceModes = ['set', 'percent', 'suggested', 'keep'] as const;
export type PriceMode = (typeof priceModes)[number];

/** How prices change. */
export type PriceRule =
  | { readonly mode: 'set'; readonly priceMicro: number }
  | { readonly mode: 'percent'; readonly percent: number }
  | { readonly mode: 'suggested' | 'keep' };

/** How long workers can be rented, in seconds. */
export interface LeaseLimits {
  readonly minSec: number;
  readonly maxSec: number;
}

export interface PriceOrder {
  readonly rule: PriceRule;
  /** Undefined: each keeps its own. */
  readonly limits: LeaseLimits | undefined;
}

export interface Terms extends LeaseLimits {
  readonly priceMicro: number;
}

export interface PriceChange {
  readonly workerId: string;
  readonly before: Terms;
  readonly after: Terms;
}

export type PricedWorker = Pick<
  FeedWorker,
  'worker_id' | 'price_per_min' | 'min_duration_sec' | 'max_duration_sec' | 'gpus'
>;

export function termsOf(worker: PricedWorker): Terms {
  return {
    priceMicro: toMicro(worker.price_per_min),
    minSec: worker.min_duration_sec,
    maxSec: worker.max_duration_sec,
  };
}

/** What a rule makes of a price, rounded to a micro-credit and never above what the platform takes. */
function priceBy(rule: PriceRule, nowMicro: number, worker: PricedWorker): number {
  switch (rule.mode) {
    case 'set':
      return rule.priceMicro;
    case 'percent':
      return Math.min(toMicro(maxPricePerMin), Math.round(nowMicro * (1 + rule.percent / 100)));
    case 'suggested':
      return suggestPrice(worker.gpus);
    case 'keep':
      return nowMicro;
  }
}

/** Each worker with what it has and what it would have, in the order of the list. */
export function changesBy(order: PriceOrder, workers: readonly PricedWorker[]): PriceChange[] {
  return workers.map((worker) => {
    const before = termsOf(worker);
    const after = { ...before, ...order.limits, priceMicro: priceBy(order.rule, before.priceMicro, worker) };
    return { workerId: worker.worker_id, before, after };
  });
}

export function isChange({ before, after }: PriceChange): boolean {
  return (
    before.priceMicro !== after.priceMicro || before.minSec !== after.minSec || before.maxSec !== after.maxSec
  );
}
