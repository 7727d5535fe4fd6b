/** The score of each worker, from figures that are kept current: reading it scans nothing. */
import type { Reputation } from '../../../contract/domain/worker.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { LiveWorker } from '../fleet/index.ts';
import { computeReputation, computeScore, type ReputationFigures } from './reputation.ts';

export interface ReputationsOptions {
  readonly find: (workerId: string) => LiveWorker | undefined;
  /** Ended leases of a worker. */
  readonly tallyOf: (workerId: string) => { readonly completed: number; readonly ended: number };
  readonly clock: Clock;
}

export class Reputations {
  readonly #options: ReputationsOptions;

  constructor(options: ReputationsOptions) {
    this.#options = options;
  }

  of(worker: LiveWorker): Reputation {
    return computeReputation(this.#figuresOf(worker));
  }

  /** The score alone, not rounded: what workers are compared by. */
  scoreOf(worker: LiveWorker): number {
    return computeScore(this.#figuresOf(worker));
  }

  /** @throws AppError `not_found` */
  require(workerId: string): Reputation {
    const worker = this.#options.find(workerId);
    if (!worker) throw new AppError('not_found', `There is no worker ${workerId}.`);
    return this.of(worker);
  }

  #figuresOf(worker: LiveWorker): ReputationFigures {
    const { tallyOf, clock } = this.#options;
    const tally = tallyOf(worker.workerId);
    return {
      workerId: worker.workerId,
      verifiedBlocks: worker.provenBlocks + worker.carriedBlocks,
      completedLeases: tally.completed,
      totalLeases: tally.ended,
      onlineSec: worker.totalOnlineMs / 1000,
      secSinceRegistration: (clock.nowMs() - worker.registeredAtMs) / 1000,
    };
  }
}
