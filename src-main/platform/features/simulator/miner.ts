/** One simulated miner: the C++ miner's state machine on a rig that has its moods (mqtt.md). */
import { ethAddressPattern } from '../../../contract/mqtt/miner-messages.ts';
import type { ControlMessage, TaskMessage } from '../../../contract/mqtt/platform-messages.ts';
import type { MinerConfig } from '../../../contract/domain/miner-config.ts';
import type { WorkerState } from '../../../contract/domain/worker.ts';
import type { Random } from '../../kernel/random.ts';
import { BlockFinder, type BlockFinderOptions, type Work } from './block-finder.ts';
import type { Incident } from './incidents.ts';
import { MinerLink, type MinerLinkOptions } from './miner-link.ts';
import { Rig, type RigPlan } from './rig.ts';
import { Timers } from './timers.ts';

/** What all miners of a simulation share. */
export interface MinerSurroundings extends Pick<
  BlockFinderOptions,
  'schedule' | 'figures' | 'proofs' | 'chain' | 'rules' | 'demands' | 'blockMs'
> {
  readonly heartbeatMs: number;
  /** What it says of itself when it registers. */
  readonly version: string;
  readonly connection: Pick<MinerLinkOptions, 'host' | 'port' | 'password' | 'gate'>;
}

interface Lease {
  readonly id: string;
  readonly address: string;
  readonly prefix: string;
}

/** States in which the GPUs work: for the owner, or for a lease. */
const miningStates: ReadonlySet<WorkerState> = new Set(['AVAILABLE', 'SELF_MINING', 'MINING']);

/** From LEASED to MINING: the kernels are set up for another address. */
const setUpMs = { min: 300, max: 2000 } as const;
/** From IDLE to AVAILABLE after it has cooled down. */
const warmUpMs = 1000;
/** A refused miner tries again after this time. */
const registerAgainMs = 30_000;

export class SimulatedMiner {
  readonly plan: RigPlan;
  readonly #shared: MinerSurroundings;
  readonly #random: Random;
  readonly #rig: Rig;
  readonly #link: MinerLink;
  readonly #timers: Timers;
  readonly #blocks: BlockFinder;
  #state: WorkerState = 'offline';
  #isIntroduced = false;
  #isRefused = false;
  #lease: Lease | undefined;
  #config: MinerConfig = {};
  #startedAtMs = 0;
  #onFirstTry: ((failure?: string) => void) | undefined;

