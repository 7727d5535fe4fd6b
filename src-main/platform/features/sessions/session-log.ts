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

/** Between two looks only a machine that slept, or a clock that was set, lets more time pass. */
const maxLookGapMs = 10_000;

/**
 * Who is back for less than this was not back: a worker that comes and goes many times a second must fill neither
 * the disk nor its statements.
 */
const shortestReturnMs = 1000;

export class SessionLog implements Component {
  readonly name = 'sessions';
  readonly #options: SessionLogOptions;
  #away = new Map<string, Outage>();
  /** The last outage of each worker that is back since. */
  readonly #ended = new Map<string, Outage>();
  /** What is not known to be stored yet, in order; what could not be stored waits here for the next look. */
  readonly #unwritten = new Map<string, Outage[]>();
  readonly #writing = new Set<Promise<void>>();
  #attentiveSinceMs = 0;
  #lookedAtMs = 0;
  #stopTimer: (() => void) | undefined;

  constructor(options: SessionLogOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { repository, clock } = this.#options;
    this.#away = await repository.loadOpen();
    this.#attentiveSinceMs = clock.nowMs();
    this.#lookedAtMs = clock.nowMs();
    this.#stopTimer = clock.every(lookEveryMs, () => this.#look());
  }

  async stop(): Promise<void> {
    this.#stopTimer?.();
    await Promise.all(this.#writing);
    this.#unwritten.clear();
    this.#ended.clear();
  }

  /** Since when a worker is away; undefined while it is not. */
  awaySince(workerId: string): number | undefined {
    return this.#away.get(workerId)?.beganAtMs;
  }

  /** Since when the platform hears its workers without a break: its start, or the end of the machine's sleep. */
  get attentiveSinceMs(): number {
    const nowMs = this.#options.clock.nowMs();
    if (Math.abs(nowMs - this.#lookedAtMs) > maxLookGapMs) this.#attentiveSinceMs = nowMs;
    this.#lookedAtMs = nowMs;
    return this.#attentiveSinceMs;
  }

  /** A worker said, or its will says, that it is offline. */
  left(workerId: string): void {
    this.#leave(workerId, this.#options.clock.nowMs(), 'offline');
  }

  /** A worker gave a sign of life. Returns whether it was away. */
  returned(workerId: string): boolean {
    const outage = this.#away.get(workerId);
    if (!outage) return false;
    this.#away.delete(workerId);
    const ended = { ...outage, endedAtMs: this.#options.clock.nowMs() };
    this.#ended.set(workerId, ended);
    this.#write(workerId, ended);
    return true;
  }

  /**
   * Finds workers that fell silent; they are away since their last sign of life. The platform's own downtime is
   * nobody's silence: after a start each worker has as much time to be heard again as between two heartbeats.
   */
  #look(): void {
    for (const workerId of this.#unwritten.keys()) this.#writeAll(workerId);
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.attentiveSinceMs < onlineWindowMs) return;
    for (const worker of this.#options.workers()) {
      if (worker.lastHeartbeatMs === 0 || isOnline(worker, nowMs)) continue;
      this.#leave(worker.workerId, worker.lastHeartbeatMs, 'silent');
    }
  }

  #leave(workerId: string, beganAtMs: number, cause: Outage['cause']): void {
    if (this.#away.has(workerId)) return;
    const last = this.#ended.get(workerId);
    const goesOn = last && Math.abs(beganAtMs - (last.endedAtMs ?? beganAtMs)) < shortestReturnMs;
    const outage = { ...(goesOn ? last : { beganAtMs, cause }), endedAtMs: null };
    this.#ended.delete(workerId);
    this.#away.set(workerId, outage);
    this.#write(workerId, outage);
  }

  #write(workerId: string, outage: Outage): void {
    this.#unwritten.set(workerId, [...(this.#unwritten.get(workerId) ?? []), outage]);
    this.#writeAll(workerId);
  }

  /** Writing an outage again changes nothing: what may be lost goes along with what comes after it. */
  #writeAll(workerId: string): void {
    const outages = this.#unwritten.get(workerId) ?? [];
    const written = this.#options.repository.save(workerId, outages).then(
      () => this.#forget(workerId, outages),
      (error: unknown) => this.#options.logger.error(`session log not written: ${messageOf(error)}`),
    );
    this.#writing.add(written);
    void written.then(() => this.#writing.delete(written));
  }

  #forget(workerId: string, written: readonly Outage[]): void {
    const left = this.#unwritten.get(workerId)?.filter((outage) => !written.includes(outage)) ?? [];
    if (left.length === 0) this.#unwritten.delete(workerId);
    else this.#unwritten.set(workerId, left);
  }
}
