/** The fleet as it is shown: rows, pages and totals, computed from live state at each call. */
import { toCredits } from '../../../contract/domain/money.ts';
import type {
  FeedWorker,
  FleetWorker,
  Honesty,
  Reputation,
  Worker,
} from '../../../contract/domain/worker.ts';
import type { HealthData } from '../../../contract/ws/feed.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Fleet } from './fleet.service.ts';
import { toHonesty } from './honesty.ts';
import { isOnline, shownState, type LiveWorker } from './live-worker.ts';
import { WorkerOrder } from './worker-order.ts';

/** Filters of the fleet list; absent ones let everything through. */
export interface FleetFilter {
  readonly ethAddress: string;
  readonly state: string | undefined;
  readonly online: boolean | undefined;
  readonly search: string;
  /** Only workers that the honesty meter flags. */
  readonly isFlagged?: boolean;
  /** What else has to hold. */
  readonly passes?: (worker: LiveWorker) => boolean;
  /** Lower-case text in which `search` looks, too. */
  readonly moreText?: (worker: LiveWorker) => string;
}

export interface FleetTotals {
  total: number;
  online: number;
  /** H/s of the online workers. */
  hashrate: number;
  gpus: number;
  /** Of the online workers. */
  activeGpus: number;
}

/** H/s with two decimals: sums of floats otherwise show noise. */
export function roundHashrate(hashrate: number): number {
  return Math.round(hashrate * 100) / 100;
}

function toFleetWorker(worker: LiveWorker, nowMs: number, isMeasured: boolean): FleetWorker {
  return {
    worker_id: worker.workerId,
    eth_address: worker.ethAddress,
    state: shownState(worker),
    online: isOnline(worker, nowMs),
    hashrate: worker.hashrate,
    gpu_count: worker.gpuCount,
    active_gpus: worker.activeGpus,
    total_memory_gb: worker.totalMemoryGb,
    gpus: worker.gpus,
    version: worker.version,
    last_heartbeat: toUnixSeconds(worker.lastHeartbeatMs),
    self_blocks_found: worker.selfBlocksFound,
    price_per_min: toCredits(worker.pricePerMinMicro),
    honesty: toHonesty(worker, isMeasured),
    total_online_sec: Math.round(worker.totalOnlineMs / 1000),
  };
}

function toFeedWorker(worker: LiveWorker, nowMs: number, isMeasured: boolean): FeedWorker {
  return {
    ...toFleetWorker(worker, nowMs, isMeasured),
    registered_at: toUnixSeconds(worker.registeredAtMs),
    min_duration_sec: worker.minDurationSec,
    max_duration_sec: worker.maxDurationSec,
    last_online_at: toUnixSeconds(worker.lastOnlineAtMs),
  };
}

/** One row of `GET /api/workers`. */
export function toWorker(worker: LiveWorker, view: FleetView, reputation: Reputation): Worker {
  return {
    worker_id: worker.workerId,
    eth_address: worker.ethAddress,
    gpu_count: worker.gpuCount,
    total_memory_gb: worker.totalMemoryGb,
    gpus: worker.gpus,
    state: shownState(worker),
    online: view.isOnline(worker),
    hashrate: worker.hashrate,
    active_gpus: worker.activeGpus,
    last_heartbeat: toUnixSeconds(worker.lastHeartbeatMs),
    price_per_min: toCredits(worker.pricePerMinMicro),
    min_duration_sec: worker.minDurationSec,
    max_duration_sec: worker.maxDurationSec,
    self_blocks_found: worker.selfBlocksFound,
    honesty: view.honesty(worker),
    difficulty: worker.difficulty,
    current_address: worker.currentAddress,
    current_prefix: worker.currentPrefix,
    current_block_pattern: worker.currentBlockPattern,
    reputation,
  };
}

export class FleetView {
  readonly #fleet: Fleet;
  readonly #clock: Clock;
  readonly #isMeasured: boolean;
  readonly #byHashrate: WorkerOrder;

  /** @param isMeasured whether proofs are computed, so that claims can be held against them */
  constructor(fleet: Fleet, clock: Clock, isMeasured: boolean) {
    this.#fleet = fleet;
    this.#clock = clock;
    this.#isMeasured = isMeasured;
    this.#byHashrate = new WorkerOrder(fleet, (left, right) => right.hashrate - left.hashrate);
  }

