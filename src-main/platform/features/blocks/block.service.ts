/** Blocks: each key counted once, durable before the miner's PUBACK, counted without scans. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { VerifyMode } from '../../../contract/config.ts';
import type { Block } from '../../../contract/domain/block.ts';
import type { MinerMessages } from '../../../contract/mqtt/miner-messages.ts';
import { AppError, messageOf } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Announcer } from '../../kernel/event-bus.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Fleet } from '../fleet/index.ts';
import { isUnchecked, type ProofChecker, type ProofResult } from '../proof/index.ts';
import { mayCount, refuseLease, type BlockClaim, type BlockReport } from './assess-block.ts';
import { forgottenAtOnce, keptUncounted } from './forget-blocks.ts';
import type { BlockListRepository, BlockTotals, Portion } from './block-list.repository.ts';
import type { BlockRepository, RecordedBlock } from './block.repository.ts';
import type { BlockFilter, BlockSearchRepository, FoundBlocks } from './block-search.repository.ts';
import type { BlockEvents } from './blocks.events.ts';
import { RecordAllowance } from './record-allowance.ts';
import { ReportQueue } from './report-queue.ts';
import { SlidingCount } from './sliding-count.ts';

export interface BlocksOptions {
  readonly repository: BlockRepository;
  readonly lists: BlockListRepository;
  readonly searches: BlockSearchRepository;
  readonly fleet: Fleet;
  readonly proofs: Pick<ProofChecker, 'examine' | 'classify' | 'hash'>;
  readonly verify: VerifyMode;
  /** A block counts for a lease: its worker mines for it. */
  readonly minedFor: (leaseId: string) => void;
  /** A block names a lease that is none: its worker mines for nobody. */
  readonly minedForNobody: (workerId: string, leaseId: string) => void;
  readonly bus: Announcer<BlockEvents>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Blocks kept in memory for `/api/monitoring/blocks/recent` and the feed's snapshot. */
const recentBlocks = 200;

const hourSec = 3600;
const daySec = 86_400;

/** Of a flood of rejected reports the log shows the beginning and then a sample; the counter has them all. */
const loggedRejections = 100;
const rejectionsPerSample = 1000;

/** Of a lease's blocks, at most so many are shown at once. */
const wholeLease: Portion = { limit: 500, offset: 0 };

/** The same report came again: nothing is to be done. */
const repeated = Symbol('repeated');

export class Blocks implements Component {
  readonly name = 'blocks';
  readonly #options: BlocksOptions;
  readonly #queue: ReportQueue;
  readonly #allowance = new RecordAllowance();
  readonly #underWay = new Set<Promise<void>>();
  /** Reports since the start by verdict and reason. */
  readonly #verdicts = new Map<string, { verdict: string; reason: string; count: number }>();
  #recent: Block[] = [];
  #totals: BlockTotals = { total: 0, selfMined: 0, recorded: 0, recordedSelfMined: 0 };
  #rejected = 0;
  #repeated = 0;
  #unrecorded = 0;
  #forgetting: Promise<void> | undefined;
  #lastHour = new SlidingCount(hourSec);
  #lastDay = new SlidingCount(daySec);

  constructor(options: BlocksOptions) {
    this.#options = options;
    this.#queue = new ReportQueue((take) => options.repository.record(take, options.verify));
  }

  async start(): Promise<void> {
    const { lists, clock } = this.#options;
    this.#recent = await lists.newest({ limit: recentBlocks, offset: 0 });
    this.#totals = await lists.loadTotals();
    this.#lastHour = new SlidingCount(hourSec);
    this.#lastDay = new SlidingCount(daySec);
    for (const { second, count } of await lists.loadArrivals(clock.nowMs() - daySec * 1000)) {
      this.#lastHour.add(second * 1000, count);
      this.#lastDay.add(second * 1000, count);
    }
  }

