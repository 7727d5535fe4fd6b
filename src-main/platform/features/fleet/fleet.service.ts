/** The fleet: live state in memory, rebuilt from storage at start, written behind while miners talk. */
import { getAddress } from 'viem/utils';
import { ethAddressPattern, type MinerMessages } from '../../../contract/mqtt/miner-messages.ts';
import { AppError, messageOf } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Announcer } from '../../kernel/event-bus.ts';
import type { Logger } from '../../kernel/logger.ts';
import { AddressChanges } from './address-changes.ts';
import type { FleetEvents } from './fleet.events.ts';
import type { FleetRepository } from './fleet.repository.ts';
import type { FleetWatcher } from './fleet-watcher.ts';
import { addClaim } from './honesty.ts';
import { isOnline, toSearchText, type LiveWorker } from './live-worker.ts';

export interface FleetOptions {
  readonly repository: FleetRepository;
  readonly bus: Announcer<FleetEvents>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Registered workers; one more is refused. */
  readonly maxWorkers: number;
  /** Blocks with the marker that one hash is worth; 0: no worker's claims are measured. */
  readonly blocksPerHash: number;
  /** Whether a worker is rented out now: then a register does not change its state. */
  readonly isTaken: (workerId: string) => boolean;
  readonly watcher: FleetWatcher;
}

/** What became of a register; one in the middle of a lease is answered later. */
export type RegisterOutcome = { accepted: true; answerNow: boolean } | { accepted: false; reason: string };

/** Heartbeats are collected this long before they are stored. */
const writeBehindMs = 1000;

/** Rows in one transaction, so that none holds the event loop for long. */
const rowsPerTransaction = 250;

/** domain.md, Worker: uptime grows by the time between two signs of life, at most this much a step. */
const maxUptimeStepMs = 60_000;

/** On what terms a worker can be rented. */
export type WorkerTerms = Pick<LiveWorker, 'pricePerMinMicro' | 'minDurationSec' | 'maxDurationSec'>;

/** Terms of a worker until its owner sets others (domain.md, Worker). */
const defaultTerms: WorkerTerms = { pricePerMinMicro: 600_000, minDurationSec: 60, maxDurationSec: 86_400 };

