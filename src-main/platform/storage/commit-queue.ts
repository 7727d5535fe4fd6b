/**
 * Group commit. Work from many senders shares one transaction, so that durability costs one sync for all of
 * them; each sender's promise settles after the COMMIT that holds its work.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../kernel/app-error.ts';
import type { Database } from './schema.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

/**
 * `full`: on disk when the promise settles, also after a power cut. `normal`: survives the end of the process;
 * a power cut may lose the last moments (telemetry).
 */
export type Durability = 'full' | 'normal';

/** Writes to the database; it may run twice (again, alone, after a neighbour failed), so it does nothing else. */
export type Work<Result> = (db: Database) => Promise<Result>;

interface Entry {
  readonly work: Work<unknown>;
  readonly durability: Durability;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** SQLite's words for a file or a disk that does not take what is written; everything else is the work's own fault. */
const unwritable = /^SQLITE_(FULL|IOERR|READONLY|CORRUPT|CANTOPEN|NOTADB)/;

/** How long one transaction may hold the event loop before the rest waits for the next turn. */
const transactionBudgetMs = 2;

export class CommitQueue {
  readonly #connection: SqliteConnection;
  readonly #pending: Entry[] = [];
  #running: Promise<void> | undefined;
  #transactions = 0;
  #committedAtMs: number | undefined;
  #failure = '';

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  /** Transactions committed since the start. */
  get transactions(): number {
    return this.#transactions;
  }

  /** Work that waits for its transaction. */
  get depth(): number {
    return this.#pending.length;
  }

  /** Milliseconds since the last COMMIT; undefined before the first. */
  get sinceCommitMs(): number | undefined {
    return this.#committedAtMs === undefined ? undefined : performance.now() - this.#committedAtMs;
  }

  /** Why the disk did not take the last transaction; empty when it did. */
  get failure(): string {
    return this.#failure;
  }

  /** Settles with the result of `work` after its COMMIT; rejects when `work` throws, with nothing of it kept. */
  submit<Result>(work: Work<Result>, durability: Durability = 'full'): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#pending.push({ work, durability, resolve: resolve as (result: unknown) => void, reject });
      this.#running ??= this.#run();
    });
  }

  /** Settles when nothing waits any more. */
  async drain(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#pending.length > 0) {
      await nextTurn();
      await this.#commitTogether();
    }
    this.#running = undefined;
  }

  async #commitTogether(): Promise<void> {
    const durability = this.#pending[0]?.durability ?? 'full';
    const deadline = performance.now() + transactionBudgetMs;
    const taken: Entry[] = [];
    const results: unknown[] = [];
    try {
      this.#begin(durability);
    } catch (error) {
      this.#note(error);
      // Without a transaction nothing can be written: whoever waits hears it now instead of waiting for ever.
      for (const entry of this.#pending.splice(0)) entry.reject(error);
      return;
    }
    try {
      while (
        this.#pending[0]?.durability === durability &&
        (taken.length === 0 || performance.now() < deadline)
      ) {
        const entry = this.#pending.shift() as Entry;
        taken.push(entry);
        results.push(await entry.work(this.#connection.db));
      }
      this.#commit();
    } catch (error) {
      this.#note(error);
      this.#rollback();
      if (taken.length === 1) taken[0]?.reject(error);
      else for (const entry of taken) await this.#commitAlone(entry);
      return;
    }
    taken.forEach((entry, index) => entry.resolve(results[index]));
  }

  async #commitAlone(entry: Entry): Promise<void> {
    try {
      this.#begin(entry.durability);
      const result = await entry.work(this.#connection.db);
      this.#commit();
      entry.resolve(result);
    } catch (error) {
      this.#note(error);
      this.#rollback();
      entry.reject(error);
    }
  }

  #begin(durability: Durability): void {
    // SQLite refuses to change this inside a transaction.
    this.#connection.handle.pragma(`synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
    this.#connection.handle.exec('BEGIN IMMEDIATE');
  }

  #commit(): void {
    this.#connection.handle.exec('COMMIT');
    this.#transactions += 1;
    this.#committedAtMs = performance.now();
    this.#failure = '';
  }

  #note(error: unknown): void {
    const { code } = error as { code?: unknown };
    if (typeof code === 'string' && unwritable.test(code)) this.#failure = messageOf(error);
  }

  #rollback(): void {
    if (this.#connection.handle.inTransaction) this.#connection.handle.exec('ROLLBACK');
  }
}
