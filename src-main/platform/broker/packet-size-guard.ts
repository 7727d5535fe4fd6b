/**
 * Ends a connection before an oversize MQTT packet is buffered. aedes's parser collects a packet of up to
 * 256 MiB before anyone sees it, so the framing is followed here: a fixed header and its length at a time.
 */
import type { Socket } from 'node:net';

/** Follows MQTT framing over chunks (MQTT 3.1.1, 2.2); costs a few steps a packet, whatever its size. */
export class PacketFraming {
  readonly #maxBytes: number;
  /** Bytes of the current packet's body that have not passed yet. */
  #remaining = 0;
  /** Bytes of the length field that were seen; -1: the packet type comes next. */
  #lengthBytes = -1;
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Follows one chunk. False: a packet is larger than allowed, or its length field is malformed. */
  accepts(chunk: Buffer): boolean {
    let position = 0;
    while (position < chunk.length) {
      if (this.#remaining > 0) {
        const passed = Math.min(this.#remaining, chunk.length - position);
        this.#remaining -= passed;
        position += passed;
      } else if (this.#lengthBytes < 0) {
        this.#lengthBytes = 0;
        this.#length = 0;
        position += 1;
      } else {
        const byte = chunk[position] as number;
        this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
        this.#lengthBytes += 1;
        position += 1;
        if (byte & 0x80) {
          if (this.#lengthBytes === 4) return false;
        } else {
          if (this.#length > this.#maxBytes) return false;
          this.#remaining = this.#length;
          this.#lengthBytes = -1;
        }
      }
    }
    return true;
  }
}

/** Watches what is read from the socket; destroys it with an error that says the limit. */
export function guardPacketSize(socket: Socket, maxBytes: number, onRefused: () => void): void {
  const framing = new PacketFraming(maxBytes);
  const read = socket.read.bind(socket) as (size?: number) => unknown;
  socket.read = (size?: number) => {
    const chunk = read(size);
    if (!Buffer.isBuffer(chunk) || framing.accepts(chunk)) return chunk;
    onRefused();
    socket.destroy(new Error(`packet larger than ${maxBytes} bytes, or malformed`));
    return null;
  };
}
