/** Creates the chain simulator. */
import type { Config } from '../../contract/config.ts';
import type { Blocks } from '../features/blocks/index.ts';
import { Chain, ChainRepository } from '../features/chain/index.ts';
import type { ProofChecker, ProofRules } from '../features/proof/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import type { Storage } from '../storage/storage.ts';

export interface ChainSources {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly loggers: LoggerFactory;
  readonly proofs: ProofChecker;
  readonly proofRules: () => ProofRules;
  readonly blocks: Blocks;
}

/** Undefined with `--no-chain`. The simulator has no xuni window unless it is asked for one. */
export function createChain(config: Config, sources: ChainSources): Chain | undefined {
  if (config.noChain) return undefined;
  const { storage, clock, loggers, proofs, proofRules, blocks } = sources;
  return new Chain({
    repository: new ChainRepository(storage),
    proofs,
    rules: () => ({ ...proofRules(), hasXuniWindow: config.xuniWindow === 'on' }),
    verify: config.verify,
    fixedDifficultyKib: config.difficulty,
    accepted: (key, blockId) => blocks.markOnChain(key, blockId),
    clock,
    logger: loggers.module('chain'),
  });
}
