/** Real proofs for a whole fleet, mined on a bounded share of the CPU. */
import { setTimeout as delay } from 'node:timers/promises';
import { hashKey, newProofKey, tryKey, type MinedProof, type MiningGoal } from '../proof/index.ts';
import {
  blockMs,
  canMine,
  hashesPerBlock,
  outlookOf,
  type MiningRules,
  type ProofEffort,
  type ProofOutlook,
} from './mining-rules.ts';

export interface ProofSupplyOptions {
  /** Cores that mining may use on average. */
  readonly budgetCores: number;
  readonly workers: number;
  readonly blockIntervalMs: number;
}

/** A block is found later than this after its turn: its miner has moved on. */
const maxWaitMs = 20_000;

/** Memory that a simulator may take for one hash; the network is far below. */
const maxMemoryKib = 262_144;

/** With this many times the tries that it takes on average, there is no block with such a prefix or marker. */
const patience = 20;

/** Tries at the same time: one is computed while the next is handed over. The pool's other threads stay free. */
const parallelTries = 2;

/** A hash is timed so often, and so long, at most. */
const measureTimes = 40;
const measureMs = 250;
/** A dearer one is not timed: its time follows from its memory. */
const measureMaxKib = 16_384;
/** An estimate is good for difficulties up to so many times higher or lower. */
const measureRange = 2;

/** Unused budget of this long may be made up for. */
const budgetBurstMs = 100;
const shortestPauseMs = 5;

interface Order {
  readonly goal: MiningGoal;
  readonly resolve: (proof: MinedProof | undefined) => void;
}

export class ProofSupply {
  readonly #options: ProofSupplyOptions;
  readonly #measured: { readonly memoryKib: number; readonly hashMs: number }[] = [];
  readonly #orders: Order[] = [];
  readonly #stop = new AbortController();
  #waitingMs = 0;
  #freeAtMs = 0;
  #running: Promise<void> | undefined;

  constructor(options: ProofSupplyOptions) {
    this.#options = options;
  }

  /** What the fleet's blocks will be worth under these rules. */
  async outlook(rules: MiningRules): Promise<ProofOutlook> {
    return outlookOf(await this.#effortOf(rules));
  }

  /**
   * Mines one block.
   *
   * @returns `too late` when so many wait that its turn would not come in time, `beyond reach` when it would take this
   *   CPU longer than a worker is to need for a block
   */
  async mine(goal: MiningGoal, rules: MiningRules): Promise<MinedProof | 'too late' | 'beyond reach'> {
    const { marker, memoryKib } = goal;
    if (memoryKib > maxMemoryKib) return 'beyond reach';
    const effort = await this.#effortOf({ ...rules, marker, difficultyKib: memoryKib });
    if (!canMine(effort)) return 'beyond reach';
    const costMs = blockMs(effort);
    if (this.#stop.signal.aborted) return 'too late';
    if (this.#waitingMs > 0 && this.#waitingMs + costMs > maxWaitMs) return 'too late';
    this.#waitingMs += costMs;
    const proof = await new Promise<MinedProof | undefined>((resolve) => {
      this.#orders.push({ goal, resolve });
      this.#running ??= this.#work().finally(() => (this.#running = undefined));
    });
    this.#waitingMs -= costMs;
    return proof ?? 'too late';
  }

  /** Ends the mining under way; what waits is not mined. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    for (const { resolve } of this.#orders.splice(0)) resolve(undefined);
  }

  async #effortOf(rules: MiningRules): Promise<ProofEffort> {
    return { ...this.#options, rules, hashMs: await this.#hashMs(rules.difficultyKib) };
  }

  async #work(): Promise<void> {
    for (let order = this.#orders.shift(); order; order = this.#orders.shift()) {
      // Out of memory, say: the next one may be cheaper.
      order.resolve(await this.#mine(order.goal).catch(() => undefined));
    }
  }

  async #mine(goal: MiningGoal): Promise<MinedProof | undefined> {
    const hashMs = await this.#hashMs(goal.memoryKib);
    const maxTries = patience * hashesPerBlock(goal.marker);
    for (let tried = 0; tried < maxTries && !this.#stop.signal.aborted; tried += parallelTries) {
      const startMs = performance.now();
      const tries = await Promise.all(Array.from({ length: parallelTries }, () => tryKey(goal)));
      const found = tries.find((proof) => proof !== undefined);
      // Cheap hashes cost more around them than in themselves, and on a busy machine all take longer.
      await this.#pay(Math.max(parallelTries * hashMs, performance.now() - startMs));
      if (found) return found;
    }
    return undefined;
  }

  /** Rests until the time that was used fits the budget. */
  async #pay(usedMs: number): Promise<void> {
    const nowMs = performance.now();
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs - budgetBurstMs) + usedMs / this.#options.budgetCores;
    const pauseMs = this.#freeAtMs - nowMs;
    if (pauseMs < shortestPauseMs) return;
    await delay(pauseMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  /** CPU time of one hash: it grows with the memory, so that one measurement serves for a range. */
  async #hashMs(memoryKib: number): Promise<number> {
    const probeKib = Math.min(memoryKib, measureMaxKib);
    const near = this.#measured.find((entry) => {
      const ratio = entry.memoryKib / probeKib;
      return ratio <= measureRange && ratio >= 1 / measureRange;
    });
    if (near) return (near.hashMs * memoryKib) / near.memoryKib;
    const hashMs = await measureHash(probeKib);
    this.#measured.push({ memoryKib: probeKib, hashMs });
    return (hashMs * memoryKib) / probeKib;
  }
}

/**
 * The time that a hash takes, or the CPU time of the process meanwhile, whichever is less: other programs, and other
 * work of this one, each disturb one of the two.
 */
async function measureHash(memoryKib: number): Promise<number> {
  const goal = { account: '', memoryKib };
  const beginMs = performance.now();
  const beforeCpu = process.cpuUsage();
  let fastestMs = Number.POSITIVE_INFINITY;
  let times = 0;
  for (; times < measureTimes && performance.now() - beginMs < measureMs; times += 1) {
    const startMs = performance.now();
    await hashKey(newProofKey(''), goal);
    fastestMs = Math.min(fastestMs, performance.now() - startMs);
  }
  const { user, system } = process.cpuUsage(beforeCpu);
  return Math.min(fastestMs, (user + system) / 1000 / times);
}
