/** Leases and settlements as calls read them. */
import type { Block } from '../../../contract/domain/block.ts';
import type { LeaseDetails } from '../../../contract/domain/lease.ts';
import { AppError } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { LeaseRow, SettlementRow } from '../../storage/schema.ts';
import type { LeaseFilter, LeaseListRepository, Portion } from './lease-list.repository.ts';
import type { LeaseRepository } from './lease.repository.ts';
import type { Leases } from './lease.service.ts';
import { toLease, toSettlement, toStatement } from './lease-view.ts';
import { computeBill, type Bill } from './settlement.ts';

export interface LeaseArchiveOptions {
  readonly leases: Leases;
  readonly repository: LeaseRepository;
  readonly lists: LeaseListRepository;
  readonly clock: Clock;
  /** The blocks of a lease, rejected ones included, newest first. */
  readonly blocksOf: (leaseId: string) => Promise<Block[]>;
}

export class LeaseArchive {
  readonly #options: LeaseArchiveOptions;

  constructor(options: LeaseArchiveOptions) {
    this.#options = options;
  }

  /** An offset list, newest first. @param search text that names them; empty: all that pass */
  async list(filter: LeaseFilter, portion: Portion, search = '') {
    const { lists, leases, clock } = this.#options;
    const { rows, total } =
      search === '' ? await this.#page(filter, portion) : await lists.search(search, filter, portion);
    const costs = await lists.costsOf(rows.map((row) => row.lease_id));
    const items = rows.map((row) =>
      toLease(row, clock.nowMs(), leases.find(row.lease_id), costs.get(row.lease_id)),
    );
    return { items, total, ...portion };
  }

  async #page(filter: LeaseFilter, portion: Portion) {
    const { lists } = this.#options;
    const total = await lists.count(filter);
    return { total, rows: portion.offset < total ? await lists.leases(filter, portion) : [] };
  }

  /** Settled leases of the whole platform, newest first. */
  async settlements(portion: Portion) {
    const rows = await this.#options.lists.settlements(undefined, portion);
    return { items: rows.map(toSettlement), total: this.#options.leases.counts.settlements, ...portion };
  }

  /**
   * A lease with its blocks, its settlement, and a statement that explains every number of it.
   *
   * @throws AppError `not_found`
   */
  async details(leaseId: string): Promise<LeaseDetails> {
    const { repository, leases, clock, blocksOf } = this.#options;
    const row = await repository.find(leaseId);
    if (!row) throw new AppError('not_found', `There is no lease ${leaseId}.`);
    const settlement = await repository.settlementOf(leaseId);
    const live = leases.find(leaseId);
    const miningSinceMs = live?.miningSinceMs ?? row.mining_since_ms;
    return {
      ...toLease(row, clock.nowMs(), live, settlement?.total_cost_micro),
      mining_since: miningSinceMs === null ? null : toUnixSeconds(miningSinceMs),
      blocks: await blocksOf(leaseId),
      ...(settlement ? { settlement: toSettlement(settlement) } : {}),
      statement: toStatement(
        row,
        row.imported === 1 && settlement
          ? billAsSettled(settlement)
          : await this.#billOf(row, settlement?.unpaid_since_ms ?? live?.idleSinceMs ?? undefined),
        await repository.transactionsOf(leaseId),
        settlement !== undefined || row.imported === 1,
      ),
    };
  }

  /** Computed from what was observed: for an ended lease it has to come out as it was settled. */
  async #billOf(row: LeaseRow, unpaidSinceMs: number | undefined) {
    const { repository, clock } = this.#options;
    const endedAtMs = row.ended_at_ms ?? clock.nowMs();
    return computeBill({
      createdAtMs: row.created_at_ms,
      endedAtMs,
      durationSec: row.duration_sec,
      pricePerMinMicro: row.price_per_min_micro,
      heldMicro: row.held_micro,
      outages: await repository.outages(row.worker_id, row.created_at_ms, endedAtMs),
      unpaidSinceMs,
    });
  }
}

/** What the earlier platform settled stays as it was: its prices were no whole numbers. */
function billAsSettled(settlement: SettlementRow): Bill {
  return {
    elapsedMs: settlement.elapsed_ms,
    gaps: [],
    downtimeMs: settlement.downtime_ms,
    billedMs: settlement.billed_ms,
    costMicro: settlement.total_cost_micro,
    payoutMicro: settlement.provider_payout_micro,
    feeMicro: settlement.platform_fee_micro,
    refundMicro: settlement.refund_micro,
  };
}
