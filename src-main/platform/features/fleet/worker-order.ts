import type { Fleet } from './fleet.service.ts';
import type { LiveWorker } from './live-worker.ts';

/**
 * The fleet in an order. The list is kept from call to call: nearly sorted already, so that sorting it again is
 * close to linear.
 */
export class WorkerOrder {
  readonly #fleet: Pick<Fleet, 'size' | 'get' | 'all'>;
  readonly #compare: (left: LiveWorker, right: LiveWorker) => number;
  #workers: LiveWorker[] = [];

  /** @param compare ties are broken by the id, so that pages don't overlap */
  constructor(
    fleet: Pick<Fleet, 'size' | 'get' | 'all'>,
    compare: (left: LiveWorker, right: LiveWorker) => number,
  ) {
    this.#fleet = fleet;
    this.#compare = (left, right) => compare(left, right) || (left.workerId < right.workerId ? -1 : 1);
  }

  /** All registered workers, in order. */
  sorted(): readonly LiveWorker[] {
    const first = this.#workers[0];
    const isCurrent =
      this.#workers.length === this.#fleet.size &&
      (first === undefined || this.#fleet.get(first.workerId) === first);
    if (!isCurrent) this.#workers = [...this.#fleet.all()];
    return this.#workers.sort(this.#compare);
  }
}
