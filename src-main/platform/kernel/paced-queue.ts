/**
 * Work in small portions. One turn of libuv's loop hands over every readable socket, thousands in a large fleet,
 * before any timer runs; what is done with them right there adds up to seconds. Work that goes through this
 * queue is done in portions of a few milliseconds with a full turn of the loop in between, and because senders
 * wait for it, the sockets that are readable in one turn stay few.
 */
/** Done work is dropped from the front of the queue in portions of this many, not one by one. */
const compactAfter = 1024;

export class PacedQueue {
  readonly #budgetMs: number;
  #waiting: (() => void)[] = [];
  #next = 0;
  #turn: NodeJS.Immediate | undefined;

  /** @param budgetMs time for work within one turn of the loop */
  constructor(budgetMs: number) {
    this.#budgetMs = budgetMs;
  }

  /** Does the work at the end of this turn of the loop, or of a later one; in order. */
  push(work: () => void): void {
    this.#waiting.push(work);
    this.#turn ??= setImmediate(() => this.#run());
  }

  /** Forgets what waits. */
  clear(): void {
    if (this.#turn) clearImmediate(this.#turn);
    this.#turn = undefined;
    this.#waiting = [];
    this.#next = 0;
  }

  #run(): void {
    const deadline = performance.now() + this.#budgetMs;
    this.#turn = undefined;
    do {
      const work = this.#waiting[this.#next];
      if (!work) break;
      this.#next += 1;
      work();
    } while (performance.now() < deadline);
    if (this.#next === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
    } else {
      if (this.#next > compactAfter) {
        this.#waiting.splice(0, this.#next);
        this.#next = 0;
      }
      this.#turn ??= setImmediate(() => this.#run());
    }
  }
}
