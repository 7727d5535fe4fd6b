/**
 * When workers were away, by the platform's own observation: downtime is refunded by it (domain.md, Lease). What is
 * written here is written in order before a settlement that comes after it.
 */
import { messageOf } from '../../kernel/app-error.ts';
import type { Component } from '../../kernel/component.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Outage, SessionRepository } from './session.repository.ts';

export interface SessionLogOptions {
  readonly repository: SessionRepository;
  readonly logger: Logger;
}

export class SessionLog implements Component {
  readonly name = 'sessions';
  readonly #options: SessionLogOptions;
  #away = new Map<string, number>();
  readonly #writing = new Set<Promise<void>>();

  constructor(options: SessionLogOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#away = await this.#options.repository.loadOpen();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#writing);
  }

  /** Since when a worker is away; undefined while it is not. */
  awaySince(workerId: string): number | undefined {
    return this.#away.get(workerId);
  }

  /**
   * A worker is away.
   *
   * @param sinceMs its offline message, or its last sign of life
   */
  left(workerId: string, sinceMs: number, cause: Outage['cause']): void {
    if (this.#away.has(workerId)) return;
    this.#away.set(workerId, sinceMs);
    this.#write(this.#options.repository.open(workerId, sinceMs, cause));
  }

  /** A worker is back. Returns whether it was away. */
  returned(workerId: string, atMs: number): boolean {
    if (!this.#away.delete(workerId)) return false;
    this.#write(this.#options.repository.close(workerId, atMs));
    return true;
  }

  #write(work: Promise<void>): void {
    const written = work.catch((error: unknown) => {
      this.#options.logger.error(`session log not written: ${messageOf(error)}`);
    });
    this.#writing.add(written);
    void written.then(() => this.#writing.delete(written));
  }
}
