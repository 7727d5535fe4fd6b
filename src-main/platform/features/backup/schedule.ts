/** When backups are due. */
import { Cron } from 'croner';
import { messageOf, StartupError } from '../../kernel/app-error.ts';

/** A cron expression in the machine's time zone; it only computes, the caller keeps the time. */
export class Schedule {
  /** As it was given; empty: never. */
  readonly expression: string;
  #cron: Cron | undefined;

  constructor(expression: string) {
    this.expression = expression.toLowerCase() === 'off' ? '' : expression;
  }

  /** Before the first use. @throws StartupError when the expression can't be read */
  prepare(): void {
    if (this.expression === '') return;
    try {
      this.#cron = new Cron(this.expression, { paused: true });
    } catch (error) {
      throw new StartupError(`--backup-schedule: ${messageOf(error)}; an example is "0 2 * * *".`, {
        cause: error,
      });
    }
  }

  /** The first time after a moment; undefined: never. */
  nextAfter(atMs: number): number | undefined {
    return this.#cron?.nextRun(new Date(atMs))?.getTime();
  }
}
