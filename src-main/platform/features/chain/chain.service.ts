/** The chain simulator: speaks for the XenBlocks network, so that a miner can be pointed at the platform offline. */
import type { VerifyMode } from '../../../contract/config.ts';
import { blockReasons, type BlockReason, type BlockType } from '../../../contract/domain/block.ts';
import type { ChainBlock } from '../../../contract/rest/chain.routes.ts';
import { classifyTag, tagOf } from '../../../contract/domain/proof.ts';
import { AppError, messageOf } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Logger } from '../../kernel/logger.ts';
import {
  examineProof,
  isUnchecked,
  ProofNotTaken,
  type ProofChecker,
  type ProofRules,
} from '../proof/index.ts';
import { difficultyAfter } from './chain-difficulty.ts';
import type { ChainBlockRow, ChainFilter, ChainRepository } from './chain.repository.ts';

export interface ChainOptions {
  readonly repository: ChainRepository;
  readonly proofs: Pick<ProofChecker, 'hash'>;
  /** The rules in force now. */
  readonly rules: () => ProofRules;
  readonly verify: VerifyMode;
  /** Fixed by the operator, in KiB; undefined: it grows with the chain. */
  readonly fixedDifficultyKib: number | undefined;
  /** A key is on the chain now, with the number of its block. */
  readonly accepted: (key: string, blockId: number) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A block as a miner submits it. */
export interface Submission {
  readonly hash: string;
  /** Hex digits. */
  readonly key: string;
  readonly account: string;
  readonly attempts: number;
  readonly hashesPerSecond: string;
  readonly worker: string;
}

/** Rewards in coins (domain.md, Chain simulator). */
const rewards: Readonly<Record<BlockType, number>> = { super: 50, normal: 10, xuni: 1 };

const shortestKey = 64;

const lastBlocks = 100;

export class Chain implements Component {
  readonly name = 'chain';
  readonly #options: ChainOptions;
  #blocks: Record<BlockType, number> = { normal: 0, super: 0, xuni: 0 };
  #miners = 0;
  #lastBlockId = 0;

  constructor(options: ChainOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { blocks, miners, lastBlockId } = await this.#options.repository.loadTotals();
    this.#blocks = { ...blocks };
    this.#miners = miners;
    this.#lastBlockId = lastBlockId;
  }

  stop(): void {
    // Everything is stored before it is answered.
  }

  get totalBlocks(): number {
    return this.#blocks.normal + this.#blocks.super + this.#blocks.xuni;
  }

  /** Memory cost in KiB at which miners have to hash. */
  get difficultyKib(): number {
    return this.#options.fixedDifficultyKib ?? difficultyAfter(this.totalBlocks);
  }

  get stats() {
    return {
      total_blocks: this.totalBlocks,
      normal_blocks: this.#blocks.normal,
      super_blocks: this.#blocks.super,
      xuni_blocks: this.#blocks.xuni,
      difficulty: this.difficultyKib,
      unique_miners: this.#miners,
      next_block_id: this.#lastBlockId + 1,
    };
  }