  /** Waits for the reports under way. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.#forgetting;
    this.#recent = [];
  }

  get totals(): BlockTotals {
    return this.#totals;
  }

  /**
   * Since the start: reports that were rejected, reports that came again, and reports of a flood that were not
   * kept.
   */
  get refusals(): { rejected: number; repeated: number; unrecorded: number } {
    return { rejected: this.#rejected, repeated: this.#repeated, unrecorded: this.#unrecorded };
  }

  /** Reports since the start by verdict and reason. */
  get verdicts(): Iterable<{ readonly verdict: string; readonly reason: string; readonly count: number }> {
    return this.#verdicts.values();
  }

  /** Blocks that count, of the last hour and of the last 24 hours. */
  get rates(): { lastHour: number; lastDay: number } {
    const nowMs = this.#options.clock.nowMs();
    return { lastHour: this.#lastHour.count(nowMs), lastDay: this.#lastDay.count(nowMs) };
  }

  /** The newest blocks first, at most 200, whatever they are worth. */
  recent(limit: number): Block[] {
    return this.#recent.slice(0, limit);
  }

  /** A page of all blocks, newest first. */
  async list(portion: Portion): Promise<FoundBlocks> {
    const items = await this.#options.lists.newest(portion);
    return { items, total: this.#totals.recorded, isExact: true };
  }

  /** A page of the blocks that pass, newest first. */
  search(filter: BlockFilter, portion: Portion): Promise<FoundBlocks> {
    return this.#options.searches.search(filter, portion);
  }

  /** @throws AppError `not_found` */
  async find(blockId: number): Promise<Block> {
    const block = await this.#options.searches.find(blockId);
    if (!block) throw new AppError('not_found', `There is no block ${blockId}.`);
    return block;
  }

  /** A page of the self-mined blocks, newest first, of one worker or (empty) of all. */
  async listSelfMined(workerId: string, portion: Portion): Promise<{ items: Block[]; total: number }> {
    const { lists } = this.#options;
    return workerId === ''
      ? { items: await lists.ofLease('', portion), total: this.#totals.recordedSelfMined }
      : { items: await lists.selfMinedOf(workerId, portion), total: await lists.countSelfMinedOf(workerId) };
  }

  /** Blocks that were reported for a lease, newest first, whatever they are worth. */
  ofLease(leaseId: string, portion: Portion = wholeLease): Promise<Block[]> {
    return this.#options.lists.ofLease(leaseId, portion);
  }

  /** The chain accepted a key; miners report a block before they post it there. Durable when it settles. */
  async markOnChain(key: string, chainBlockId: number): Promise<void> {
    await this.#options.repository.markOnChain(key, chainBlockId);
    // A report that shared the transaction is only now on its way into the list.
    await nextTurn();
    const lowerKey = key.toLowerCase();
    this.#recent = this.#recent.map((block) =>
      block.verified !== 'rejected' && block.key.toLowerCase() === lowerKey
        ? { ...block, chain_verified: true, chain_block_id: chainBlockId }
        : block,
    );
  }

  /**
   * Records a miner's report. Settles when it is durable; a repeated report settles too and counts nothing, and
   * so does what is too much of what counts for nothing.
   *
   * @throws AppError when the worker can't be taken in
   */
  report(workerId: string, message: MinerMessages['block']): Promise<void> {
    const work = this.#take(workerId, message);
    this.#underWay.add(work);
    const done = () => void this.#underWay.delete(work);
    work.then(done, done);
    return work;
  }

  async #take(workerId: string, message: MinerMessages['block']): Promise<void> {
    const { fleet, clock, verify } = this.#options;
    await fleet.ensureKnown(workerId);
    const claim: BlockClaim = {
      workerId,
      leaseId: message.lease_id,
      hash: message.hash,
      key: message.key,
      account: message.account,
      attempts: message.attempts,
      hashrate: message.hashrate,
      reportedAtMs: clock.nowMs(),
    };
    const proof = await this.#prove(claim);
    if (proof === repeated) return void (this.#repeated += 1);
    if (!mayCount(proof, verify) && !this.#allowance.take(workerId, clock.nowMs())) {
      this.#unrecorded += 1;
      return this.#countVerdict(proof.verdict, proof.reason);
    }
    const report = { ...claim, proof };
    const outcome = await this.#queue.add(report);
    if (!outcome) return void (this.#repeated += 1);
    this.#count(report, outcome);
    if (this.#uncounted >= keptUncounted + forgottenAtOnce)
      this.#forgetting ??= this.#forget().finally(() => (this.#forgetting = undefined));
  }

  /** Deletes reports that count for nothing, beyond those that are kept. Returns how many there were. */
  async forgetOld(): Promise<number> {
    const before = this.#totals.recorded;
    this.#forgetting ??= this.#forget().finally(() => (this.#forgetting = undefined));
    await this.#forgetting;
    return Math.max(0, before - this.#totals.recorded);
  }

  get #uncounted(): number {
    return this.#totals.recorded - this.#totals.total;
  }

  async #forget(): Promise<void> {
    try {
      while (this.#uncounted > keptUncounted) {
        const limit = Math.min(forgottenAtOnce, this.#uncounted - keptUncounted);
        const leaseIds = await this.#options.repository.forgetUncounted(limit);
        if (leaseIds.length === 0) return;
        const { recorded, recordedSelfMined } = this.#totals;
        this.#totals = {
          ...this.#totals,
          recorded: recorded - leaseIds.length,
          recordedSelfMined: recordedSelfMined - leaseIds.filter((id) => id === '').length,
        };
      }
    } catch (error) {
      this.#options.logger.error(`old reports not deleted: ${messageOf(error)}`);
    }
  }

  /** Looks at the proof; the dear part comes only after everything that is cheap was right. */
  async #prove(claim: BlockClaim): Promise<ProofResult | typeof repeated> {
    const { proofs, verify, repository } = this.#options;
    const { key, hash, account, reportedAtMs, workerId, leaseId } = claim;
    if (verify === 'off')
      return { verdict: 'unproven', reason: 'not_checked', type: proofs.classify(hash, reportedAtMs) };
    const isLeased = leaseId !== '';
    const examined = proofs.examine({ key, hash, account, arrivedAtMs: reportedAtMs, isLeased });
    if (!isUnchecked(examined)) return examined;
    const { lease, holder } = await repository.surroundings(leaseId, key);
    const { type } = examined.ifRight;
    const leaseRefusal = refuseLease(claim, lease, verify);
    if (leaseRefusal) return { verdict: 'rejected', reason: leaseRefusal, type };
    if (holder) {
      const isOwn = holder.workerId === workerId && holder.leaseId === leaseId;
      if (isOwn && holder.key === key && holder.hash === hash) return repeated;
      if (!isOwn) return { verdict: 'rejected', reason: 'duplicate_key', type };
    }
    return proofs.hash(workerId, examined);
  }

  #countVerdict(verdict: string, reason: string): void {
    const entry = this.#verdicts.get(`${verdict} ${reason}`) ?? { verdict, reason, count: 0 };
    entry.count += 1;
    this.#verdicts.set(`${verdict} ${reason}`, entry);
    if (verdict === 'rejected') this.#rejected += 1;
  }

  #count(report: BlockReport, outcome: NonNullable<RecordedBlock>): void {
    const { verified, reason, prefixValid, type, counted, chainBlockId, blockId } = outcome;
    const isSelfMined = report.leaseId === '';
    this.#countVerdict(verified, reason);
    const { total, selfMined, recorded, recordedSelfMined } = this.#totals;
    this.#totals = {
      total: total + (counted ? 1 : 0),
      selfMined: selfMined + (counted && isSelfMined ? 1 : 0),
      recorded: recorded + 1,
      recordedSelfMined: recordedSelfMined + (isSelfMined ? 1 : 0),
    };
    if (reason === 'unknown_lease') this.#options.minedForNobody(report.workerId, report.leaseId);
    if (verified === 'rejected') this.#logRejection(report, reason);
    if (counted && !isSelfMined) this.#options.minedFor(report.leaseId);
    if (counted) this.#countForWorker(report, verified === 'proven', type);
    const block: Block = {
      block_id: blockId,
      lease_id: report.leaseId,
      worker_id: report.workerId,
      hash: report.hash,
      key: report.key,
      account: report.account,
      attempts: report.attempts,
      hashrate: report.hashrate,
      prefix_valid: prefixValid,
      chain_verified: chainBlockId !== null,
      chain_block_id: chainBlockId,
      block_type: type,
      counted,
      timestamp: toUnixSeconds(report.reportedAtMs),
      verified,
      reason,
    };
    this.#recent.unshift(block);
    if (this.#recent.length > recentBlocks) this.#recent.pop();
    this.#options.bus.emit('block.recorded', { block });
  }

  #logRejection({ workerId: worker, leaseId: lease }: BlockReport, reason: string): void {
    const count = this.#rejected;
    if (count <= loggedRejections || count % rejectionsPerSample === 0)
      this.#options.logger.warn({ worker, lease, reason, count }, 'block rejected');
  }

  #countForWorker(report: BlockReport, isProven: boolean, type: Block['block_type']): void {
    this.#lastHour.add(report.reportedAtMs);
    this.#lastDay.add(report.reportedAtMs);
    const worker = this.#options.fleet.get(report.workerId);
    if (!worker) return;
    if (report.leaseId === '') worker.selfBlocksFound += 1;
    if (isProven) worker.provenBlocks += 1;
    if (isProven && type !== 'xuni') worker.provenMarkerBlocks += 1;
  }
}
