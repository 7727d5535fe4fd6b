/** Who may do what on the broker (mqtt.md, last section). */
import type { AccessMode } from '../../contract/config.ts';
import { parseWorkerTopic } from '../../contract/mqtt/topics.ts';
import type { Connection } from './connection.ts';
import type { Logins } from './logins.ts';

/** Topics below it belong to the broker; no client may use them. */
const systemTopicPattern = /^\$/;

/**
 * Decides on publishes, subscriptions and wills, and keeps which connection speaks for which worker: the first
 * one that publishes, or has a will, below `xenminer/{worker_id}/`, until it ends or its client id is taken over.
 */
export class BrokerRights {
  readonly #access: AccessMode;
  readonly #isGuarded: Logins['isGuarded'];
  readonly #speakers = new Map<string, Connection>();

  constructor(access: AccessMode, isGuarded: Logins['isGuarded']) {
    this.#access = access;
    this.#isGuarded = isGuarded;
  }

  /** Undefined when the publish is allowed, else the reason of the refusal. Binds the connection to its worker. */
  refusePublish(connection: Connection, topic: string): string | undefined {
    if (systemTopicPattern.test(topic)) return 'topics below $ belong to the broker';
    if (this.#isUnrestricted(connection)) return undefined;
    const parsed = parseWorkerTopic(topic);
    if (parsed?.direction !== 'miner') return 'not a topic on which a miner speaks';
    return this.#bind(connection, parsed.workerId) ?? this.#claim(connection, parsed.workerId);
  }

  /** Undefined when the subscription is allowed, else the reason of the refusal. */
  refuseSubscribe(connection: Connection, filter: string): string | undefined {
    const parsed = parseWorkerTopic(filter);
    if (this.#isUnrestricted(connection)) {
      if (parsed?.direction === 'platform') connection.listensFor.add(parsed.workerId);
      return undefined;
    }
    if (parsed?.direction !== 'platform') return 'not a topic on which the platform speaks to one worker';
    const speaker = this.#speakers.get(parsed.workerId);
    if (speaker?.listens && speaker !== connection) return `worker ${parsed.workerId} listens for itself`;
    const refusal = this.#bind(connection, parsed.workerId);
    connection.listens ||= refusal === undefined;
    return refusal;
  }

  /** Undefined when the connection may keep this will, else the reason of the refusal. */
  refuseWill(connection: Connection, topic: string): string | undefined {
    if (systemTopicPattern.test(topic)) return 'topics below $ belong to the broker';
    if (this.#isUnrestricted(connection)) return undefined;
    const parsed = parseWorkerTopic(topic);
    if (parsed?.direction !== 'miner' || parsed.type !== 'status')
      return 'a will has to be a status of a worker';
    const refusal = this.#bind(connection, parsed.workerId);
    // Another live connection of the worker keeps speaking for it; this one gets its turn when that one ends.
    if (refusal === undefined) this.#claim(connection, parsed.workerId);
    return refusal;
  }

  /**
   * The moment has come to publish a will. Undefined when it may be, else the reason of the refusal: another live
   * connection speaks for the worker. The one that took over this connection's client id is no other.
   */
  refuseLastWord(connection: Connection, topic: string): string | undefined {
    if (this.#isUnrestricted(connection)) return undefined;
    const workerId = parseWorkerTopic(topic)?.workerId ?? '';
    const speaker = this.#speakers.get(workerId);
    if (!speaker || speaker.clientId === connection.clientId) return undefined;
    return `worker ${workerId} has a connection of its own`;
  }

  /**
   * What the platform says to a worker is for the connection that speaks for it, whoever subscribed before; while
   * that one does not listen (a tool that only publishes), it is for who does.
   */
  mayReceive(connection: Connection, topic: string): boolean {
    if (this.#isUnrestricted(connection)) return true;
    const parsed = parseWorkerTopic(topic);
    if (parsed?.direction !== 'platform' || parsed.workerId !== connection.workerId) return false;
    return this.speaksFor(connection, parsed.workerId) || !this.#speakers.get(parsed.workerId)?.listens;
  }

  /** Whether a connection listens for this worker, and is not just somebody who watches. */
  listensFor(connection: Connection, workerId: string): boolean {
    if (connection.principal === 'operator') return false;
    return this.#access === 'open' ? connection.listensFor.has(workerId) : connection.workerId === workerId;
  }

  /**
   * Nothing is kept for an anonymous client that is gone: it would pile up, and whoever comes with the same client
   * id would get it. Miners ask for a clean session anyway.
   */
  mayKeepSession(connection: Connection): boolean {
    return this.#isUnrestricted(connection);
  }

  /** Only the own retained status of a miner is kept, unless everything is open. */
  mayRetain(connection: Connection, topic: string): boolean {
    return this.#isUnrestricted(connection) || parseWorkerTopic(topic)?.type === 'status';
  }

  /** False when another live connection speaks for the worker. */
  speaksFor(connection: Connection, workerId: string): boolean {
    const speaker = this.#speakers.get(workerId);
    return speaker === undefined || speaker === connection;
  }

  /**
   * Whether a connection may take over the client id of another one: of one that showed credentials, only the same
   * worker (or the operator) may.
   */
  mayTakeOver(connection: Connection, previous: Connection): boolean {
    if (previous.principal === 'anonymous' || this.#access === 'open') return true;
    return connection.principal === previous.principal && connection.workerId === previous.workerId;
  }

  /** The connection ended or was taken over: its worker may be spoken for by another one. */
  release(connection: Connection): void {
    const { workerId } = connection;
    if (workerId !== undefined && this.#speakers.get(workerId) === connection)
      this.#speakers.delete(workerId);
  }

  #isUnrestricted(connection: Connection): boolean {
    return this.#access === 'open' || connection.principal === 'operator';
  }

  #bind(connection: Connection, workerId: string): string | undefined {
    if (connection.principal === 'anonymous' && this.#isGuarded(workerId))
      return `worker ${workerId} has credentials of its own: connect with them`;
    connection.workerId ??= workerId;
    if (connection.workerId === workerId) return undefined;
    return `this connection speaks for worker ${connection.workerId} only`;
  }

  #claim(connection: Connection, workerId: string): string | undefined {
    if (!this.speaksFor(connection, workerId)) return `worker ${workerId} has a connection of its own`;
    // A message may outlive its connection for a moment; a claim must not.
    if (!connection.socket.destroyed && !connection.superseded) this.#speakers.set(workerId, connection);
    return undefined;
  }
}
