/** One connection of a miner, as the C++ miner makes it (mqtt.md, How the C++ miner connects). */
import { connect, type MqttClient } from 'mqtt';
import type { ControlMessage, TaskMessage } from '../../contract/mqtt/platform-messages.ts';
import type { MinerReports } from '../../contract/mqtt/miner-messages.ts';
import {
  minerTopic,
  parseWorkerTopic,
  platformTopic,
  type MinerMessageType,
} from '../../contract/mqtt/topics.ts';
import { messageOf } from '../kernel/app-error.ts';

const keepAliveSec = 60;
const connectTimeoutMs = 10_000;
/** MQTT 3.1.1, 3.9.3: the broker refuses the subscription. */
const subscriptionRefused = 0x80;

export interface MinerConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly workerId: string;
  /** Of the worker; a miner without them is anonymous. */
  readonly password?: string | undefined;
  readonly nowMs: () => number;
  readonly onTask: (message: TaskMessage) => void;
  readonly onControl: (message: Partial<ControlMessage>) => void;
  /** It ended, and not because of `close` or `cut`. */
  readonly onLost: () => void;
}

/** An MQTT 3.1.1 session of one miner: clean, keep-alive 60 s, with the retained will. It never reconnects. */
export class MinerConnection {
  readonly #options: MinerConnectionOptions;
  readonly #client: MqttClient;
  #unacknowledged = 0;
  #isOpen = false;

  private constructor(options: MinerConnectionOptions) {
    this.#options = options;
    const { host, port, workerId, password } = options;
    this.#client = connect({
      protocol: 'mqtt',
      host,
      port,
      clientId: `xenminer_${workerId}`,
      clean: true,
      keepalive: keepAliveSec,
      connectTimeout: connectTimeoutMs,
      reconnectPeriod: 0,
      protocolVersion: 4,
      timerVariant: 'native',
      will: {
        topic: minerTopic(workerId, 'status'),
        payload: Buffer.from(this.#lastWord()),
        qos: 1,
        retain: true,
      },
      ...(password === undefined ? {} : { username: workerId, password }),
    });
    // Each of its errors ends the connection, and `open` has said what is to be said.
    this.#client.on('error', () => undefined);
    this.#client.on('close', () => this.#lose());
    this.#client.on('message', (topic, payload) => this.#hear(topic, payload));
  }

  /**
   * Connects and subscribes.
   *
   * @param signal gives up
   * @throws Error in words for people, with the broker's or the network's reason
   */
  static async open(options: MinerConnectionOptions, signal: AbortSignal): Promise<MinerConnection> {
    const connection = new MinerConnection(options);
    const client = connection.#client;
    const giveUp = () => connection.cut();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        client.once('connect', () => resolve());
        client.once('error', reject);
        client.once('close', () => reject(new Error('the broker closed the connection, or did not answer')));
      });
      const { workerId } = options;
      const topics = [platformTopic(workerId, 'task'), platformTopic(workerId, 'control')];
      const granted = await client.subscribeAsync(topics, { qos: 1 });
      if (granted.some(({ qos }) => qos === subscriptionRefused))
        throw new Error(`the broker does not let it listen to ${topics.join(' and ')}`);
      // It may have ended, or been given up, in between.
      if (!client.connected || signal.aborted) throw new Error('the broker closed the connection');
    } catch (error) {
      connection.cut();
      throw error instanceof AggregateError ? toPlainError(error) : error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
    connection.#isOpen = true;
    return connection;
  }

  /** QoS 1 messages that the broker has not acknowledged yet. */
  get unacknowledged(): number {
    return this.#unacknowledged;
  }

  /**
   * Publishes with QoS 1. What the broker has not acknowledged when the connection ends is lost.
   *
   * @param acknowledged called at the PUBACK only
   */
  publish<Type extends MinerMessageType>(
    type: Type,
    message: MinerReports[Type],
    acknowledged?: () => void,
  ): void {
    const { workerId, nowMs } = this.#options;
    const payload = JSON.stringify({ worker_id: workerId, ...message, timestamp: unixSeconds(nowMs()) });
    this.#send(minerTopic(workerId, type), payload, false, acknowledged);
  }

  /** The end of a miner that stops: state offline, then the will's object, then DISCONNECT. Settles at its end. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const topic = minerTopic(this.#options.workerId, 'status');
    const state = { worker_id: this.#options.workerId, state: 'offline' };
    const payload = JSON.stringify({ ...state, timestamp: unixSeconds(this.#options.nowMs()) });
    this.#send(topic, payload, false);
    this.#send(topic, this.#lastWord(), true);
    await this.#client.endAsync();
  }

  /** Breaks the connection without a goodbye, so that the broker publishes the will. */
  cut(): void {
    this.#isOpen = false;
    this.#client.end(true);
    // The end of one that is about to end is ignored.
    this.#client.stream.destroy();
  }

  #send(topic: string, payload: string, retain: boolean, acknowledged?: () => void): void {
    this.#unacknowledged += 1;
    this.#client.publish(topic, payload, { qos: 1, retain }, (error) => {
      this.#unacknowledged -= 1;
      if (!error) acknowledged?.();
    });
  }

  /** The will, and what a clean stop says at last: `status`, not `state`. */
  #lastWord(): string {
    const { workerId, nowMs } = this.#options;
    return JSON.stringify({
      worker_id: workerId,
      status: 'offline',
      timestamp: unixSeconds(nowMs()),
    });
  }

  #hear(topic: string, payload: Buffer): void {
    const type = parseWorkerTopic(topic)?.type;
    let message: unknown;
    try {
      message = JSON.parse(payload.toString());
    } catch {
      // As the C++ miner: what it can't read it ignores.
      return;
    }
    if (typeof message !== 'object' || message === null) return;
    if (type === 'task') this.#options.onTask(message as TaskMessage);
    else if (type === 'control') this.#options.onControl(message);
  }

  #lose(): void {
    if (!this.#isOpen) return;
    this.cut();
    this.#options.onLost();
  }
}

/** Miners know no fractions. */
function unixSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1000);
}

/** A name with several addresses fails once for each of them. */
function toPlainError(error: AggregateError): Error {
  return new Error([...new Set(error.errors.map(messageOf))].join('; '), { cause: error });
}
