import { tagOf } from '../../../contract/domain/proof.ts';
import type { Random } from '../../kernel/random.ts';
import { newProofKey, type MiningGoal } from '../proof/index.ts';
import type { ChainClient } from './chain-client.ts';
import type { FleetFigures } from './figures.ts';
import type { MinerLink } from './miner-link.ts';
import { isEnough, type MiningRules } from './mining-rules.ts';
import type { ProofSupply } from './proof-supply.ts';
import type { Schedule } from './schedule.ts';
import type { Timers } from './timers.ts';

/** What a miner mines for. */
export interface Work extends MiningGoal {
  /** Empty: for itself. */
  readonly leaseId: string;
}

export interface BlockFinderOptions {
  readonly workerId: string;
  readonly schedule: Schedule;
  readonly timers: Timers;
  readonly random: Random;
  readonly figures: FleetFigures;
  readonly proofs: ProofSupply;
  /** Where blocks are submitted after they were reported; undefined: nowhere. */
  readonly chain: ChainClient | undefined;
  readonly link: Pick<MinerLink, 'publish'>;
  /** What is mined, unless the miner was told otherwise. */
  readonly rules: () => MiningRules;
  /** What a block has to show to count. */
  readonly demands: () => MiningRules;
  /** Mean time between two blocks of one miner. */
  readonly blockMs: number;
  /** What it mines for now; undefined while it does not mine or can't report. */
  readonly work: () => Work | undefined;
  /** Hashes a second. */
  readonly hashrate: () => number;
}

/** Finds and reports the blocks of one miner. */
export class BlockFinder {
  readonly #options: BlockFinderOptions;
  #lastFoundAtMs = 0;
  #accepted = 0;

  constructor(options: BlockFinderOptions) {
    this.#options = options;
  }

  /** Reports that the broker has acknowledged. */
  get accepted(): number {
    return this.#accepted;
  }

  /** The miner's process begins; its timers end with it. */
  start(): void {
    this.#lastFoundAtMs = this.#options.schedule.nowMs();
    this.#accepted = 0;
    this.#awaitBlock();
  }

  /** Blocks are found by chance: the time to the next one does not depend on the time since the last. */
  #awaitBlock(): void {
    const { timers, random, blockMs } = this.#options;
    timers.after('block', random.exponential(blockMs), () => {
      void this.#find();
      this.#awaitBlock();
    });
  }

  async #find(): Promise<void> {
    const work = this.#options.work();
    if (!work) return;
    const { proofs, figures, rules, demands, random } = this.#options;
    const proof = await proofs.mine(work, rules());
    if (proof === 'too late' || this.#options.work()?.leaseId !== work.leaseId) {
      figures.lostBlocks += 1;
      return;
    }
    if (proof === 'beyond reach') this.#report(work, madeUp(work, random), false);
    else this.#report(work, proof, isEnough(demands(), tagOf(proof.hash), work.memoryKib));
  }

  #report(work: Work, found: { readonly key: string; readonly hash: string }, isProven: boolean): void {
    const { figures, schedule, chain, demands, link, hashrate, workerId } = this.#options;
    const rate = hashrate();
    const nowMs = schedule.nowMs();
    const attempts = Math.round((rate * (nowMs - this.#lastFoundAtMs)) / 1000);
    this.#lastFoundAtMs = nowMs;
    const { key, hash } = found;
    const block = { hash, key, account: work.account, attempts, hashrate: rate.toFixed(2) };
    link.publish('block', { lease_id: work.leaseId, ...block }, () => {
      this.#accepted += 1;
      figures[isProven ? 'provenBlocks' : 'unprovenBlocks'] += 1;
    });
    // After the report, as the C++ miner does it (mqtt.md).
    if (isProven || demands().verify === 'off') chain?.submit({ ...block, worker: workerId });
  }
}

/** A block without a proof: a hash with the marker somewhere, as the earlier simulators made it. */
function madeUp({ prefix, marker }: Work, random: Random): { key: string; hash: string } {
  const digits = newProofKey('');
  const at = random.integer(0, Math.max(0, digits.length - marker.length));
  return {
    key: newProofKey(prefix),
    hash: digits.slice(0, at) + marker + digits.slice(at + marker.length),
  };
}