export class Fleet implements Component {
  readonly name = 'fleet';
  readonly #options: FleetOptions;
  readonly #workers = new Map<string, LiveWorker>();
  readonly #addressChanges = new AddressChanges();
  /** New workers that are being stored. */
  #arriving = 0;
  #dirty = new Set<LiveWorker>();
  /** The last write of a worker that its next message has to wait for. */
  readonly #inTransit = new Map<string, Promise<void>>();
  #stopTimer: (() => void) | undefined;
  #flushing: Promise<void> | undefined;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#workers.size;
  }

  get(workerId: string): LiveWorker | undefined {
    return this.#workers.get(workerId);
  }

  /** All registered workers, in the order of their arrival. */
  all(): IterableIterator<LiveWorker> {
    return this.#workers.values();
  }

  async start(): Promise<void> {
    const { repository, clock } = this.#options;
    this.#workers.clear();
    for (const worker of await repository.loadWorkers()) {
      worker.announcedOnline = isOnline(worker, clock.nowMs());
      this.#workers.set(worker.workerId, worker);
    }
    this.#stopTimer = clock.every(writeBehindMs, () => {
      this.#announceSilent();
      void this.flush();
    });
  }

  async stop(): Promise<void> {
    this.#stopTimer?.();
    await Promise.allSettled(this.#inTransit.values());
    await this.flush();
  }

  /** A miner introduced itself. Stored when the promise settles (mqtt.md, register). */
  async register(workerId: string, message: MinerMessages['register']): Promise<RegisterOutcome> {
    let outcome: RegisterOutcome = { accepted: false, reason: 'not stored' };
    await this.#inOrder(workerId, async () => {
      outcome = await this.#storeRegister(workerId, message);
    });
    return outcome;
  }

  /** A sign of life with figures. Brings a worker back that its will marked offline. */
  heartbeat(workerId: string, message: MinerMessages['heartbeat']): Promise<void> | void {
    if (!this.#inTransit.has(workerId)) {
      const worker = this.#workers.get(workerId);
      if (worker) return this.#applyHeartbeat(worker, message);
    }
    return this.ensureKnown(workerId)?.then(() => {
      const worker = this.#workers.get(workerId);
      if (worker) this.#applyHeartbeat(worker, message);
    });
  }

  /** The miner's own word on its state; `offline` also comes as its will. Of an unknown worker it says nothing. */
  status(workerId: string, message: MinerMessages['status']): Promise<void> | void {
    return this.#inOrder(workerId, () => {
      const worker = this.#workers.get(workerId);
      if (worker) return this.#applyStatus(worker, message);
    });
  }

  /**
   * A miner that only reconnected does not register again. When the platform has never seen it, it is taken in
   * with what is known of it: its id. Settles when the worker is stored.
   *
   * @throws AppError `forbidden` when it can't be taken in
   */
  ensureKnown(workerId: string): Promise<void> | undefined {
    if (this.#workers.has(workerId) && !this.#inTransit.has(workerId)) return undefined;
    const outcome = this.#inOrder(workerId, async () => {
      if (this.#workers.has(workerId)) return;
      const refused = await this.#storeRegister(workerId, { gpus: [], eth_address: '', version: '' });
      if (!refused.accepted) throw new AppError('forbidden', refused.reason);
      this.#options.logger.info({ worker: workerId }, 'taken in without a register');
    });
    return outcome instanceof Promise ? outcome : undefined;
  }

  /** Sets the terms of a known worker for leases to come; durable when it settles. */
  async setTerms(workerId: string, terms: WorkerTerms): Promise<void> {
    await this.#inOrder(workerId, async () => {
      await this.#options.repository.saveTerms(workerId, terms);
      const worker = this.#workers.get(workerId);
      if (!worker) return;
      Object.assign(worker, terms);
      this.#options.bus.emit('worker.changed', { worker });
    });
  }

  /**
   * Whether a worker's owner offers it for rent. Durable when it settles.
   *
   * @throws AppError `not_found`
   */
  async setListed(workerId: string, listed: boolean): Promise<void> {
    if (!this.#workers.has(workerId))
      throw new AppError('not_found', `There is no worker ${workerId.slice(0, 128)}.`);
    await this.#inOrder(workerId, async () => {
      await this.#options.repository.saveListed(workerId, listed);
      const worker = this.#workers.get(workerId);
      if (!worker) return;
      worker.listed = listed;
      this.#options.bus.emit('worker.changed', { worker });
    });
  }

  /** Whoever ran these workers stopped them: one that could not say goodbye is not looked for either. */
  letGo(isMeant: (workerId: string) => boolean): void {
    for (const worker of this.#workers.values()) {
      if (!isMeant(worker.workerId) || worker.saidGoodbye) continue;
      worker.saidGoodbye = true;
      this.#dirty.add(worker);
    }
  }

  /** Stores all collected heartbeats now. */
  async flush(): Promise<void> {
    while (this.#flushing) await this.#flushing;
    this.#flushing = this.#writeDirty();
    await this.#flushing;
    this.#flushing = undefined;
  }

  async #writeDirty(): Promise<void> {
    const workers = [...this.#dirty];
    this.#dirty = new Set();
    for (let start = 0; start < workers.length; start += rowsPerTransaction) {
      const chunk = workers.slice(start, start + rowsPerTransaction);
      try {
        await this.#options.repository.saveActivity(chunk);
      } catch (error) {
        // Nothing is lost: the newest figures stay in memory and are written with the next round.
        for (const worker of chunk) this.#dirty.add(worker);
        this.#options.logger.error({ workers: chunk.length }, `heartbeats not stored: ${messageOf(error)}`);
      }
    }
  }

  /** Runs what concerns a worker after what is still being stored of it; at once when there is nothing. */
  #inOrder(workerId: string, run: () => Promise<void> | void): Promise<void> | void {
    const previous = this.#inTransit.get(workerId);
    const outcome = previous ? previous.then(run, run) : run();
    if (!(outcome instanceof Promise)) return outcome;
    this.#inTransit.set(workerId, outcome);
    const settled = () => {
      if (this.#inTransit.get(workerId) === outcome) this.#inTransit.delete(workerId);
    };
    outcome.then(settled, settled);
    return outcome;
  }

  async #storeRegister(
    workerId: string,
    message: Pick<
      MinerMessages['register'],
      'eth_address' | 'gpu_count' | 'total_memory_gb' | 'gpus' | 'version'
    >,
  ): Promise<RegisterOutcome> {
    const { repository, bus, clock, maxWorkers, isTaken } = this.#options;
    const existing = this.#workers.get(workerId);
    if (!existing && this.#workers.size + this.#arriving >= maxWorkers) {
      return { accepted: false, reason: `the platform has its limit of ${maxWorkers} workers` };
    }
    const nowMs = clock.nowMs();
    const identity = toIdentity(workerId, message);
    const isMoving = existing !== undefined && identity.ethAddress !== existing.ethAddress;
    if (isMoving && !this.#addressChanges.take(workerId, nowMs))
      return { accepted: false, reason: 'it changed its address too often in this hour' };
    const changes = {
      ...identity,
      ...(isTaken(workerId) ? {} : { reportedState: 'AVAILABLE' as const }),
    };
    const worker = { ...(existing ?? newWorker(workerId, nowMs)), ...changes };
    markAlive(worker, nowMs);
    if (!existing) this.#arriving += 1;
    const { accountId, isClosed } = await repository.saveWorker(worker).finally(() => {
      if (!existing) this.#arriving -= 1;
    });
    if (isClosed) return { accepted: false, reason: `the account ${accountId} is closed` };
    worker.accountId = accountId;
    const live = existing ?? worker;
    if (existing) {
      addClaim(existing, markAlive(existing, nowMs), existing.hashrate, this.#options.blocksPerHash);
      Object.assign(existing, changes, { accountId: worker.accountId });
    }
    live.announcedOnline = true;
    this.#workers.set(workerId, live);
    const answerNow = this.#options.watcher.registered(live);
    bus.emit('worker.registered', { worker: live });
    return { accepted: true, answerNow };
  }

  #applyHeartbeat(worker: LiveWorker, message: MinerMessages['heartbeat']): void {
    const { clock, blocksPerHash } = this.#options;
    const nowMs = clock.nowMs();
    addClaim(worker, markAlive(worker, nowMs), message.hashrate, blocksPerHash);
    if (message.difficulty !== worker.difficulty) worker.difficultySinceMs = nowMs;
    worker.hashrate = message.hashrate;
    worker.activeGpus = message.active_gpus;
    worker.acceptedBlocks = message.accepted_blocks;
    worker.difficulty = message.difficulty;
    worker.minerUptimeSec = message.uptime_sec;
    worker.currentAddress = message.address ?? '';
    worker.currentPrefix = message.prefix ?? '';
    worker.currentBlockPattern = message.block_pattern ?? '';
    this.#dirty.add(worker);
    this.#options.watcher.heartbeat(worker);
    this.#options.bus.emit('heartbeat', { worker });
    if (!worker.announcedOnline) {
      worker.announcedOnline = true;
      this.#options.bus.emit('worker.changed', { worker });
    }
  }

  #applyStatus(worker: LiveWorker, message: MinerMessages['status']): Promise<void> | void {
    const nowMs = this.#options.clock.nowMs();
    if (message.state === 'offline') {
      if (worker.offlineSinceMs !== null) return;
      worker.offlineSinceMs = nowMs;
      worker.saidGoodbye ||= message.is_goodbye;
      worker.announcedOnline = false;
    } else {
      addClaim(worker, addUptime(worker, nowMs), worker.hashrate, this.#options.blocksPerHash);
      worker.reportedState = message.state;
      worker.reportedLeaseId = message.lease_id;
    }
    worker.detail = message.detail;
    this.#dirty.add(worker);
    const outcome = this.#options.watcher.reported(worker, message);
    this.#options.bus.emit('worker.changed', { worker });
    return outcome;
  }

  /** Tells of workers whose last heartbeat became too old since the last look. */
  #announceSilent(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const worker of this.#workers.values()) {
      if (worker.announcedOnline && !isOnline(worker, nowMs)) {
        worker.announcedOnline = false;
        this.#options.bus.emit('worker.changed', { worker });
      }
    }
  }
}

