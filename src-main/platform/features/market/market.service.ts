/** Which workers can be rented, on what terms, and what it would cost: all from live state (domain.md, Marketplace). */
import { blocksPerHash } from '../../../contract/domain/block-probability.ts';
import { suggestPrice } from '../../../contract/domain/gpu-prices.ts';
import type {
  Estimate,
  Listing,
  ListingOrder,
  PriceSuggestion,
  Pricing,
} from '../../../contract/domain/market.ts';
import { costOf, splitCost, toCredits } from '../../../contract/domain/money.ts';
import { AppError } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import {
  isOnline,
  shownState,
  WorkerOrder,
  type Fleet,
  type FleetView,
  type LiveWorker,
  type WorkerTerms,
} from '../fleet/index.ts';
import type { Reputations } from '../reputation/index.ts';
import { matchesListing, type ListingFilter } from './listing-filter.ts';

export interface MarketOptions {
  readonly fleet: Fleet;
  readonly view: Pick<FleetView, 'honesty'>;
  readonly reputations: Reputations;
  readonly clock: Clock;
  readonly hasActiveLease: (workerId: string) => boolean;
  /** What makes a hash a block; empty for the network's own marker. */
  readonly blockMarker: string;
}

/** What an offer has to be able to do. */
export interface Demand {
  /** H/s. */
  readonly minHashrate?: number | undefined;
}

const comparisons: Record<ListingOrder, (left: LiveWorker, right: LiveWorker) => number> = {
  price: (left, right) => left.pricePerMinMicro - right.pricePerMinMicro,
  hashrate: (left, right) => right.hashrate - left.hashrate,
  gpus: (left, right) => right.gpuCount - left.gpuCount,
  memory: (left, right) => right.totalMemoryGb - left.totalMemoryGb,
};

export class Market {
  readonly #options: MarketOptions;
  readonly #orders: Record<ListingOrder, WorkerOrder>;
  readonly #blocksPerHash: number;

