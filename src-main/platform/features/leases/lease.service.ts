/** Leases: rented, watched, ended and settled exactly once (domain.md, Lease). */
import { randomBytes, randomUUID } from 'node:crypto';
import { getAddress } from 'viem/utils';
import { costOf, toCredits } from '../../../contract/domain/money.ts';
import { AppError, messageOf } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Announcer } from '../../kernel/event-bus.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { LiveWorker } from '../fleet/index.ts';
import { beginLease, resumeLease, type ActiveLease } from './active-lease.ts';
import { ActiveLeases } from './active-leases.ts';
import { endByConsumer, endOfTime, type LeaseEnd } from './lease-end.ts';
import type { LeaseCounts, LeaseRepository, LeaseTally, SettledLease } from './lease.repository.ts';
import type { LeaseEvents } from './leases.events.ts';
import { Openings } from './openings.ts';
import type { SendTask } from './send-task.ts';

export interface LeasesOptions {
  readonly repository: LeaseRepository;
  readonly bus: Announcer<LeaseEvents>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sendTask: SendTask;
  readonly workerOf: (workerId: string) => LiveWorker | undefined;
  /** Whether the market offers a worker now. */
  readonly isListed: (worker: LiveWorker) => boolean;
  /** Listings that take a lease of this duration, the one to prefer first. */
  readonly candidates: (durationSec: number) => readonly LiveWorker[];
}

/** What somebody wants to rent. */
export interface RentRequest {
  readonly consumerId: string;
  /** Mined for; in any case. */
  readonly consumerAddress: string;
  readonly durationSec: number;
  /** Empty: any worker. */
  readonly workerId: string;
  /** The account that asks. */
  readonly actor: string;
}

const noLeases: Readonly<LeaseTally> = { completed: 0, ended: 0 };

/** Hashrates are collected this long before they are stored. */
const saveHashratesEveryMs = 10_000;

export class Leases implements Component {
  readonly name = 'leases';
  readonly #options: LeasesOptions;
  readonly #active = new ActiveLeases();
  readonly #openings = new Openings();
  readonly #ending = new Set<Promise<unknown>>();
  #tallies = new Map<string, LeaseTally>();
  #counts: LeaseCounts = { leases: 0, settlements: 0, feesMicro: 0 };
  #hashratesSavedAtMs = 0;

  constructor(options: LeasesOptions) {
    this.#options = options;
  }