function newWorker(workerId: string, nowMs: number): LiveWorker {
  return {
    workerId,
    accountId: workerId,
    ethAddress: '',
    gpuCount: 0,
    totalMemoryGb: 0,
    gpus: [],
    version: '',
    registeredAtMs: nowMs,
    ...defaultTerms,
    listed: true,
    reportedState: 'AVAILABLE',
    detail: '',
    reportedLeaseId: '',
    offlineSinceMs: null,
    saidGoodbye: false,
    hashrate: 0,
    activeGpus: 0,
    acceptedBlocks: 0,
    difficulty: 0,
    difficultySinceMs: 0,
    minerUptimeSec: 0,
    lastHeartbeatMs: 0,
    lastOnlineAtMs: 0,
    totalOnlineMs: 0,
    selfBlocksFound: 0,
    provenBlocks: 0,
    carriedBlocks: 0,
    provenMarkerBlocks: 0,
    currentAddress: '',
    currentPrefix: '',
    currentBlockPattern: '',
    claimedHashes: 0,
    expectedBlocks: 0,
    searchText: '',
    announcedOnline: false,
  };
}

/**
 * What a register says. A worker belongs to the account of its whole address; without one to an account named
 * like itself (domain.md, Worker).
 */
function toIdentity(
  workerId: string,
  message: Pick<
    MinerMessages['register'],
    'eth_address' | 'gpu_count' | 'total_memory_gb' | 'gpus' | 'version'
  >,
) {
  const gpus = message.gpus.map((gpu, position) => ({ ...gpu, index: gpu.index ?? position }));
  const hasAddress = ethAddressPattern.test(message.eth_address);
  const ethAddress = hasAddress ? getAddress(message.eth_address.toLowerCase()) : '';
  return {
    accountId: hasAddress ? message.eth_address.toLowerCase() : workerId,
    ethAddress,
    gpuCount: message.gpu_count ?? gpus.length,
    totalMemoryGb: message.total_memory_gb ?? gpus.reduce((sum, gpu) => sum + gpu.memory_gb, 0),
    gpus,
    version: message.version,
    searchText: toSearchText({ workerId, ethAddress, gpus }),
  };
}

/** Returns the time that it adds. */
function addUptime(worker: LiveWorker, nowMs: number): number {
  const isAlive = worker.offlineSinceMs === null && worker.lastOnlineAtMs > 0;
  const aliveMs = isAlive ? Math.min(Math.max(0, nowMs - worker.lastOnlineAtMs), maxUptimeStepMs) : 0;
  worker.totalOnlineMs += aliveMs;
  worker.lastOnlineAtMs = nowMs;
  return aliveMs;
}

/** A heartbeat or register: by the platform's clock, because a miner's may be wrong. Returns the uptime it adds. */
function markAlive(worker: LiveWorker, nowMs: number): number {
  const aliveMs = addUptime(worker, nowMs);
  worker.lastHeartbeatMs = nowMs;
  worker.offlineSinceMs = null;
  worker.saidGoodbye = false;
  return aliveMs;
}
