import { connect as connectSocket, type Socket } from 'node:net';
import { once } from 'node:events';
import { generate, parser, type IConnectPacket, type Packet } from 'mqtt-packet';
import { onTestFinished } from 'vitest';

export type ConnectFields = Partial<Omit<IConnectPacket, 'cmd'>>;

const packetTimeoutMs = 10_000;

/** Speaks MQTT byte by byte, so that a test decides what is sent in which piece, and what is not answered. */
export class RawClient {
  /** Everything that came, also what was already taken by `next`. */
  readonly received: Packet[] = [];
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #unread: Packet[] = [];
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#wake?.();
        resolve();
      });
    });
    socket.on('error', () => undefined);
    const frames = parser({ protocolVersion: 4 });
    frames.on('packet', (packet) => {
      this.received.push(packet);
      this.#unread.push(packet);
      this.#wake?.();
    });
    frames.on('error', () => socket.destroy());
    socket.on('data', (chunk) => frames.parse(chunk));
  }

  /** A bare TCP connection; it ends with the test. */
  static async open(port: number): Promise<RawClient> {
    const socket = connectSocket({ host: '127.0.0.1', port, noDelay: true });
    onTestFinished(() => void socket.destroy());
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  /** An accepted MQTT session. */
  static async connect(port: number, fields: ConnectFields = {}): Promise<RawClient> {
    const client = await RawClient.open(port);
    client.send(connectPacket(fields));
    const connack = await client.next('connack');
    if (connack.returnCode !== 0) throw new Error(`CONNACK ${String(connack.returnCode)}`);
    return client;
  }

  get isClosed(): boolean {
    return this.#socket.closed;
  }

  /** Sends all packets in one write. */
  send(...packets: readonly Packet[]): void {
    this.write(Buffer.concat(packets.map((packet) => generate(packet))));
  }

  write(bytes: Buffer): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /** Sends the last bytes and half-closes. */
  end(bytes: Buffer): void {
    this.#socket.end(bytes);
  }

  /** The next packet of this kind that was not taken yet; others before it are passed over. */
  async next<Kind extends Packet['cmd']>(kind: Kind): Promise<Extract<Packet, { cmd: Kind }>> {
    const deadline = setTimeout(() => this.#socket.destroy(), packetTimeoutMs);
    try {
      for (;;) {
        const packet = this.#unread.shift();
        if (packet?.cmd === kind) return packet as Extract<Packet, { cmd: Kind }>;
        if (packet) continue;
        if (this.#socket.destroyed) throw new Error(`the connection ended without ${kind}`);
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Stops reading: what the other side sends stays with the operating system. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Breaks the connection without DISCONNECT. */
  destroy(): void {
    this.#socket.destroy();
  }
}

/** CONNECT as the C++ miner sends it, but without a will. */
export function connectPacket(fields: ConnectFields = {}): IConnectPacket {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: `raw-${crypto.randomUUID()}`,
    keepalive: 60,
    ...fields,
  };
}

/** PUBLISH of a JSON object, or of the bytes as they are. */
export function publishPacket(
  topic: string,
  payload: unknown,
  fields: { qos?: 0 | 1 | 2; messageId?: number; retain?: boolean; dup?: boolean } = {},
): Packet {
  const body = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
  const { qos = 1, messageId = 1, retain = false, dup = false } = fields;
  return { cmd: 'publish', topic, payload: body, qos, retain, dup, ...(qos > 0 ? { messageId } : {}) };
}

/** SUBSCRIBE of filters with one QoS. */
export function subscribePacket(filters: readonly string[], qos: 0 | 1 | 2 = 1, messageId = 1): Packet {
  return { cmd: 'subscribe', messageId, subscriptions: filters.map((topic) => ({ topic, qos })) };
}
