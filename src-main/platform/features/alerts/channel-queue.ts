/** What waits for one channel: sent one after the other, tried again a few times, never more than so many. */
import type { AlertChannelInput, AlertSendResult } from '../../../contract/domain/alert-channel.ts';
import { defaultAlertTemplate, fillTemplate } from '../../../contract/domain/alert-channel.ts';
import { messageOf } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { ChannelFigures } from './channel.repository.ts';
import type { AlertFields } from './incident-text.ts';
import type { AlertMessageRow } from './incident.repository.ts';
import { failure, sendMessage, type Letter, type Outcome, type ServiceAddresses } from './send-message.ts';

export interface ChannelQueueOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly services: ServiceAddresses;
  /** A server that has not answered by then has failed. */
  readonly timeoutMs: number;
  /** The channel as it is now, with its secret; undefined: the secret can't be read. */
  readonly channel: () => { readonly input: AlertChannelInput; readonly secret: string | undefined };
  readonly figures: ChannelFigures;
  readonly saveTry: (message: AlertMessageRow, figures: ChannelFigures) => Promise<void>;
}

/** One more, and the oldest is dropped. */
export const maxQueued = 200;

/** How long after each try that failed the next one comes; after the last one it is given up. */
const pausesMs = [5000, 30_000, 120_000, 600_000];

export class ChannelQueue {
  readonly #options: ChannelQueueOptions;
  readonly #waiting: AlertMessageRow[] = [];
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: ChannelQueueOptions) {
    this.#options = options;
  }

  get figures(): Readonly<ChannelFigures> {
    return this.#options.figures;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** When the next try is due; undefined: nothing waits. */
  get nextTryAtMs(): number | undefined {
    return this.#waiting.length === 0
      ? undefined
      : Math.min(...this.#waiting.map(({ next_try_at_ms: atMs }) => atMs));
  }

  /** Takes messages that are stored, and begins to send. */
  push(messages: readonly AlertMessageRow[]): void {
    this.#waiting.push(...messages);
    while (this.#waiting.length > maxQueued) {
      const oldest = this.#waiting.shift() as AlertMessageRow;
      this.#options.figures.dropped += 1;
      void this.#finish(oldest, 'dropped', 'The queue was full.');
    }
    this.wake();
  }

  /** Sends what is due; nobody waits for it. */
  wake(): void {
    if (this.#running || this.#stopping.signal.aborted || !this.#due()) return;
    this.#running = this.#run().finally(() => (this.#running = undefined));
  }

  /** Lets go at once; what was not sent stays in the database. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Sends a message past the queue and tells what the server said. */
  async test(fields: AlertFields): Promise<AlertSendResult> {
    const startedMs = performance.now();
    const { isSent, answer, status } = await this.#send(this.#letter(0, fields));
    return { ok: isSent, answer, status, duration_ms: Math.round(performance.now() - startedMs) };
  }

  #due(): AlertMessageRow | undefined {
    const nowMs = this.#options.clock.nowMs();
    return this.#waiting.find(({ next_try_at_ms: atMs }) => atMs <= nowMs);
  }

  async #run(): Promise<void> {
    for (let message = this.#due(); message; message = this.#due()) {
      const { message_id: messageId, fields } = message;
      const outcome = await this.#send(this.#letter(messageId, JSON.parse(fields) as AlertFields));
      if (this.#stopping.signal.aborted && !outcome.isSent) return;
      await this.#record(message, outcome);
    }
  }

  async #record(message: AlertMessageRow, outcome: Outcome): Promise<void> {
    const { clock, logger } = this.#options;
    const { figures } = this.#options;
    const nowMs = clock.nowMs();
    message.attempts += 1;
    if (outcome.isSent) {
      figures.sent += 1;
      figures.last_success_at_ms = nowMs;
      return this.#finish(message, 'sent', outcome.answer);
    }
    figures.last_error = outcome.answer;
    figures.last_error_at_ms = nowMs;
    const { name } = this.#options.channel().input;
    logger.warn({ channel: name, attempt: message.attempts }, `message not sent: ${outcome.answer}`);
    const pauseMs = pausesMs[message.attempts - 1];
    if (outcome.isFinal || pauseMs === undefined) {
      figures.failed += 1;
      return this.#finish(message, 'failed', outcome.answer);
    }
    message.answer = outcome.answer;
    message.next_try_at_ms = nowMs + Math.max(pauseMs, outcome.retryAfterMs ?? 0);
    await this.#save(message);
  }

  async #finish(message: AlertMessageRow, state: AlertMessageRow['state'], answer: string): Promise<void> {
    const index = this.#waiting.indexOf(message);
    if (index >= 0) this.#waiting.splice(index, 1);
    Object.assign(message, { state, answer, done_at_ms: this.#options.clock.nowMs() });
    await this.#save(message);
  }

  async #save(message: AlertMessageRow): Promise<void> {
    try {
      await this.#options.saveTry(message, this.figures);
    } catch (error) {
      this.#options.logger.error(`it is not stored what became of a message: ${messageOf(error)}`);
    }
  }

  #letter(messageId: number, fields: AlertFields): Letter {
    const { template } = this.#options.channel().input;
    return {
      messageId,
      at: Math.floor(toUnixSeconds(this.#options.clock.nowMs())),
      title: fillTemplate(template.title || defaultAlertTemplate.title, fields),
      text: fillTemplate(template.text || defaultAlertTemplate.text, fields),
      fields,
    };
  }

  async #send(letter: Letter): Promise<Outcome> {
    const { channel, services, timeoutMs } = this.#options;
    const { input, secret } = channel();
    if (secret === undefined)
      return failure("Its secret can't be read with this installation's key: enter it again.", true);
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#stopping.signal]);
    return sendMessage({ channel: input, secret, letter, signal, services });
  }
}
