/** Creates what computes proofs of work again, and what records blocks by it. */
import { totalmem } from 'node:os';
import type { Config } from '../../contract/config.ts';
import { defaultBlockMarker } from '../../contract/domain/block-probability.ts';
import { proofMemoryLimitKib } from '../../contract/domain/proof.ts';
import {
  BlockListRepository,
  BlockRepository,
  Blocks,
  BlockSearchRepository,
  type BlockEvents,
} from '../features/blocks/index.ts';
import { findChainBlocks } from '../features/chain/index.ts';
import type { Fleet } from '../features/fleet/index.ts';
import { DifficultyInForce, ProofChecker, type ProofRules } from '../features/proof/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Announcer } from '../kernel/event-bus.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import type { Storage } from '../storage/storage.ts';

export interface ProofSources {
  readonly clock: Clock;
  /** The chain simulator's difficulty in KiB; undefined when it does not run. */
  readonly chainDifficulty: () => number | undefined;
}

/**
 * Least memory cost in KiB where neither the operator nor a chain says one: the lowest that the network's
 * difficulty can fall to (domain.md, Chain simulator).
 */
const lowestDifficultyKib = 100;

/** Half of the memory that the process may have, so that a single claim can't exhaust a small machine. */
function affordableMemoryKib(): number {
  const allowed = process.constrainedMemory();
  return Math.floor((allowed > 0 ? Math.min(allowed, totalmem()) : totalmem()) / 2048);
}

/** The checker of proofs, the marker that it looks for, and what a block has to show now. */
export function createProofs(config: Config, { clock, chainDifficulty }: ProofSources) {
  const blockMarker = config.blockMarker === '' ? defaultBlockMarker : config.blockMarker;
  const difficulty = new DifficultyInForce(
    () => config.difficulty ?? chainDifficulty() ?? lowestDifficultyKib,
    clock,
  );
  const maxMemoryKib = Math.min(proofMemoryLimitKib, affordableMemoryKib());
  const rules = (): ProofRules => ({
    marker: blockMarker,
    maxMemoryKib,
    minMemoryKib: difficulty.lowestKib(),
    hasXuniWindow: config.xuniWindow !== 'off',
  });
  const blockDemands = () => ({
    verify: config.verify,
    marker: blockMarker,
    difficultyKib: difficulty.currentKib(),
  });
  return { blockMarker, proofRules: rules, blockDemands, proofs: new ProofChecker({ rules }) };
}

export interface BlockSources {
  readonly storage: Storage;
  readonly bus: Announcer<BlockEvents>;
  readonly clock: Clock;
  readonly loggers: LoggerFactory;
  readonly fleet: Fleet;
  readonly proofs: ProofChecker;
  readonly minedFor: (leaseId: string) => void;
  readonly minedForNobody: (workerId: string, leaseId: string) => void;
}

/** The blocks that miners report. */
export function createBlocks(config: Config, { storage, loggers, ...sources }: BlockSources): Blocks {
  return new Blocks({
    repository: new BlockRepository(storage, config.noChain ? undefined : findChainBlocks),
    lists: new BlockListRepository(storage),
    searches: new BlockSearchRepository(storage),
    verify: config.verify,
    logger: loggers.module('blocks'),
    ...sources,
  });
}
