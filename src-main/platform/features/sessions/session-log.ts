/**
 * When workers were away, by the platform's own observation: downtime is refunded by it (domain.md, Lease). What is
 * written here is written in order before a settlement that comes after it.
 */
import { onlineWindowMs } from '../../../contract/domain/worker.ts';
import { messageOf } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Logger } from '../../kernel/logger.ts';
import { isOnline, type LiveWorker } from '../fleet/index.ts';
import type { Outage, SessionRepository } from './session.repository.ts';

export interface SessionLogOptions {
  readonly repository: SessionRepository;
  readonly clock: Clock;
  readonly logger: Logger;
  /** All registered workers. */
  readonly workers: () => Iterable<LiveWorker>;
}

const lookEveryMs = 1000;

export class SessionLog implements Component {
  readonly name = 'sessions';
  readonly #options: SessionLogOptions;
  #away = new Map<string, number>();
  readonly #writing = new Set<Promise<void>>();
  #startedAtMs = 0;
  #stopTimer: (() => void) | undefined;

  constructor(options: SessionLogOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { repository, clock } = this.#options;
    this.#away = await repository.loadOpen();
    this.#startedAtMs = clock.nowMs();
    this.#stopTimer = clock.every(lookEveryMs, () => this.#look());
  }

  async stop(): Promise<void> {
    this.#stopTimer?.();
    await Promise.all(this.#writing);
  }

  /** Since when a worker is away; undefined while it is not. */
  awaySince(workerId: string): number | undefined {
    return this.#away.get(workerId);
  }

  /** A worker said, or its will says, that it is offline. */
  left(workerId: string): void {
    this.#leave(workerId, this.#options.clock.nowMs(), 'offline');
  }

  /** A worker gave a sign of life. Returns whether it was away. */
  returned(workerId: string): boolean {
    if (!this.#away.delete(workerId)) return false;
    this.#write(this.#options.repository.close(workerId, this.#options.clock.nowMs()));
    return true;
  }

  /**
   * Finds workers that fell silent; they are away since their last sign of life. The platform's own downtime is
   * nobody's silence: after a start each worker has as much time to be heard again as between two heartbeats.
   */
  #look(): void {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#startedAtMs < onlineWindowMs) return;
    for (const worker of this.#options.workers()) {
      if (worker.lastHeartbeatMs === 0 || isOnline(worker, nowMs)) continue;
      this.#leave(worker.workerId, worker.lastHeartbeatMs, 'silent');
    }
  }

  #leave(workerId: string, sinceMs: number, cause: Outage['cause']): void {
    if (this.#away.has(workerId)) return;
    this.#away.set(workerId, sinceMs);
    this.#write(this.#options.repository.open(workerId, sinceMs, cause));
  }

  #write(work: Promise<void>): void {
    const written = work.catch((error: unknown) => {
      this.#options.logger.error(`session log not written: ${messageOf(error)}`);
    });
    this.#writing.add(written);
    void written.then(() => this.#writing.delete(written));
  }
}
