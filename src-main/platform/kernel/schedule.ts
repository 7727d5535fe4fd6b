/** When something is due that is done again and again. */
import { Cron } from 'croner';
import { messageOf, StartupError } from './app-error.ts';

/** A cron expression in the machine's time zone; it only computes, the caller keeps the time. */
export class Schedule {
  /** As it was given; empty: never. */
  readonly expression: string;
  readonly #flag: string;
  #cron: Cron | undefined;

  /** @param flag of the setting that it comes from, for errors */
  constructor(expression: string, flag: string) {
    this.expression = expression.toLowerCase() === 'off' ? '' : expression;
    this.#flag = flag;
  }

  /** Before the first use. @throws StartupError when the expression can't be read */
  prepare(): void {
    if (this.expression === '') return;
    try {
      this.#cron = new Cron(this.expression, { paused: true });
    } catch (error) {
      throw new StartupError(`${this.#flag}: ${messageOf(error)}; an example is "0 2 * * *".`, {
        cause: error,
      });
    }
  }

  /** The first time after a moment; undefined: never. */
  nextAfter(atMs: number): number | undefined {
    return this.#cron?.nextRun(new Date(atMs))?.getTime();
  }
}
