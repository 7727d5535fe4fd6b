/**
 * Bounds what waits for a persistent session (`--access open`): aedes keeps every QoS 1 and 2 message for a client
 * that is away, or that does not acknowledge, for as long as the process lives.
 */

/** The part of aedes's session store that adds to a queue and takes from it. */
export interface SessionQueues {
  outgoingEnqueueCombi(subscriptions: readonly Owner[], packet: QueuedPacket): Promise<void>;
  outgoingUpdate(client: { id: string }, packet: QueuedPacket): Promise<void>;
  outgoingClearMessageId(client: { id: string }, packet: QueuedPacket): Promise<QueuedPacket | undefined>;
}

interface Owner {
  readonly clientId: string;
}

interface QueuedPacket {
  readonly cmd: string;
  readonly topic?: string;
  readonly payload?: Buffer | string;
  readonly brokerCounter?: number;
  readonly messageId?: number;
}

/** What one session's queue holds, in the words of the store: packets by counter, then by message id. */
interface Queue {
  bytes: number;
  readonly sizes: Map<number, number>;
  readonly counterOfMessage: Map<number, number>;
}

function newQueue(): Queue {
  return { bytes: 0, sizes: new Map(), counterOfMessage: new Map() };
}

/** A queued packet takes about this much beside its topic and payload. */
const packetOverheadBytes = 256;

/** Past `maxBytes` a message is not kept for that session; `onFull` hears of it. */
export function limitSessionQueues(
  store: SessionQueues,
  maxBytes: number,
  onFull: (clientId: string) => void,
): void {
  const queues = new Map<string, Queue>();
  const enqueue = store.outgoingEnqueueCombi.bind(store);
  const update = store.outgoingUpdate.bind(store);
  const clear = store.outgoingClearMessageId.bind(store);

  store.outgoingEnqueueCombi = (owners, packet) => {
    const bytes = (packet.payload?.length ?? 0) + (packet.topic?.length ?? 0) + packetOverheadBytes;
    const admitted = owners.filter(({ clientId }) => {
      const queue = queues.get(clientId) ?? newQueue();
      // However small the limit is, one message fits.
      if (queue.bytes > 0 && queue.bytes + bytes > maxBytes) {
        onFull(clientId);
        return false;
      }
      queues.set(clientId, queue);
      queue.bytes += bytes;
      const counter = packet.brokerCounter ?? 0;
      queue.sizes.set(counter, (queue.sizes.get(counter) ?? 0) + bytes);
      return true;
    });
    return enqueue(admitted, packet);
  };

  store.outgoingUpdate = async (client, packet) => {
    await update(client, packet);
    const { messageId, brokerCounter } = packet;
    if (messageId === undefined || brokerCounter === undefined) return;
    queues.get(client.id)?.counterOfMessage.set(messageId, brokerCounter);
  };

  store.outgoingClearMessageId = async (client, packet) => {
    const cleared = await clear(client, packet);
    const queue = queues.get(client.id);
    if (!cleared || !queue || packet.messageId === undefined) return cleared;
    const counter = queue.counterOfMessage.get(packet.messageId) ?? cleared.brokerCounter ?? 0;
    queue.counterOfMessage.delete(packet.messageId);
    queue.bytes -= queue.sizes.get(counter) ?? 0;
    queue.sizes.delete(counter);
    if (queue.sizes.size === 0) queues.delete(client.id);
    return cleared;
  };
}
