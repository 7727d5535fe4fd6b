import { connect } from 'node:net';
import type { Socket } from 'node:net';

const headerEnd = Buffer.from('\r\n\r\n');
const chunkedEnd = Buffer.from('\r\n0\r\n\r\n');
const readBuffer = Buffer.allocUnsafe(256 * 1024);

/** Called for each finished answer: its status (0 = connection lost) and the size of its body. */
export type AnswerListener = (status: number, bodyBytes: number) => void;

/**
 * Minimal HTTP/1.1 keep-alive client: one request at a time over one raw socket, bodies only counted.
 * Far cheaper than node:http, so that the generator isn't what is measured.
 */
export class HttpConnection {
  private readonly port: number;
  private readonly request: Buffer;
  private readonly onAnswer: AnswerListener;
  private socket: Socket | undefined;
  private closing = false;
  private waiting = false;
  private head: Buffer | undefined;
  private status = 0;
  private bodyBytes = 0;
  /** Body bytes still to come; undefined while the header is read, infinite for a chunked body. */
  private missing: number | undefined;
  private tail = Buffer.alloc(0);

  /** Prepares the request for one path. */
  constructor(port: number, path: string, onAnswer: AnswerListener) {
    this.port = port;
    this.onAnswer = onAnswer;
    const lines = [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Accept: application/json'];
    this.request = Buffer.from(lines.join('\r\n') + '\r\n\r\n', 'latin1');
  }

  /** Sends one request, over a new connection when there is none. */
  send(): void {
    this.head = undefined;
    this.missing = undefined;
    this.waiting = true;
    (this.socket ??= this.open()).write(this.request);
  }

  /** Closes the connection; an answer still to come is dropped. */
  close(): void {
    this.closing = true;
    this.socket?.destroy();
  }

  private open(): Socket {
    const socket = connect({
      host: '127.0.0.1',
      port: this.port,
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          this.scan(readBuffer.subarray(0, length));
          return true;
        },
      },
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      if (this.waiting) this.finish(0);
    });
    return socket;
  }

  private scan(chunk: Buffer): void {
    if (this.missing !== undefined) {
      this.countBody(chunk);
      return;
    }
    const data = this.head === undefined ? chunk : Buffer.concat([this.head, chunk]);
    const end = data.indexOf(headerEnd);
    if (end < 0) {
      this.head = Buffer.from(data);
      return;
    }
    const header = data.toString('latin1', 0, end);
    this.status = Number(header.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(header)?.[1];
    this.missing = length === undefined ? Number.POSITIVE_INFINITY : Number(length);
    this.bodyBytes = 0;
    this.tail = Buffer.alloc(0);
    this.countBody(data.subarray(end + headerEnd.length));
  }

  private countBody(chunk: Buffer): void {
    this.bodyBytes += chunk.length;
    this.missing = (this.missing ?? 0) - chunk.length;
    if (this.missing === Number.POSITIVE_INFINITY) {
      // The end mark may be cut in two: keep the last bytes.
      const seen = Buffer.concat([this.tail, chunk]);
      this.tail = Buffer.from(seen.subarray(-chunkedEnd.length));
      if (this.tail.equals(chunkedEnd)) this.finish(this.status);
    } else if (this.missing <= 0) {
      this.finish(this.status);
    }
  }

  private finish(status: number): void {
    if (!this.waiting) return;
    this.waiting = false;
    if (!this.closing) this.onAnswer(status, this.bodyBytes);
  }
}