  constructor(options: MarketOptions) {
    this.#options = options;
    const orderBy = (order: ListingOrder) => new WorkerOrder(options.fleet, comparisons[order]);
    this.#orders = {
      price: orderBy('price'),
      hashrate: orderBy('hashrate'),
      gpus: orderBy('gpus'),
      memory: orderBy('memory'),
    };
    this.#blocksPerHash = blocksPerHash(options.blockMarker);
  }

  /** Whether a worker can be rented now: listed, online, AVAILABLE and without a lease. */
  isAvailable(worker: LiveWorker): boolean {
    return this.#isAvailableAt(worker, this.#options.clock.nowMs());
  }

  /** One page of the workers that pass the filter; `page` counts from 1. */
  page(filter: ListingFilter, order: ListingOrder, page: number, limit: number) {
    const nowMs = this.#options.clock.nowMs();
    const matching = this.#orders[order]
      .sorted()
      .filter(
        (worker) =>
          (!filter.availableOnly || this.#isAvailableAt(worker, nowMs)) && matchesListing(worker, filter),
      );
    const rows = matching.slice((page - 1) * limit, page * limit);
    return { total: matching.length, items: rows.map((worker) => this.#toListing(worker, nowMs)) };
  }

  /** Workers that can be rented for a time now: cheapest first, of one price the one of higher reputation. */
  candidates(durationSec: number, { minHashrate = 0 }: Demand = {}): LiveWorker[] {
    const { fleet, clock, reputations } = this.#options;
    const nowMs = clock.nowMs();
    const fitting: { worker: LiveWorker; score: number }[] = [];
    for (const worker of fleet.all()) {
      const fits = worker.hashrate >= minHashrate && allows(worker, durationSec);
      if (fits && this.#isAvailableAt(worker, nowMs))
        fitting.push({ worker, score: reputations.scoreOf(worker) });
    }
    fitting.sort(
      (left, right) =>
        left.worker.pricePerMinMicro - right.worker.pricePerMinMicro || right.score - left.score,
    );
    return fitting.map(({ worker }) => worker);
  }

  /**
   * What a lease would cost.
   *
   * @param workerId empty: the cheapest that can be rented now
   * @throws AppError `not_found` when none fits, `bad_request` when the worker is not rented for this time
   */
  estimate(durationSec: number, workerId: string, demand: Demand): Estimate {
    const worker = workerId === '' ? this.#cheapest(durationSec, demand) : this.#require(workerId);
    const { minHashrate = 0 } = demand;
    if (!allows(worker, durationSec))
      throw new AppError(
        'bad_request',
        `${worker.workerId} can be rented for ${worker.minDurationSec} to ${worker.maxDurationSec} seconds.`,
      );
    if (worker.hashrate < minHashrate)
      throw new AppError(
        'not_found',
        `${worker.workerId} reports ${worker.hashrate} H/s now, less than asked for.`,
      );
    const costMicro = costOf(worker.pricePerMinMicro, durationSec * 1000);
    const { payoutMicro, feeMicro } = splitCost(costMicro);
    return {
      ...toPricing(worker),
      duration_sec: durationSec,
      total_cost: toCredits(costMicro),
      provider_payout: toCredits(payoutMicro),
      platform_fee: toCredits(feeMicro),
      hashrate: worker.hashrate,
      available: this.isAvailable(worker),
      expected_blocks: worker.hashrate > 0 ? worker.hashrate * durationSec * this.#blocksPerHash : null,
    };
  }

  /** @throws AppError `not_found` */
  pricing(workerId: string): Pricing {
    return toPricing(this.#require(workerId));
  }

  /** Sets the terms of a worker for leases to come; durable when it settles. @throws AppError `not_found` */
  async setPricing(workerId: string, terms: WorkerTerms): Promise<Pricing> {
    const worker = this.#require(workerId);
    await this.#options.fleet.setTerms(workerId, terms);
    return toPricing(worker);
  }

  /** A price for the GPUs of a worker. @throws AppError `not_found` */
  suggestPricing(workerId: string): PriceSuggestion {
    const worker = this.#require(workerId);
    return {
      worker_id: workerId,
      suggested_price_per_min: toCredits(suggestPrice(worker.gpus)),
      gpu_count: worker.gpuCount,
      total_memory_gb: worker.totalMemoryGb,
      current_price_per_min: toCredits(worker.pricePerMinMicro),
    };
  }

  #isAvailableAt(worker: LiveWorker, nowMs: number): boolean {
    return (
      worker.listed &&
      shownState(worker) === 'AVAILABLE' &&
      isOnline(worker, nowMs) &&
      !this.#options.hasActiveLease(worker.workerId)
    );
  }

  #cheapest(durationSec: number, demand: Demand): LiveWorker {
    const [worker] = this.candidates(durationSec, demand);
    if (!worker)
      throw new AppError(
        'not_found',
        `No worker can be rented for ${durationSec} seconds now${demand.minHashrate ? ' at this hashrate' : ''}.`,
      );
    return worker;
  }

  #require(workerId: string): LiveWorker {
    const worker = this.#options.fleet.get(workerId);
    if (!worker) throw new AppError('not_found', `There is no worker ${workerId}.`);
    return worker;
  }

  #toListing(worker: LiveWorker, nowMs: number): Listing {
    return {
      ...toPricing(worker),
      state: shownState(worker),
      gpu_count: worker.gpuCount,
      total_memory_gb: worker.totalMemoryGb,
      gpus: worker.gpus,
      hashrate: worker.hashrate,
      eth_address: worker.ethAddress,
      last_heartbeat: toUnixSeconds(worker.lastHeartbeatMs),
      available: this.#isAvailableAt(worker, nowMs),
      online: isOnline(worker, nowMs),
      reputation: this.#options.reputations.of(worker),
      honesty: this.#options.view.honesty(worker),
    };
  }
}

function allows(worker: LiveWorker, durationSec: number): boolean {
  return durationSec >= worker.minDurationSec && durationSec <= worker.maxDurationSec;
}

function toPricing(worker: LiveWorker): Pricing {
  return {
    worker_id: worker.workerId,
    price_per_min: toCredits(worker.pricePerMinMicro),
    min_duration_sec: worker.minDurationSec,
    max_duration_sec: worker.maxDurationSec,
  };
}
