/**
 * Follows a message of the platform until the worker's own connection acknowledges it. aedes tells of a PUBACK
 * without saying of which message when the session is clean, as miners' sessions are; so message ids are given
 * here (MQTT 3.1.1, 2.3.1), and each PUBACK is looked up by its connection and id.
 */
import { randomInt } from 'node:crypto';
import type { AedesPublishPacket, Client } from 'aedes';
import type { Connection } from './connection.ts';

/** The part of aedes's session store through which every PUBACK passes, of clean sessions too. */
export interface AcknowledgementStore {
  outgoingClearMessageId(
    client: Client,
    packet: { readonly cmd: string; readonly messageId?: number },
  ): Promise<unknown>;
}

/** A message on its way. */
export interface Followed {
  readonly workerId: string;
  /** Connections of the worker that it was handed to. */
  takers: number;
  /** Called at the first acknowledgement. */
  acknowledged: (() => void) | undefined;
}

/** What one connection was sent. */
interface Outbox {
  lastMessageId: number;
  readonly unacknowledged: Map<number, Followed>;
}

const maxMessageId = 65_535;

export class Receipts {
  /** By payload: the one object that stays the same from the publish to each delivery. */
  readonly #followed = new WeakMap<object, Followed>();
  readonly #outboxes = new WeakMap<Connection, Outbox>();

  follow(payload: Buffer, followed: Followed): void {
    this.#followed.set(payload, followed);
  }

  /**
   * Gives a message that is about to be delivered to a connection its id there.
   *
   * @param isOwn whether the connection is the one that listens for a worker; others only watch
   */
  address(
    connection: Connection,
    packet: AedesPublishPacket,
    isOwn: (workerId: string) => boolean,
  ): AedesPublishPacket {
    if (packet.qos === 0) return packet;
    const outbox = this.#outboxOf(connection);
    outbox.lastMessageId = (outbox.lastMessageId % maxMessageId) + 1;
    outbox.unacknowledged.delete(outbox.lastMessageId);
    const followed = this.#followed.get(packet.payload as Buffer);
    if (followed && isOwn(followed.workerId)) {
      followed.takers += 1;
      outbox.unacknowledged.set(outbox.lastMessageId, followed);
    }
    return { ...packet, messageId: outbox.lastMessageId };
  }

  /** Hears of each PUBACK from the session store. */
  watch(store: AcknowledgementStore, connectionOf: (client: Client) => Connection | undefined): void {
    const clear = store.outgoingClearMessageId.bind(store);
    store.outgoingClearMessageId = (client, packet) => {
      const connection = packet.cmd === 'puback' ? connectionOf(client) : undefined;
      if (connection && packet.messageId !== undefined) this.#settle(connection, packet.messageId);
      return clear(client, packet);
    };
  }

  #settle(connection: Connection, messageId: number): void {
    const outbox = this.#outboxOf(connection);
    const followed = outbox.unacknowledged.get(messageId);
    if (!followed) return;
    outbox.unacknowledged.delete(messageId);
    followed.acknowledged?.();
    followed.acknowledged = undefined;
  }

  #outboxOf(connection: Connection): Outbox {
    const known = this.#outboxes.get(connection);
    if (known) return known;
    // A session that was kept may still hold ids of an earlier connection: a random start keeps away from them.
    const outbox: Outbox = { lastMessageId: randomInt(maxMessageId), unacknowledged: new Map() };
    this.#outboxes.set(connection, outbox);
    return outbox;
  }
}