  totals(): FleetTotals {
    const nowMs = this.#clock.nowMs();
    const totals = { total: this.#fleet.size, online: 0, hashrate: 0, gpus: 0, activeGpus: 0 };
    for (const worker of this.#fleet.all()) {
      totals.gpus += worker.gpuCount;
      if (!isOnline(worker, nowMs)) continue;
      totals.online += 1;
      totals.hashrate += worker.hashrate;
      totals.activeGpus += worker.activeGpus;
    }
    return { ...totals, hashrate: roundHashrate(totals.hashrate) };
  }

  /** One page of the workers that pass the filter, by hashrate, ties by id. `page` counts from 1. */
  page(filter: FleetFilter, order: 'asc' | 'desc', page: number, limit: number) {
    const nowMs = this.#clock.nowMs();
    const matching = this.#byHashrate.sorted().filter((worker) => this.#matches(worker, filter, nowMs));
    const start = (page - 1) * limit;
    const rows =
      order === 'desc'
        ? matching.slice(start, start + limit)
        : matching
            .slice(Math.max(0, matching.length - start - limit), Math.max(0, matching.length - start))
            .reverse();
    return {
      total: matching.length,
      items: rows.map((worker) => toFleetWorker(worker, nowMs, this.#isMeasured)),
    };
  }

  /** All workers that pass the filter. */
  select(filter: FleetFilter): LiveWorker[] {
    const nowMs = this.#clock.nowMs();
    return [...this.#fleet.all()].filter((worker) => this.#matches(worker, filter, nowMs));
  }

  /** The difficulty that most online workers mine at; 0 while none says. */
  reportedDifficulty(): number {
    const nowMs = this.#clock.nowMs();
    const votes = new Map<number, number>();
    let winner = 0;
    for (const worker of this.#fleet.all()) {
      if (worker.difficulty === 0 || !isOnline(worker, nowMs)) continue;
      const count = (votes.get(worker.difficulty) ?? 0) + 1;
      votes.set(worker.difficulty, count);
      if (count > (votes.get(winner) ?? 0)) winner = worker.difficulty;
    }
    return winner;
  }

  /** What a worker claims against what it proves. */
  honesty(worker: LiveWorker): Honesty {
    return toHonesty(worker, this.#isMeasured);
  }

  /** How many workers the honesty meter flags. */
  flaggedCount(): number {
    let count = 0;
    for (const worker of this.#fleet.all()) if (this.honesty(worker).flag !== '') count += 1;
    return count;
  }

  /** Whether a worker is online now. */
  isOnline(worker: LiveWorker): boolean {
    return isOnline(worker, this.#clock.nowMs());
  }

  /** All workers for the feed's snapshot. */
  feedWorkers(): FeedWorker[] {
    const nowMs = this.#clock.nowMs();
    return [...this.#fleet.all()].map((worker) => toFeedWorker(worker, nowMs, this.#isMeasured));
  }

  /** One worker for the feed. */
  feedWorker(worker: LiveWorker): FeedWorker {
    return toFeedWorker(worker, this.#clock.nowMs(), this.#isMeasured);
  }

  /** Workers that are offline, for the feed's health event. */
  offlineWorkers(): HealthData[] {
    const nowMs = this.#clock.nowMs();
    return [...this.#fleet.all()]
      .filter((worker) => !isOnline(worker, nowMs))
      .map((worker) => ({
        worker_id: worker.workerId,
        last_heartbeat: toUnixSeconds(worker.lastHeartbeatMs),
        offline_sec: Math.round((nowMs - worker.lastHeartbeatMs) / 1000),
      }));
  }

  #matches(worker: LiveWorker, filter: FleetFilter, nowMs: number): boolean {
    if (filter.ethAddress !== '' && worker.ethAddress.toLowerCase() !== filter.ethAddress.toLowerCase())
      return false;
    if (filter.state !== undefined && shownState(worker) !== filter.state) return false;
    if (filter.online !== undefined && isOnline(worker, nowMs) !== filter.online) return false;
    if (filter.isFlagged === true && this.honesty(worker).flag === '') return false;
    if (filter.passes?.(worker) === false) return false;
    const search = filter.search.toLowerCase();
    return (
      search === '' ||
      worker.searchText.includes(search) ||
      filter.moreText?.(worker).includes(search) === true
    );
  }
}
