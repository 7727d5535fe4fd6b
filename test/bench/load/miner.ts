import { connect } from 'node:net';
import type { Socket } from 'node:net';
import {
  BlockTemplate,
  connectPacket,
  firstLoadMessageId,
  HeartbeatTemplate,
  registerPackets,
  setupMessageId,
  subscribePackets,
  toIdentity,
} from './packets.ts';
import type { MinerIdentity } from './packets.ts';

const packetType = { connack: 0x20, publish: 0x30, puback: 0x40, suback: 0x90 } as const;
const pingRequest = Buffer.from([0xc0, 0x00]);
const disconnect = Buffer.from([0xe0, 0x00]);
/** One read buffer for all sockets: each chunk is scanned before the next one is read. */
const readBuffer = Buffer.allocUnsafe(65_536);

/** What the pool wants to know about its miners. */
export interface MinerObserver {
  connected(miner: Miner): void;
  ready(miner: Miner): void;
  acknowledged(miner: Miner, messageId: number): void;
  failed(miner: Miner, reason: string): void;
  /** Told something on its task or control topic that is no answer to its register. */
  told(miner: Miner, message: Record<string, unknown>): void;
}

/** One bench miner: a raw socket that speaks exactly as much MQTT 3.1.1 as the C++ miner needs. */
export class Miner {
  /** Who this miner is. */
  readonly identity: MinerIdentity;
  /** Its position in the pool. */
  readonly index: number;
  /** Reused packet for heartbeats. */
  readonly heartbeat: HeartbeatTemplate;
  /** When it last sent anything, for the keep-alive. */
  lastSentMs = 0;
  private readonly observer: MinerObserver;
  private readonly awaited = new Set<string>(['suback-1', 'suback-2', 'puback-3', 'puback-4']);
  private blockTemplate: BlockTemplate | undefined;
  private socket: Socket | undefined;
  private rest: Buffer | undefined;
  private lastMessageId = firstLoadMessageId;
  private closing = false;

  /** Creates a miner that isn't connected yet. */
  constructor(index: number, observer: MinerObserver, expectRegisterAck: boolean) {
    this.index = index;
    this.identity = toIdentity(index);
    this.heartbeat = new HeartbeatTemplate(this.identity);
    this.observer = observer;
    if (expectRegisterAck) this.awaited.add('register_ack');
  }

  /** Reused packet for blocks. */
  get block(): BlockTemplate {
    return (this.blockTemplate ??= new BlockTemplate(this.identity));
  }

  /** Opens the connection; the rest of the start sequence follows from what the broker answers. */
  connect(port: number): void {
    const socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          this.scan(readBuffer.subarray(0, length));
          return true;
        },
      },
    });
    this.socket = socket;
    socket.on('connect', () => this.send(connectPacket(this.identity)));
    socket.on('error', (error) => this.fail(error.message));
    socket.on('close', () => this.fail('connection closed by the broker'));
  }

  /** Sends one encoded packet. */
  send(packet: Buffer): void {
    this.lastSentMs = Date.now();
    this.socket?.write(packet);
  }

  /** Keeps an idle connection alive. */
  ping(): void {
    this.send(pingRequest);
  }

  /** Next message id for a paced publish. */
  nextMessageId(): number {
    this.lastMessageId = this.lastMessageId === 0xffff ? firstLoadMessageId : this.lastMessageId + 1;
    return this.lastMessageId;
  }

  /** Says goodbye, so that the will isn't published. */
  close(): void {
    this.closing = true;
    this.socket?.end(disconnect);
  }

  private fail(reason: string): void {
    if (this.closing) return;
    this.closing = true;
    this.socket?.destroy();
    this.observer.failed(this, reason);
  }

  private scan(chunk: Buffer): void {
    // By far the most frequent case: one PUBACK, nothing else.
    if (chunk.length === 4 && this.rest === undefined && chunk[0] === packetType.puback) {
      this.onPuback(((chunk[2] ?? 0) << 8) | (chunk[3] ?? 0));
      return;
    }
    const data = this.rest === undefined ? chunk : Buffer.concat([this.rest, chunk]);
    this.rest = undefined;
    let offset = 0;
    while (offset < data.length) {
      const end = packetEnd(data, offset);
      if (end === undefined || end > data.length) {
        // The read buffer is shared: what is left has to be copied.
        this.rest = Buffer.from(data.subarray(offset));
        return;
      }
      this.onPacket(data.subarray(offset, end));
      offset = end;
    }
  }

  private onPacket(packet: Buffer): void {
    const type = (packet[0] ?? 0) & 0xf0;
    if (type === packetType.puback) this.onPuback(packet.readUInt16BE(2));
    else if (type === packetType.connack) this.onConnack(packet[3] ?? 0xff);
    else if (type === packetType.suback) this.onSuback(packet.readUInt16BE(2), packet[4] ?? 0x80);
    else if (type === packetType.publish) this.onPublish(packet);
  }

  private onPuback(messageId: number): void {
    if (messageId >= firstLoadMessageId) this.observer.acknowledged(this, messageId);
    else this.arrived(`puback-${messageId}`);
  }

  private onConnack(returnCode: number): void {
    if (returnCode !== 0) {
      this.fail(`connection refused with code ${returnCode}`);
      return;
    }
    this.observer.connected(this);
    this.send(subscribePackets(this.identity));
  }

  private onSuback(messageId: number, granted: number): void {
    if (granted === 0x80) {
      this.fail('subscription refused');
      return;
    }
    this.arrived(`suback-${messageId}`);
    if (messageId === setupMessageId.control) this.send(registerPackets(this.identity));
  }

  private onPublish(packet: Buffer): void {
    const headerLength = lengthBytes(packet, 0) + 1;
    const topicEnd = headerLength + 2 + packet.readUInt16BE(headerLength);
    const acknowledge = ((packet[0] ?? 0) & 0x06) !== 0;
    if (acknowledge) {
      this.send(Buffer.from([packetType.puback, 2, packet[topicEnd] ?? 0, packet[topicEnd + 1] ?? 0]));
    }
    const topic = packet.toString('utf8', headerLength + 2, topicEnd);
    const task = JSON.parse(packet.toString('utf8', topicEnd + (acknowledge ? 2 : 0))) as Record<
      string,
      unknown
    >;
    if (!topic.endsWith('/task') || task['command'] !== 'register_ack') return this.observer.told(this, task);
    if (task['accepted'] === true) this.arrived('register_ack');
    else this.fail(`register refused: ${String(task['reason'])}`);
  }

  private arrived(step: string): void {
    if (this.awaited.delete(step) && this.awaited.size === 0) this.observer.ready(this);
  }
}

/** Number of bytes of the remaining-length field; undefined-safe because callers hold a whole packet. */
function lengthBytes(data: Buffer, offset: number): number {
  let count = 1;
  while (((data[offset + count] ?? 0) & 0x80) !== 0) count += 1;
  return count;
}

/** Offset after the packet that begins here; undefined when its length isn't complete yet [MQTT-2.2.3]. */
function packetEnd(data: Buffer, offset: number): number | undefined {
  let length = 0;
  for (let count = 0; count < 4; count += 1) {
    const byte = data[offset + 1 + count];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** count;
    if ((byte & 0x80) === 0) return offset + 2 + count + length;
  }
  throw new Error('malformed remaining length');
}