  /**
   * Loads the leases under way; those whose time was over while the platform was down are settled now. One that
   * can't be settled keeps nobody from starting: the watchdog tries again.
   */
  async start(): Promise<void> {
    const { repository, clock } = this.#options;
    this.#active.clear();
    this.#tallies = await repository.loadTallies();
    this.#counts = await repository.loadCounts();
    this.#hashratesSavedAtMs = clock.nowMs();
    for (const row of await repository.loadActive()) this.#active.add(resumeLease(row, clock.nowMs()));
    const expired = [...this.#active.all()].filter((lease) => lease.expiresAtMs <= clock.nowMs());
    for (const lease of expired) await this.endOnItsOwn(lease, endOfTime(lease));
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.#ending);
    await this.#options.repository.saveHashrates([...this.#active.all()]);
    this.#active.clear();
  }

  get activeCount(): number {
    return this.#active.size;
  }

  /** All leases of the platform, without a scan. */
  get counts(): Readonly<LeaseCounts> {
    return this.#counts;
  }

  /** Leases under way. */
  active(): Iterable<ActiveLease> {
    return this.#active.all();
  }

  /** At most one lease a worker is active (domain.md, Lease). */
  hasActiveLease(workerId: string): boolean {
    return this.#active.ofWorker(workerId) !== undefined;
  }

  /** It is rented out, or about to be: its lease may be on disk already. */
  isTaken(workerId: string): boolean {
    return this.hasActiveLease(workerId) || this.#openings.has(workerId);
  }

  /**
   * Whether a worker's register may be answered now. In the middle of a lease the answer would end its work: then it
   * is sent when the lease ends, or does not begin (mqtt.md).
   */
  mayAcknowledge(workerId: string): boolean {
    const lease = this.#active.ofWorker(workerId);
    if (lease) lease.owesRegisterAck = true;
    else if (this.#openings.has(workerId)) this.#openings.oweRegisterAck(workerId);
    else return true;
    return false;
  }

  activeOf(workerId: string): ActiveLease | undefined {
    return this.#active.ofWorker(workerId);
  }

  /** A lease under way by its id. */
  find(leaseId: string): ActiveLease | undefined {
    return this.#active.byId(leaseId);
  }

  /** Ended leases of a worker. */
  tallyOf(workerId: string): Readonly<LeaseTally> {
    return this.#tallies.get(workerId) ?? noLeases;
  }

  /**
   * Rents a worker, or any: holds the full price, tells the worker. Durable when it settles.
   *
   * @throws AppError `bad_request` for a duration outside the worker's limits or an unknown consumer,
   *   `payment_required`, `not_found` when no worker is to be had
   */
  async rent(request: RentRequest): Promise<ActiveLease> {
    if (request.workerId !== '') return this.#rentWorker(this.#requireListed(request), request);
    const candidates = this.#options.candidates(request.durationSec);
    // Those for which a lease is just being written come last: it may still fail.
    const isFree = (worker: LiveWorker) => !this.#openings.has(worker.workerId);
    const inOrder = [...candidates.filter(isFree), ...candidates.filter((worker) => !isFree(worker))];
    for (const worker of inOrder) {
      const lease = await this.#tryRent(worker, request);
      if (lease) return lease;
    }
    throw new AppError(
      'not_found',
      `No worker is available for ${request.durationSec} s now; try another duration, or later.`,
    );
  }

  /**
   * Ends a lease on its consumer's wish and settles it.
   *
   * @throws AppError `not_found` when there is no such lease under way
   */
  async stopLease(leaseId: string, actor: string): Promise<SettledLease> {
    const lease = this.#active.byId(leaseId);
    const gone = () => new AppError('not_found', `There is no lease ${leaseId} under way.`);
    if (!lease || lease.isEnding) throw gone();
    const settled = await this.#end(lease, endByConsumer(lease, this.#options.clock.nowMs()), actor);
    if (!settled) throw gone();
    return settled;
  }

  /** Ends a lease; never rejects: what fails is tried again at the watchdog's next look. */
  async endOnItsOwn(lease: ActiveLease, end: LeaseEnd): Promise<void> {
    try {
      await this.#end(lease, end, 'system');
    } catch (error) {
      this.#options.logger.error({ lease: lease.leaseId }, `lease not settled: ${messageOf(error)}`);
    }
  }

  /** The worker showed that it mines for the lease. Durable when it settles. */
  confirmMining(lease: ActiveLease): Promise<void> | void {
    lease.idleSinceMs = null;
    lease.needsTask = false;
    if (lease.miningSinceMs !== null) return;
    lease.miningSinceMs = this.#options.clock.nowMs();
    return this.#options.repository
      .saveMiningSince(lease.leaseId, lease.miningSinceMs)
      .catch((error: unknown) => {
        lease.miningSinceMs = null;
        throw error;
      });
  }

  /** The same without anybody waiting; what can't be stored is shown again by the next heartbeat. */
  confirmLater(lease: ActiveLease): void {
    this.confirmMining(lease)?.catch((error: unknown) => {
      this.#options.logger.error({ lease: lease.leaseId }, `MINING not stored: ${messageOf(error)}`);
    });
  }

  /** Stores the hashrates heard so far, now and then. */
  saveHashrates(): void {
    const { repository, clock, logger } = this.#options;
    if (clock.nowMs() - this.#hashratesSavedAtMs < saveHashratesEveryMs) return;
    this.#hashratesSavedAtMs = clock.nowMs();
    repository.saveHashrates(this.#active.takeHeard()).catch((error: unknown) => {
      logger.error(`hashrates of leases not stored: ${messageOf(error)}`);
    });
  }

  #requireListed({ workerId, durationSec }: RentRequest): LiveWorker {
    const worker = this.#options.workerOf(workerId);
    if (!worker) throw new AppError('not_found', `There is no worker ${workerId}.`);
    if (!this.#options.isListed(worker)) throw notAvailable(workerId);
    const { minDurationSec, maxDurationSec } = worker;
    if (durationSec < minDurationSec || durationSec > maxDurationSec) {
      const limits = `from ${minDurationSec} to ${maxDurationSec} s`;
      throw new AppError('bad_request', `duration_sec: ${workerId} is rented out ${limits}.`);
    }
    return worker;
  }

  async #rentWorker(worker: LiveWorker, request: RentRequest): Promise<ActiveLease> {
    const lease = await this.#tryRent(worker, request);
    if (lease) return lease;
    throw notAvailable(worker.workerId);
  }

  /** Undefined when somebody else was faster. */
  async #tryRent(worker: LiveWorker, request: RentRequest): Promise<ActiveLease | undefined> {
    const { repository, bus, sendTask } = this.#options;
    const { workerId } = worker;
    this.#openings.begin(workerId);
    try {
      for (;;) {
        if (!this.#options.isListed(worker)) return undefined;
        const lease = this.#propose(worker, request);
        const refusal = await repository.open(lease, request.actor);
        if (!refusal) {
          this.#active.add(lease);
          this.#counts.leases += 1;
          sendTask.assign(lease, lease.durationSec);
          bus.emit('lease.started', { lease });
          return lease;
        }
        switch (refusal.reason) {
          case 'worker_taken':
            return undefined;
          case 'prefix_taken':
            continue;
          case 'no_account':
            throw new AppError('bad_request', `consumer_id: there is no account ${request.consumerId}.`);
          case 'closed_account':
            throw new AppError('bad_request', `consumer_id: the account ${request.consumerId} is closed.`);
          case 'too_little_money':
            throw new AppError(
              'payment_required',
              `The lease costs ${toCredits(lease.heldMicro)} credits, but ${request.consumerId} has ` +
                `${toCredits(refusal.availableMicro)} free; deposit more, or choose a shorter time.`,
            );
        }
      }
    } finally {
      if (this.#openings.end(workerId) && this.mayAcknowledge(workerId))
        sendTask.acknowledgeRegister(workerId);
    }
  }

  #propose(worker: LiveWorker, { consumerId, consumerAddress, durationSec }: RentRequest): ActiveLease {
    return beginLease({
      leaseId: `lease-${randomUUID()}`,
      workerId: worker.workerId,
      consumerId,
      consumerAddress: getAddress(consumerAddress.toLowerCase()),
      providerId: worker.accountId,
      prefix: randomBytes(8).toString('hex'),
      durationSec,
      pricePerMinMicro: worker.pricePerMinMicro,
      heldMicro: costOf(worker.pricePerMinMicro, durationSec * 1000),
      createdAtMs: this.#options.clock.nowMs(),
    });
  }

  /** Undefined when it had ended already. */
  async #end(lease: ActiveLease, end: LeaseEnd, actor: string): Promise<SettledLease | undefined> {
    lease.isEnding = true;
    const { hashrateSum, hashrateSamples, leaseId } = lease;
    const writing = this.#options.repository.end({
      ...end,
      leaseId,
      actor,
      atMs: this.#options.clock.nowMs(),
      hashrateSum,
      hashrateSamples,
    });
    this.#ending.add(writing);
    try {
      const settled = await writing;
      this.#active.remove(lease);
      if (settled) this.#settled(lease, settled);
      return settled;
    } catch (error) {
      lease.isEnding = false;
      throw error;
    } finally {
      this.#ending.delete(writing);
    }
  }

  #settled(lease: ActiveLease, settled: SettledLease): void {
    const { workerId, leaseId } = lease;
    const { sendTask, bus, logger } = this.#options;
    const tally = this.#tallies.get(workerId) ?? { completed: 0, ended: 0 };
    tally.ended += 1;
    if (settled.lease.state === 'completed') tally.completed += 1;
    this.#tallies.set(workerId, tally);
    this.#counts.settlements += 1;
    this.#counts.feesMicro += settled.settlement.platform_fee_micro;
    sendTask.release(workerId, leaseId);
    if (lease.owesRegisterAck) sendTask.acknowledgeRegister(workerId);
    logger.info({ lease: leaseId, worker: workerId, reason: settled.lease.end_reason }, 'lease settled');
    bus.emit('lease.settled', settled);
  }
}

function notAvailable(workerId: string): AppError {
  return new AppError('not_found', `The worker ${workerId} is not available now.`);
}
