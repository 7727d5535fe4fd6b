/** What belongs to a provider: its workers from live state, its money from figures that settlements keep. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { nameGpus } from '../../../contract/domain/gpu-name.ts';
import { toCredits } from '../../../contract/domain/money.ts';
import type { ProviderWorker } from '../../../contract/rest/provider.routes.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Caller } from '../../kernel/caller.ts';
import { dayOf, type Clock } from '../../kernel/clock.ts';
import { isOnline, roundHashrate, shownState, type Fleet, type LiveWorker } from '../fleet/index.ts';
import { activeLeasesOf, toSettlement, type LeaseListRepository, type Portion } from '../leases/index.ts';

const dayMs = 86_400_000;

export interface ProvidersOptions {
  readonly fleet: Fleet;
  readonly leases: LeaseListRepository;
  readonly clock: Clock;
  /** The account behind an account id, an address or a worker's id; undefined when there is none. */
  readonly accountOf: (id: string) => Promise<string | undefined>;
  /** An account and those that are linked to it: what they earned belongs together. */
  readonly withLinked: (accountId: string) => Promise<string[]>;
}

/** Whose figures somebody asks for. */
export interface Provider {
  /** As it was asked for; the account's id when it was not. */
  readonly providerId: string;
  readonly accountId: string;
}

export class Providers {
  readonly #options: ProvidersOptions;

  constructor(options: ProvidersOptions) {
    this.#options = options;
  }

  /**
   * @param providerId account id, address or worker id; empty: the caller
   * @throws AppError `bad_request` when nobody is named, `not_found` when there is nobody of this name
   */
  async resolve(providerId: string, caller: Caller): Promise<Provider> {
    if (providerId === '') {
      if (caller.kind === 'trusted' || caller.kind === 'anonymous')
        throw new AppError('bad_request', 'provider_id is missing: whose figures?');
      return { providerId: caller.accountId, accountId: caller.accountId };
    }
    const accountId = await this.#options.accountOf(providerId);
    if (accountId === undefined) throw new AppError('not_found', `There is no provider ${providerId}.`);
    return { providerId, accountId };
  }

  /** The same provider's account and those that are linked to it. */
  async accountsOf(providerId: string, caller: Caller): Promise<[string, ...string[]]> {
    const { accountId } = await this.resolve(providerId, caller);
    const linked = await this.#options.withLinked(accountId);
    return [accountId, ...linked.filter((id) => id !== accountId)];
  }

  async dashboard({ providerId, accountId }: Provider) {
    const { leases, clock, withLinked } = this.#options;
    const nowMs = clock.nowMs();
    const workers = this.#workersOf(accountId);
    const online = workers.filter((worker) => isOnline(worker, nowMs));
    const hashrate = online.reduce((sum, worker) => sum + worker.hashrate, 0);
    const totals = await leases.totalsOf(...(await withLinked(accountId)));
    const selfMined = workers.reduce((sum, worker) => sum + worker.selfBlocksFound, 0);
    return {
      provider_id: providerId,
      account_id: accountId,
      worker_count: workers.length,
      online_workers: online.length,
      total_earned: toCredits(totals.provider.moneyMicro),
      active_leases: activeLeasesOf(totals.provider),
      settled_leases: totals.provider.settlements,
      total_blocks_mined: selfMined + totals.providerBlocks,
      avg_hashrate: online.length === 0 ? 0 : roundHashrate(hashrate / online.length),
    };
  }

  /** Settled leases, newest first. */
  async earnings({ providerId, accountId }: Provider, portion: Portion) {
    const { leases, withLinked } = this.#options;
    const accountIds = await withLinked(accountId);
    const { provider } = await leases.totalsOf(...accountIds);
    const rows = portion.offset < provider.settlements ? await leases.settlements(accountIds, portion) : [];
    return {
      provider_id: providerId,
      earnings: rows.map(toSettlement),
      total: provider.settlements,
      ...portion,
    };
  }

  /** What was settled on each of the last days by a clock that is so many minutes ahead of UTC, oldest first. */
  async dailyEarnings({ providerId, accountId }: Provider, dayCount: number, utcOffsetMin: number) {
    const { leases, withLinked, clock } = this.#options;
    const accountIds = await withLinked(accountId);
    const today = dayOf(clock.nowMs(), utcOffsetMin);
    const days = [];
    for (let ago = dayCount - 1; ago >= 0; ago -= 1) {
      const { beginMs, date } = dayOf(today.beginMs - ago * dayMs, utcOffsetMin);
      const sums = await leases.settledWithin(accountIds, beginMs, beginMs + dayMs);
      days.push({ date, earned: toCredits(sums.payoutMicro), leases: sums.leases, blocks: sums.blocks });
      // A year of a large provider is read day by day, so that none holds the event loop for long.
      await nextTurn();
    }
    return { provider_id: providerId, days };
  }

  /** All settled leases, oldest first; those of linked accounts after its own. */
  async *allEarnings({ accountId }: Provider) {
    const { leases, withLinked } = this.#options;
    for (const id of await withLinked(accountId)) {
      for await (const row of leases.allSettlements(id)) yield toSettlement(row);
    }
  }

  /** One page of the workers, by id; `page` counts from 1. */
  workers({ accountId }: Provider, page: number, limit: number) {
    const nowMs = this.#options.clock.nowMs();
    const workers = this.#workersOf(accountId);
    const items = workers
      .toSorted((left, right) => (left.workerId < right.workerId ? -1 : 1))
      .slice((page - 1) * limit, page * limit)
      .map((worker) => toProviderWorker(worker, nowMs));
    return { total: workers.length, items };
  }

  #workersOf(accountId: string): LiveWorker[] {
    return [...this.#options.fleet.all()].filter((worker) => worker.accountId === accountId);
  }
}

function toProviderWorker(worker: LiveWorker, nowMs: number): ProviderWorker {
  return {
    worker_id: worker.workerId,
    state: shownState(worker),
    online: isOnline(worker, nowMs),
    hashrate: worker.hashrate,
    gpu_count: worker.gpuCount,
    active_gpus: worker.activeGpus,
    gpu_name: nameGpus(worker.gpus, worker.gpuCount),
    memory_gb: worker.totalMemoryGb,
    price_per_min: toCredits(worker.pricePerMinMicro),
    self_blocks_found: worker.selfBlocksFound,
    total_online_sec: Math.round(worker.totalOnlineMs / 1000),
  };
}
