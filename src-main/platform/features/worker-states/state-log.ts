/**
 * What workers did since when: looked at each second, a row for each change and none for a heartbeat, written behind
 * like heartbeats are.
 */
import { onlineWindowMs } from '../../../contract/domain/worker.ts';
import type { TimelineSegment, TimelineState } from '../../../contract/domain/worker-page.ts';
import { messageOf } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { LiveWorker } from '../fleet/index.ts';
import type { StateRepository, Transition } from './state.repository.ts';
import { timelineStateOf, toTimeline } from './timeline.ts';

export interface StateLogOptions {
  readonly repository: StateRepository;
  /** All registered workers. */
  readonly workers: () => Iterable<LiveWorker>;
  /** Since when the platform hears its workers without a break. */
  readonly attentiveSinceMs: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
}

const lookEveryMs = 1000;

/** Rows in one transaction, so that none holds the event loop for long. */
const rowsPerTransaction = 250;

const hourMs = 3_600_000;

/** Of one worker: who changes more often shows its later states in the next hour, and fills no disk. */
const changesPerHour = 360;

export class StateLog implements Component {
  readonly name = 'worker-states';
  readonly #options: StateLogOptions;
  readonly #last = new Map<string, Transition>();
  #unwritten: Transition[] = [];
  #hour = 0;
  #changes = new Map<string, number>();
  #stopTimer: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: StateLogOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { repository, clock } = this.#options;
    this.#last.clear();
    for (const transition of await repository.loadLast()) this.#last.set(transition.workerId, transition);
    await repository.beginObserving(clock.nowMs(), await repository.lastSignMs());
    this.#stopTimer = clock.every(lookEveryMs, () => {
      this.#look();
      void this.#write();
    });
  }

  async stop(): Promise<void> {
    this.#stopTimer?.();
    this.#look();
    await this.#write();
    await this.#options.repository.endObserving(this.#options.clock.nowMs());
  }

  /** What a worker did in the last `hours`. */
  async timeline(
    workerId: string,
    hours: number,
  ): Promise<{ fromMs: number; toMs: number; segments: TimelineSegment[] }> {
    const { repository, clock } = this.#options;
    const toMs = clock.nowMs();
    const fromMs = toMs - hours * hourMs;
    const stored = await repository.within(workerId, fromMs, toMs);
    const fresh = this.#unwritten.filter((change) => change.workerId === workerId);
    const newest = stored.at(-1)?.sinceMs ?? Number.NEGATIVE_INFINITY;
    const changes = [...stored, ...fresh.filter(({ sinceMs }) => sinceMs > newest)];
    return {
      fromMs,
      toMs,
      segments: toTimeline(changes, await repository.ofPlatform(fromMs, toMs), fromMs, toMs),
    };
  }

  /** Notes who does something else than at the last look. */
  #look(): void {
    const nowMs = this.#options.clock.nowMs();
    const hour = Math.floor(nowMs / hourMs);
    if (hour !== this.#hour) this.#changes = new Map();
    this.#hour = hour;
    const isAttentive = nowMs - this.#options.attentiveSinceMs() >= onlineWindowMs;
    for (const worker of this.#options.workers()) {
      const state = timelineStateOf(worker, nowMs);
      const last = this.#last.get(worker.workerId);
      if (state === (last?.state ?? 'unknown')) continue;
      // The platform's own downtime is nobody's silence.
      if (state === 'silent' && !isAttentive) continue;
      const count = this.#changes.get(worker.workerId) ?? 0;
      if (count >= changesPerHour) continue;
      this.#changes.set(worker.workerId, count + 1);
      const sinceMs = Math.max(beginOf(state, worker, nowMs), last === undefined ? 0 : last.sinceMs + 1);
      const transition = { workerId: worker.workerId, sinceMs, state };
      this.#last.set(worker.workerId, transition);
      this.#unwritten.push(transition);
    }
  }

  /** What can't be written waits for the next round. */
  #write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeAll());
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    const { repository, logger } = this.#options;
    try {
      while (this.#unwritten.length > 0) {
        const portion = this.#unwritten.slice(0, rowsPerTransaction);
        await repository.save(portion);
        this.#unwritten.splice(0, portion.length);
      }
    } catch (error) {
      logger.error(`states of workers not stored: ${messageOf(error)}`);
    }
  }
}

/** Who is silent is so since it was last heard, and who is offline since it said so. */
function beginOf(state: TimelineState, worker: LiveWorker, nowMs: number): number {
  if (state === 'silent') return worker.lastOnlineAtMs;
  return state === 'offline' ? (worker.offlineSinceMs ?? nowMs) : nowMs;
}
