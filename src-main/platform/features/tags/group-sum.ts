import { toCredits } from '../../../contract/domain/money.ts';
import type { GroupTotals } from '../../../contract/domain/tag.ts';
import { roundHashrate, type LiveWorker } from '../fleet/index.ts';

/** What is not in a worker itself. */
export interface WorkerFigures {
  readonly isOnline: boolean;
  readonly isLeased: boolean;
  /** Of the last 24 hours, and of the period that was asked for. */
  readonly earnedDayMicro: number;
  readonly earnedMicro: number;
}

/** Adds up workers. */
export class GroupSum {
  #workers = 0;
  #online = 0;
  #gpus = 0;
  #activeGpus = 0;
  #leasedWorkers = 0;
  /** H/s. */
  #leased = 0;
  #own = 0;
  #earnedDayMicro = 0;
  #earnedMicro = 0;

  add(worker: LiveWorker, { isOnline, isLeased, earnedDayMicro, earnedMicro }: WorkerFigures): void {
    this.#workers += 1;
    this.#gpus += worker.gpuCount;
    this.#earnedDayMicro += earnedDayMicro;
    this.#earnedMicro += earnedMicro;
    if (isLeased) this.#leasedWorkers += 1;
    if (!isOnline) return;
    this.#online += 1;
    this.#activeGpus += worker.activeGpus;
    if (isLeased) this.#leased += worker.hashrate;
    else this.#own += worker.hashrate;
  }

  totals(): GroupTotals {
    return {
      workers: this.#workers,
      online: this.#online,
      gpus: this.#gpus,
      active_gpus: this.#activeGpus,
      hashrate: roundHashrate(this.#leased + this.#own),
      leased_workers: this.#leasedWorkers,
      leased_hashrate: roundHashrate(this.#leased),
      self_hashrate: roundHashrate(this.#own),
      earnings_24h: toCredits(this.#earnedDayMicro),
      earnings: toCredits(this.#earnedMicro),
    };
  }
}
