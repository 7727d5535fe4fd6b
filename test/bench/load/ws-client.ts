import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

const opcode = { continuation: 0, text: 1, close: 8, ping: 9 } as const;
const readBuffer = Buffer.allocUnsafe(256 * 1024);

/** What a client reports to its owner. */
export interface WsObserver {
  /** A text frame; the payload is only valid during the call. */
  frame(payload: Buffer): void;
  /** The connection ended without being asked to. */
  lost(reason: string): void;
}

/** Minimal WebSocket client (RFC 6455) without extensions: receives text, answers pings. */
export class WsClient {
  private readonly observer: WsObserver;
  private readonly socket: Socket;
  private upgraded = false;
  private closing = false;
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  /** Bytes needed before it is worth looking at the pending chunks again. */
  private neededBytes = 1;
  private fragments: Buffer[] = [];

  /** Connects and upgrades at once. */
  constructor(port: number, path: string, observer: WsObserver) {
    this.observer = observer;
    this.socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          this.receive(readBuffer.subarray(0, length));
          return true;
        },
      },
    });
    const lines = [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ];
    this.socket.write(lines.join('\r\n') + '\r\n\r\n');
    this.socket.on('error', (error) => this.fail(error.message));
    this.socket.on('close', () => this.fail('connection closed'));
  }

  /** Ends the connection. */
  close(): void {
    this.closing = true;
    this.socket.destroy();
  }

  private fail(reason: string): void {
    if (this.closing) return;
    this.close();
    this.observer.lost(reason);
  }

  private receive(chunk: Buffer): void {
    if (this.pendingBytes === 0) {
      this.consume(chunk);
      return;
    }
    // Chunks are only joined once a whole frame is there: snapshots come in many chunks.
    this.pending.push(Buffer.from(chunk));
    this.pendingBytes += chunk.length;
    if (this.pendingBytes < this.neededBytes) return;
    const data = Buffer.concat(this.pending, this.pendingBytes);
    this.pending = [];
    this.pendingBytes = 0;
    this.consume(data);
  }

  private consume(data: Buffer): void {
    let offset = this.upgraded ? 0 : this.readUpgrade(data);
    while (this.upgraded && offset < data.length && !this.closing) {
      const end = this.readFrame(data, offset);
      if (end === undefined) break;
      offset = end;
    }
    if (offset === data.length || this.closing) return;
    // The read buffer is shared: what is left has to be copied.
    this.pending.push(Buffer.from(data.subarray(offset)));
    this.pendingBytes = data.length - offset;
  }

  private readUpgrade(data: Buffer): number {
    const end = data.indexOf('\r\n\r\n');
    this.neededBytes = data.length + 1;
    if (end < 0) return 0;
    const status = data.toString('latin1', 9, 12);
    if (status === '101') this.upgraded = true;
    else this.fail(`upgrade answered ${status}`);
    return end + 4;
  }

  /** Handles one frame and returns the offset after it; undefined when it isn't complete yet. */
  private readFrame(data: Buffer, offset: number): number | undefined {
    const available = data.length - offset;
    this.neededBytes = 10;
    if (available < 2) return undefined;
    const short = (data[offset + 1] ?? 0) & 0x7f;
    const headerBytes = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (available < headerBytes) return undefined;
    let length = short;
    if (short === 126) length = data.readUInt16BE(offset + 2);
    else if (short === 127) length = Number(data.readBigUInt64BE(offset + 2));
    this.neededBytes = headerBytes + length;
    if (available < this.neededBytes) return undefined;
    const begin = offset + headerBytes;
    this.onFrame(data[offset] ?? 0, data.subarray(begin, begin + length));
    return begin + length;
  }

  private onFrame(firstByte: number, payload: Buffer): void {
    const code = firstByte & 0x0f;
    const final = (firstByte & 0x80) !== 0;
    if (code === opcode.ping) this.pong(payload);
    else if (code === opcode.close) this.fail(closeReason(payload));
    else if (code === opcode.text && final) this.observer.frame(payload);
    else if (code === opcode.text || code === opcode.continuation) {
      this.fragments.push(Buffer.from(payload));
      if (!final) return;
      const whole = Buffer.concat(this.fragments);
      this.fragments = [];
      this.observer.frame(whole);
    }
  }

  private pong(payload: Buffer): void {
    // Clients must mask [RFC 6455 5.3]; a zero mask leaves the payload as it is.
    this.socket.write(Buffer.concat([Buffer.from([0x8a, 0x80 | payload.length, 0, 0, 0, 0]), payload]));
  }
}

function closeReason(payload: Buffer): string {
  if (payload.length < 2) return 'closed by the server';
  return `closed by the server: ${payload.readUInt16BE(0)} ${payload.toString('utf8', 2)}`;
}
