import type { LimitFunction } from 'p-limit';
import type { MinerReports } from '../../../contract/mqtt/miner-messages.ts';
import type { MinerMessageType } from '../../../contract/mqtt/topics.ts';
import { MinerConnection, type MinerConnectionOptions } from '../../broker/miner-connection.ts';
import { messageOf } from '../../kernel/app-error.ts';
import type { Random } from '../../kernel/random.ts';
import type { FleetFigures } from './figures.ts';
import type { Schedule } from './schedule.ts';

/** After a failure the next try waits this long, doubled each time, and never longer than the maximum. */
const firstRetryMs = 1000;
const maxRetryMs = 30_000;

/** A miner that hears no acknowledgements holds back: more than this wait for one. */
const maxUnacknowledged = 20;

export interface MinerLinkOptions extends Omit<MinerConnectionOptions, 'nowMs' | 'onLost'> {
  readonly schedule: Schedule;
  readonly random: Random;
  readonly figures: FleetFigures;
  /** How many connections may be made at the same time. */
  readonly gate: LimitFunction;
  /** Connected and subscribed. */
  readonly onUp: () => void;
  readonly onFailed: (reason: string) => void;
}

/** Keeps a miner connected: tries again with backoff after every loss. */
export class MinerLink {
  readonly #options: MinerLinkOptions;
  #connection: MinerConnection | undefined;
  /** A connection that says goodbye. */
  #leaving: MinerConnection | undefined;
  /** The try under way, or the one that is waited for. */
  #attempt = new AbortController();
  #failures = 0;

  constructor(options: MinerLinkOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#connection !== undefined;
  }

  /** Whether another message may be sent: it is up, and the broker keeps pace. */
  get isReady(): boolean {
    return this.#connection !== undefined && this.#connection.unacknowledged <= maxUnacknowledged;
  }

  /** Connects, and stays connected. */
  open(): void {
    void this.#try(this.#newAttempt());
  }

  /** Publishes when it is up; what a miner says while it is not is lost. */
  publish<Type extends MinerMessageType>(
    type: Type,
    message: MinerReports[Type],
    acknowledged?: () => void,
  ): void {
    if (!this.#connection) return;
    this.#connection.publish(type, message, acknowledged);
    this.#options.figures.messages += 1;
  }

  /** Breaks the connection without a goodbye; the next try comes after `darkMs`. */
  cut(darkMs: number): void {
    this.abandon();
    this.#failures = 0;
    this.#tryAfter(darkMs);
  }

  /** Breaks the connection for good, also one that says goodbye. */
  abandon(): void {
    this.#attempt.abort();
    this.#connection?.cut();
    this.#connection = undefined;
    this.#leaving?.cut();
    this.#leaving = undefined;
  }

  /** Says goodbye and disconnects; settles when the broker has taken it. */
  async close(): Promise<void> {
    this.#attempt.abort();
    if (!this.#connection) return;
    this.#leaving = this.#connection;
    this.#connection = undefined;
    await this.#leaving.close();
    this.#leaving = undefined;
  }

  #newAttempt(): AbortSignal {
    this.#attempt.abort();
    this.#attempt = new AbortController();
    return this.#attempt.signal;
  }

  async #try(signal: AbortSignal): Promise<void> {
    const { gate, figures, onUp, onFailed } = this.#options;
    try {
      await gate(async () => {
        if (signal.aborted) return;
        this.#connection = await MinerConnection.open(this.#connectionOptions(), signal);
      });
    } catch (error) {
      if (signal.aborted) return;
      figures.connectFailures += 1;
      figures.lastFailure = messageOf(error);
      this.#retry();
      return onFailed(figures.lastFailure);
    }
    if (!this.isUp) return;
    this.#failures = 0;
    onUp();
  }

  #connectionOptions(): MinerConnectionOptions {
    const { host, port, workerId, password, schedule, onTask, onControl } = this.#options;
    return {
      host,
      port,
      workerId,
      password,
      onTask,
      onControl,
      nowMs: () => schedule.nowMs(),
      onLost: () => {
        this.#connection = undefined;
        this.#retry();
      },
    };
  }

  /** Not all at once: each waits half as long up to one and a half times as long. */
  #retry(): void {
    const waitMs = Math.min(maxRetryMs, firstRetryMs * 2 ** this.#failures);
    this.#failures += 1;
    this.#tryAfter(waitMs * this.#options.random.between(0.5, 1.5));
  }

  #tryAfter(delayMs: number): void {
    const signal = this.#newAttempt();
    this.#options.schedule.after(delayMs, () => {
      if (signal.aborted) return;
      this.#options.figures.reconnects += 1;
      void this.#try(signal);
    });
  }
}
