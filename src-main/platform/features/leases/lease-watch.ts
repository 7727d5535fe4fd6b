/**
 * Watches leases under way: whether their workers mine, are away or gave up, and when their time is over (domain.md,
 * Lease; mqtt.md, What this client really does).
 */
import type { MinerMessages } from '../../../contract/mqtt/miner-messages.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { FleetWatcher, LiveWorker } from '../fleet/index.ts';
import type { SessionLog } from '../sessions/index.ts';
import { confirmWithinMs, type ActiveLease } from './active-lease.ts';
import { endByNeglect, endOfTime, type LeaseEnd } from './lease-end.ts';
import type { Leases } from './lease.service.ts';
import type { SendTask } from './send-task.ts';

export interface LeaseWatchOptions {
  readonly leases: Leases;
  readonly sessions: SessionLog;
  readonly clock: Clock;
  readonly sendTask: SendTask;
}

/** domain.md, Lease: the watchdog ends expired leases within 5 s. */
const lookEveryMs = 1000;

/** A miner ends a lease by its own clock, a little before ours: that is no giving up. */
const earlyEndMs = 5000;

export class LeaseWatch implements FleetWatcher {
  readonly name = 'lease-watch';
  readonly #options: LeaseWatchOptions;
  /** The ended lease for which each worker was told to stop: once, and again when it was away since. */
  readonly #released = new Map<string, string>();
  #stopTimer: (() => void) | undefined;

  constructor(options: LeaseWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopTimer = this.#options.clock.every(lookEveryMs, () => this.#look());
  }

  stop(): void {
    this.#stopTimer?.();
    this.#released.clear();
  }

  /** After a restart the miner has forgotten its task: it gets it again with the time that is left. */
  registered({ workerId }: LiveWorker): boolean {
    const { sessions, leases } = this.#options;
    sessions.returned(workerId);
    const lease = leases.activeOf(workerId);
    if (lease) this.#assign(lease);
    return leases.mayAcknowledge(workerId);
  }

  heartbeat(worker: LiveWorker): void {
    const wasAway = this.#options.sessions.returned(worker.workerId);
    if (wasAway) this.#released.delete(worker.workerId);
    const lease = this.#options.leases.activeOf(worker.workerId);
    this.#releaseLeftover(worker, lease);
    if (!lease) return;
    lease.hashrateSum += worker.hashrate;
    lease.hashrateSamples += 1;
    // Nobody else knows the prefix: a heartbeat that names it shows the same as the status.
    if (worker.currentPrefix.toLowerCase() === lease.prefix) this.#options.leases.confirmLater(lease);
    if (wasAway || lease.needsTask) this.#assign(lease);
  }

  /** A block that counts shows the same. */
  blockCounted(leaseId: string): void {
    const lease = this.#options.leases.find(leaseId);
    if (lease) this.#options.leases.confirmLater(lease);
  }

  reported({ workerId }: LiveWorker, { state, lease_id }: MinerMessages['status']): Promise<void> | void {
    if (state === 'offline') return this.#options.sessions.left(workerId);
    const lease = this.#options.leases.activeOf(workerId);
    if (state === 'MINING' && lease_id !== lease?.leaseId) this.minedForNobody(workerId, lease_id);
    if (!lease || state === 'LEASED') return;
    if (state === 'MINING') {
      if (lease_id === lease.leaseId) return this.#options.leases.confirmMining(lease);
      return;
    }
    const nowMs = this.#options.clock.nowMs();
    if (lease.expiresAtMs - nowMs <= earlyEndMs) return;
    if (lease.miningSinceMs !== null) lease.idleSinceMs ??= nowMs;
    if (state === 'AVAILABLE') this.#assign(lease);
  }

  #look(): void {
    const { leases, clock } = this.#options;
    const nowMs = clock.nowMs();
    for (const lease of leases.active()) {
      const end = lease.isEnding ? undefined : this.#endOf(lease, nowMs);
      if (end) void leases.endOnItsOwn(lease, end);
    }
    leases.saveHashrates();
  }

  /** Undefined while the lease goes on. */
  #endOf(lease: ActiveLease, nowMs: number): LeaseEnd | undefined {
    if (nowMs >= lease.expiresAtMs) return endOfTime(lease);
    // After a start, or when the machine slept, workers first get the time to be heard.
    if (nowMs - this.#options.sessions.attentiveSinceMs < confirmWithinMs) return undefined;
    return endByNeglect(lease, nowMs, this.#options.sessions.awaySince(lease.workerId));
  }

  #assign(lease: ActiveLease): void {
    const leftMs = lease.expiresAtMs - this.#options.clock.nowMs();
    if (leftMs <= 0 || lease.isEnding) return;
    lease.needsTask = false;
    this.#options.sendTask.assign(lease, Math.ceil(leftMs / 1000));
  }

  /**
   * A worker mines for a lease that is none, as after a restore of the database: it is told to leave it.
   *
   * @param leaseId empty: it does not say
   */
  minedForNobody(workerId: string, leaseId: string): void {
    if (leaseId === '' || this.#released.get(workerId) === leaseId) return;
    this.#released.set(workerId, leaseId);
    this.#options.sendTask.release(workerId, leaseId);
  }

  /** A worker that was away when its lease ended still mines for it: it is told now. */
  #releaseLeftover(worker: LiveWorker, lease: ActiveLease | undefined): void {
    const { workerId, reportedState, reportedLeaseId } = worker;
    const mines = reportedState === 'LEASED' || reportedState === 'MINING';
    if (mines && reportedLeaseId !== lease?.leaseId) this.minedForNobody(workerId, reportedLeaseId);
  }
}