  /**
   * Takes a block. It is on disk when this settles.
   *
   * @param sender whose line the proof waits in
   * @throws AppError `conflict` when the key is known (miners look for "already exists"), `bad_request` for a xuni
   *   block outside its minutes (miners look for "outside of time window"), else `not_verified`
   */
  async submit(submission: Submission, sender: string): Promise<{ type: BlockType; blockId: number }> {
    const { repository, clock, logger, accepted } = this.#options;
    if (submission.key.length < shortestKey)
      throw new AppError('not_verified', `The key needs at least ${shortestKey} hex digits.`);
    if ((await this.blockOf(submission.key)) !== undefined) throw alreadyExists();
    const arrivedAtMs = clock.nowMs();
    const type = await this.#verify(submission, arrivedAtMs, sender);
    const block = {
      key: submission.key,
      hash: submission.hash,
      account: submission.account,
      type,
      attempts: submission.attempts,
      hashes_per_second: submission.hashesPerSecond,
      worker: submission.worker,
      created_at_ms: arrivedAtMs,
    };
    const added = await repository.add(block, rewards[type]);
    // Somebody else submitted the same key meanwhile.
    if (!added) throw alreadyExists();
    const { blockId, isOfNewMiner } = added;
    this.#blocks[type] += 1;
    this.#lastBlockId = Math.max(this.#lastBlockId, blockId);
    if (isOfNewMiner) this.#miners += 1;
    try {
      await accepted(submission.key, blockId);
    } catch (error) {
      // The block is on the chain whatever comes of the note.
      logger.error({ block: blockId }, `the report of the block does not show it: ${messageOf(error)}`);
    }
    return { type, blockId };
  }

  /** The number of the block with a key; undefined when the chain does not have it. */
  blockOf(key: string): Promise<number | undefined> {
    return this.#options.repository.findBlockId(key);
  }

  /** Coins of an account. */
  balanceOf(account: string): Promise<number> {
    return this.#options.repository.balanceOf(account);
  }

  /** The last 100 blocks, rising in number: miners take the last one's number for the chain's. */
  async lastBlocks(): Promise<ChainBlock[]> {
    const rows = await this.#options.repository.newest(lastBlocks, { account: '', prefix: '' });
    return rows.reverse().map(toChainBlock);
  }

  /** Blocks that pass, newest first. */
  async blocks(limit: number, filter: ChainFilter): Promise<ChainBlock[]> {
    return (await this.#options.repository.newest(limit, filter)).map(toChainBlock);
  }

  /** The kind of a block that is one. @throws AppError see `submit` */
  async #verify(submission: Submission, arrivedAtMs: number, sender: string): Promise<BlockType> {
    if (this.#options.verify === 'off') {
      const type = classifyTag(tagOf(submission.hash), arrivedAtMs, this.#options.rules());
      return type === 'no_marker' || type === 'outside_xuni_window' ? this.#refuse(type, submission) : type;
    }
    const claim = { key: submission.key, hash: submission.hash, account: submission.account };
    const examined = examineProof({ ...claim, arrivedAtMs, isLeased: false }, this.#options.rules());
    const { verdict, reason, type } = isUnchecked(examined) ? await this.#hash(sender, examined) : examined;
    return verdict === 'proven' && type !== '' ? type : this.#refuse(reason, submission);
  }

  async #hash(sender: string, unchecked: Parameters<ProofChecker['hash']>[1]) {
    try {
      return await this.#options.proofs.hash(sender, unchecked);
    } catch (error) {
      if (!(error instanceof ProofNotTaken)) throw error;
      throw new AppError('not_verified', `The proof can't be checked now: ${error.message}. Send it again.`);
    }
  }

  #refuse(reason: BlockReason, { account, worker }: Submission): never {
    this.#options.logger.debug({ account, worker, reason }, 'block refused');
    if (reason === 'outside_xuni_window')
      throw new AppError('bad_request', 'XUNI submitted outside of time window: minute 55 to 5 of an hour.');
    throw new AppError('not_verified', `Hash verification failed: ${blockReasons[reason]} (${reason}).`);
  }
}

function alreadyExists(): AppError {
  return new AppError('conflict', 'Block already exists: its key was submitted before.');
}

function toChainBlock(row: ChainBlockRow): ChainBlock {
  return {
    block_id: row.block_id,
    hash_to_verify: row.hash,
    key: row.key,
    account: row.account,
    date: new Date(row.created_at_ms).toISOString().slice(0, 19).replace('T', ' '),
    created_at: toUnixSeconds(row.created_at_ms),
    block_type: row.type,
    attempts: row.attempts,
    hashes_per_second: row.hashes_per_second,
    worker: row.worker,
  };
}
