/** What becomes of a message once it is its turn: refused, handed to its feature, passed on, or dropped. */
import type { Aedes } from 'aedes';
import { parseWorkerTopic } from '../../contract/mqtt/topics.ts';
import { AppError, messageOf } from '../kernel/app-error.ts';
import type { BrokerRights } from './broker-rights.ts';
import type { RefusalKind } from './broker-stats.ts';
import type { Connection } from './connection.ts';
import type { MinerInbox } from './miner-inbox.ts';
import type { RetainedTopics } from './retained-topics.ts';

export type Packet = Parameters<Aedes['authorizePublish']>[1];

/** Without an error the message is acknowledged; with one its connection ends. */
export type Done = (error?: Error | null) => void;

/** Counts and logs what was turned away. */
export type Refused = (
  kind: RefusalKind,
  connection: Connection | undefined,
  reason: string,
  topic?: string,
) => void;

export interface MessageIntakeOptions {
  readonly inbox: MinerInbox;
  readonly rights: BrokerRights;
  readonly retained: RetainedTopics;
  readonly refused: Refused;
  /** Whether a message that the platform can't read still reaches its subscribers. */
  readonly forwardsMalformed: boolean;
  /** Told of a message that is passed on and is of no miner, except the operator's. */
  readonly strayed: (connection: Connection, topic: string) => void;
}

/**
 * aedes has no "acknowledge, but deliver to nobody": a refused packet goes to a topic to which nobody can
 * subscribe.
 */
export const nowhere = '$refused';

export class MessageIntake {
  readonly #options: MessageIntakeOptions;

  constructor(options: MessageIntakeOptions) {
    this.#options = options;
  }

  /** Takes the will of a connection that ended without a DISCONNECT. */
  takeWill(connection: Connection, packet: Packet, done: Done): void {
    const refusal = this.#options.rights.refuseLastWord(connection, packet.topic);
    if (refusal !== undefined) {
      this.#options.refused('will_not_allowed', connection, refusal, packet.topic);
      return done(new Error(refusal));
    }
    if (packet.retain && !this.#mayRetain(connection, packet)) packet.retain = false;
    const workerId = parseWorkerTopic(packet.topic)?.workerId;
    const isNews =
      !connection.superseded &&
      (workerId === undefined || this.#options.rights.speaksFor(connection, workerId));
    if (isNews) this.#deliver(connection, packet, done);
    else this.#pass(packet, done);
  }

  /** Takes a message of a connected client. */
  takePublish(connection: Connection, packet: Packet, done: Done): void {
    const refusal = this.#options.rights.refusePublish(connection, packet.topic);
    if (refusal !== undefined) {
      this.#options.refused('publish_not_allowed', connection, refusal, packet.topic);
      return this.#drop(packet, done);
    }
    if (packet.retain && !this.#mayRetain(connection, packet)) {
      this.#options.refused(
        'retain_not_kept',
        connection,
        'retained messages are not kept here',
        packet.topic,
      );
      packet.retain = false;
    }
    this.#deliver(connection, packet, done);
  }

  #deliver(connection: Connection, packet: Packet, done: Done): void {
    const topic = parseWorkerTopic(packet.topic);
    if (topic?.direction !== 'miner' && connection.principal !== 'operator')
      this.#options.strayed(connection, packet.topic);
    // What clears a retained message says nothing about the worker.
    if (topic?.direction !== 'miner' || (packet.retain && packet.payload.length === 0))
      return this.#pass(packet, done);
    const outcome = this.#options.inbox.deliver(topic.workerId, topic.type, packet.payload as Buffer);
    if (!outcome) return this.#pass(packet, done);
    if (outcome instanceof Promise) {
      outcome.then(
        () => this.#pass(packet, done),
        (error: unknown) => {
          if (error instanceof AppError) {
            this.#options.refused('publish_not_allowed', connection, error.message, packet.topic);
            return this.#drop(packet, done);
          }
          this.#options.refused('not_stored', connection, `not stored: ${messageOf(error)}`, packet.topic);
          // No PUBACK: the miner sends it again after its reconnect.
          done(new Error('not stored'));
        },
      );
      return;
    }
    this.#options.refused(outcome.kind, connection, outcome.reason, packet.topic);
    if (this.#options.forwardsMalformed) this.#pass(packet, done);
    else this.#drop(packet, done);
  }

  #drop(packet: Packet, done: Done): void {
    packet.topic = nowhere;
    packet.retain = false;
    done(null);
  }

  #mayRetain(connection: Connection, packet: Packet): boolean {
    return (
      this.#options.rights.mayRetain(connection, packet.topic) && this.#options.retained.hasRoomFor(packet)
    );
  }

  /** Lets a message pass to its subscribers. */
  #pass(packet: Packet, done: Done): void {
    if (packet.retain) this.#options.retained.keep(packet);
    done(null);
  }
}
