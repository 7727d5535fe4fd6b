/** Blocks: each key recorded once, durable before the miner's PUBACK, counted without scans. */
import type { Block } from '../../../contract/domain/block.ts';
import type { MinerMessages } from '../../../contract/mqtt/miner-messages.ts';
import { AppError } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Announcer } from '../../kernel/event-bus.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Fleet } from '../fleet/index.ts';
import type { BlockAssessment, BlockReport } from './assess-block.ts';
import type { BlockRepository, RecordedBlock } from './block.repository.ts';
import type { BlockEvents } from './blocks.events.ts';
import { SlidingCount } from './sliding-count.ts';

export interface BlocksOptions {
  readonly repository: BlockRepository;
  readonly fleet: Fleet;
  readonly bus: Announcer<BlockEvents>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Blocks kept in memory for `/api/monitoring/blocks/recent` and the feed's snapshot. */
const recentBlocks = 200;

/** Reports in one transaction, so that none holds the event loop for long. */
const reportsPerTransaction = 25;

const hourSec = 3600;
const daySec = 86_400;

interface PendingReport {
  readonly report: BlockReport;
  readonly settle: (outcome: RecordedBlock) => void;
  readonly fail: (error: unknown) => void;
}

export class Blocks implements Component {
  readonly name = 'blocks';
  readonly #options: BlocksOptions;
  #pending: PendingReport[] = [];
  #recent: Block[] = [];
  #total = 0;
  #selfMined = 0;
  #rejected = 0;
  #repeated = 0;
  #lastHour = new SlidingCount(hourSec);
  #lastDay = new SlidingCount(daySec);

  constructor(options: BlocksOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { repository, clock } = this.#options;
    this.#recent = await repository.loadRecent(recentBlocks);
    const totals = await repository.loadTotals();
    this.#total = totals.total;
    this.#selfMined = totals.selfMined;
    this.#lastHour = new SlidingCount(hourSec);
    this.#lastDay = new SlidingCount(daySec);
    for (const { second, count } of await repository.loadArrivals(clock.nowMs() - daySec * 1000)) {
      this.#lastHour.add(second * 1000, count);
      this.#lastDay.add(second * 1000, count);
    }
  }

  stop(): void {
    this.#recent = [];
  }

  /** Blocks that are not rejected, and how many of them were self-mined. */
  get totals(): { total: number; selfMined: number } {
    return { total: this.#total, selfMined: this.#selfMined };
  }

  /** Since the start: reports that were rejected, and reports of a key that was recorded before. */
  get refusals(): { rejected: number; repeated: number } {
    return { rejected: this.#rejected, repeated: this.#repeated };
  }

  /** Blocks of the last hour and of the last 24 hours. */
  get rates(): { lastHour: number; lastDay: number } {
    const nowMs = this.#options.clock.nowMs();
    return { lastHour: this.#lastHour.count(nowMs), lastDay: this.#lastDay.count(nowMs) };
  }

  /** The newest blocks first, at most 200. */
  recent(limit: number): Block[] {
    return this.#recent.slice(0, limit);
  }

  /**
   * Records a miner's report. Settles when it is durable; a repeated report settles too and counts nothing.
   *
   * @throws AppError when the worker can't be taken in
   */
  async report(workerId: string, message: MinerMessages['block']): Promise<void> {
    const { fleet, clock } = this.#options;
    await fleet.ensureKnown(workerId);
    if (!fleet.get(workerId)) throw new AppError('forbidden', `worker ${workerId} is not registered`);
    const report: BlockReport = {
      workerId,
      leaseId: message.lease_id,
      hash: message.hash,
      key: message.key,
      account: message.account,
      attempts: message.attempts,
      hashrate: message.hashrate,
      reportedAtMs: clock.nowMs(),
    };
    const outcome = await this.#store(report);
    if (outcome) this.#count(report, outcome);
    else this.#repeated += 1;
  }

  #store(report: BlockReport): Promise<RecordedBlock> {
    return new Promise((settle, fail) => {
      this.#pending.push({ report, settle, fail });
      if (this.#pending.length === 1) void this.#storePending();
    });
  }

  /** One write takes all reports that came until its transaction runs. */
  async #storePending(): Promise<void> {
    let taken: PendingReport[] | undefined;
    try {
      const outcomes = await this.#options.repository.record(() => {
        taken ??= this.#takePending();
        return taken.map(({ report }) => report);
      });
      taken?.forEach(({ settle }, index) => settle(outcomes[index]));
    } catch (error) {
      for (const { fail } of taken ?? this.#pending.splice(0)) fail(error);
    }
  }

  #takePending(): PendingReport[] {
    const taken = this.#pending.splice(0, reportsPerTransaction);
    if (this.#pending.length > 0) void this.#storePending();
    return taken;
  }

  #count(report: BlockReport, { verified, reason, prefixValid }: BlockAssessment): void {
    if (verified === 'rejected') {
      this.#rejected += 1;
      this.#options.logger.warn({ worker: report.workerId, lease: report.leaseId, reason }, 'block rejected');
    } else {
      this.#total += 1;
      this.#lastHour.add(report.reportedAtMs);
      this.#lastDay.add(report.reportedAtMs);
      const worker = this.#options.fleet.get(report.workerId);
      if (report.leaseId === '') this.#selfMined += 1;
      if (report.leaseId === '' && worker) worker.selfBlocksFound += 1;
      if (verified === 'proven' && worker) worker.provenBlocks += 1;
    }
    const block: Block = {
      lease_id: report.leaseId,
      worker_id: report.workerId,
      hash: report.hash,
      key: report.key,
      account: report.account,
      attempts: report.attempts,
      hashrate: report.hashrate,
      prefix_valid: prefixValid,
      chain_verified: false,
      chain_block_id: null,
      timestamp: toUnixSeconds(report.reportedAtMs),
      verified,
      reason,
    };
    this.#recent.unshift(block);
    if (this.#recent.length > recentBlocks) this.#recent.pop();
    this.#options.bus.emit('block.recorded', { block });
  }
}