  constructor(plan: RigPlan, random: Random, shared: MinerSurroundings) {
    this.plan = plan;
    this.#random = random;
    this.#shared = shared;
    this.#rig = new Rig(plan, random);
    this.#timers = new Timers(shared.schedule);
    this.#link = new MinerLink({
      ...shared.connection,
      workerId: plan.workerId,
      schedule: shared.schedule,
      random,
      figures: shared.figures,
      onTask: (message) => this.#onTask(message),
      onControl: (message) => this.#onControl(message),
      onUp: () => this.#onUp(),
      onFailed: (reason) => this.#onFirstTry?.(reason),
    });
    this.#blocks = new BlockFinder({
      ...shared,
      workerId: plan.workerId,
      random,
      timers: this.#timers,
      link: this.#link,
      work: () => (this.#isMining && this.#link.isReady ? this.#work() : undefined),
      hashrate: () => this.#rig.hashrate,
    });
  }

  /** What it would report; offline before it starts and after it was shut down. */
  get state(): WorkerState {
    return this.#state;
  }

  get isConnected(): boolean {
    return this.#link.isUp;
  }

  /** Hashes a second now. */
  get hashrate(): number {
    return this.#isMining && this.#link.isUp ? this.#rig.hashrate : 0;
  }

  get #isMining(): boolean {
    return miningStates.has(this.#state);
  }

  /**
   * Switches it on; it connects until it is told to stop.
   *
   * @returns settles after its first try: undefined, or why it failed
   */
  start(): Promise<string | undefined> {
    this.#boot();
    return new Promise((resolve) => {
      this.#onFirstTry = (failure) => {
        this.#onFirstTry = undefined;
        resolve(failure);
      };
      this.#link.open();
    });
  }

  /** The clean end of a miner: it says that it goes. Settles when the broker knows. */
  async stop(): Promise<void> {
    this.#switchOff();
    await this.#link.close();
  }

  /** Ends it at once, without a word. */
  abandon(): void {
    this.#switchOff();
    this.#link.abandon();
  }

  /** Something goes wrong, for a time. */
  suffer(incident: Incident, lastingMs: number): void {
    if (this.#state === 'offline') return;
    switch (incident) {
      case 'networkLoss':
        return this.#link.cut(lastingMs);
      case 'powerLoss':
        return this.#losePower(lastingMs);
      case 'gpuLoss':
        return this.#loseGpu(lastingMs);
      case 'overheating':
        return this.#overheat(lastingMs);
    }
  }

  /** The process of the miner begins. */
  #boot(): void {
    const { schedule, heartbeatMs } = this.#shared;
    this.#state = 'IDLE';
    this.#isIntroduced = false;
    this.#lease = undefined;
    this.#config = {};
    this.#rig.recoverGpus();
    this.#startedAtMs = schedule.nowMs();
    // Spread over the interval: a fleet that starts together does not talk at the same moment.
    this.#timers.every('heartbeat', this.#random.between(0, heartbeatMs), heartbeatMs, () => this.#beat());
    this.#blocks.start();
  }

  #switchOff(): void {
    this.#onFirstTry?.();
    this.#timers.clear();
    this.#lease = undefined;
    this.#state = 'offline';
  }

  /** After a network loss it only goes on with heartbeats; it introduces itself once in its life. */
  #onUp(): void {
    if (!this.#isIntroduced) this.#introduce();
    this.#onFirstTry?.();
  }

  #introduce(): void {
    this.#isIntroduced = true;
    const { plan } = this;
    this.#link.publish('register', {
      eth_address: plan.ethAddress,
      gpu_count: plan.gpus.length,
      total_memory_gb: plan.totalMemoryGb,
      gpus: plan.gpus,
      version: this.#shared.version,
    });
    this.#enter('AVAILABLE');
  }

  #enter(state: WorkerState, leaseId?: string, detail?: string): void {
    this.#state = state;
    this.#link.publish('status', {
      state,
      ...(leaseId === undefined ? {} : { lease_id: leaseId }),
      ...(detail === undefined ? {} : { detail }),
    });
  }

  #beat(): void {
    if (!this.#isIntroduced || !this.#link.isReady) return;
    const { schedule, figures } = this.#shared;
    const work = this.#work();
    this.#link.publish('heartbeat', {
      hashrate: this.#isMining ? this.#rig.drawHashrate() : 0,
      active_gpus: this.#rig.activeGpus,
      accepted_blocks: this.#blocks.accepted,
      difficulty: work.memoryKib,
      uptime_sec: Math.floor((schedule.nowMs() - this.#startedAtMs) / 1000),
      address: work.account,
      prefix: work.prefix,
      block_pattern: work.marker,
    });
    figures.heartbeats += 1;
  }

  #onTask(message: TaskMessage): void {
    switch (message.command) {
      case 'register_ack':
        return this.#onAnswer(message);
      case 'assign_task':
        return this.#onAssign(message);
      case 'release':
        if (message.lease_id === this.#lease?.id) this.#endLease();
    }
  }

  /** An acceptance makes it go AVAILABLE, whatever it does; a refused one tries again. */
  #onAnswer(message: Extract<TaskMessage, { command: 'register_ack' }>): void {
    if (!message.accepted) {
      this.#isRefused = true;
      this.#dropLease();
      this.#enter('ERROR', undefined, `register refused: ${message.reason}`);
      return this.#timers.after('register', registerAgainMs, () => this.#introduce());
    }
    if (!this.#isRefused && !this.#lease) return;
    this.#isRefused = false;
    this.#dropLease();
    if (this.#state !== 'AVAILABLE') this.#enter('AVAILABLE');
  }

  #onAssign(task: Extract<TaskMessage, { command: 'assign_task' }>): void {
    if (this.#state !== 'AVAILABLE') return;
    const { lease_id: id, consumer_id, consumer_address: address, prefix, duration_sec } = task;
    // The C++ miner throws, and stays as it is, when one of these is missing.
    if ([id, consumer_id, address, prefix].some((text) => typeof text !== 'string')) return;
    if (!Number.isFinite(duration_sec)) return;
    this.#lease = { id, address, prefix };
    this.#enter('LEASED', id);
    this.#timers.after('set up', this.#random.between(setUpMs.min, setUpMs.max), () =>
      this.#enter('MINING', id),
    );
    this.#timers.after('lease end', duration_sec * 1000, () => this.#endLease());
  }

  #endLease(): void {
    const lease = this.#dropLease();
    if (!lease) return;
    this.#enter('COMPLETED', lease.id);
    this.#shared.figures.leasesCompleted += 1;
    this.#enter('AVAILABLE');
  }

  #dropLease(): Lease | undefined {
    const lease = this.#lease;
    this.#lease = undefined;
    this.#timers.cancel('set up');
    this.#timers.cancel('lease end');
    return lease;
  }

  /** It goes by `action`; older platforms send wallet commands without one. */
  #onControl(message: Partial<ControlMessage>): void {
    switch (message.action ?? message.command) {
      case 'pause':
      case 'stop':
        return this.#pause();
      case 'resume':
      case 'start':
        return this.#resume();
      case 'restart':
        this.#pause();
        return this.#resume();
      case 'shutdown':
        return void this.stop();
      case 'set_config':
        return this.#configure(message.config ?? {}, message.state);
      case 'update_config':
        return this.#configure(message.config ?? (message as MinerConfig), message.state);
    }
  }

  #pause(): void {
    this.#timers.cancel('cool down');
    this.#timers.cancel('warm up');
    this.#timers.cancel('register');
    const lease = this.#dropLease();
    if (lease) this.#enter('COMPLETED', lease.id);
    this.#enter('IDLE');
  }

  #resume(): void {
    if (this.#state === 'IDLE') this.#introduce();
  }

  #configure(config: MinerConfig, asked: ControlMessage['state']): void {
    const { difficulty, address, prefix, block_pattern } = config;
    this.#config = {
      ...this.#config,
      ...(Number.isInteger(difficulty) ? { difficulty } : {}),
      ...(address !== undefined && ethAddressPattern.test(address) ? { address } : {}),
      ...(typeof prefix === 'string' ? { prefix } : {}),
      ...(typeof block_pattern === 'string' ? { block_pattern } : {}),
    };
    if (asked === 'SELF_MINING' && this.#state === 'AVAILABLE') this.#enter('SELF_MINING');
    if (asked === 'AVAILABLE' && this.#state === 'SELF_MINING') this.#enter('AVAILABLE');
    this.#beat();
  }

  #losePower(darkMs: number): void {
    this.#timers.clear();
    this.#boot();
    this.#link.cut(darkMs);
  }

  #loseGpu(lastingMs: number): void {
    if (!this.#rig.loseGpu()) return this.#losePower(lastingMs);
    this.#timers.after('gpu', lastingMs, () => this.#rig.recoverGpus());
  }

  #overheat(lastingMs: number): void {
    if (!this.#isMining) return;
    const lease = this.#dropLease();
    const gpu = this.#random.integer(0, this.#rig.activeGpus - 1);
    const celsius = this.#random.integer(92, 99);
    this.#enter('ERROR', lease?.id, `GPU ${gpu} has ${celsius} °C: too hot to mine`);
    this.#timers.after('cool down', lastingMs, () => {
      this.#enter('IDLE');
      this.#timers.after('warm up', warmUpMs, () => this.#enter('AVAILABLE'));
    });
  }

  #work(): Work {
    const { marker, difficultyKib } = this.#shared.rules();
    const { difficulty, address, prefix, block_pattern } = this.#config;
    const lease = this.#lease;
    const consumer = lease && ethAddressPattern.test(lease.address) ? lease.address : undefined;
    return {
      leaseId: lease?.id ?? '',
      account: consumer ?? address ?? this.plan.ethAddress,
      prefix: lease?.prefix ?? prefix ?? '',
      marker: block_pattern === undefined || block_pattern === '' ? marker : block_pattern,
      memoryKib: Math.max(minMemoryKib, difficulty ?? difficultyKib),
    };
  }
}

/** Least memory of Argon2. */
const minMemoryKib = 8;
