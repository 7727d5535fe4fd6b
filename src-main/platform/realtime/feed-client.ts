/** One client of the live feed, with bounded memory. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** A client that has not drained for this long is disconnected. */
const maxStallMs = 15_000;

/** A snapshot gets as much more time as a line of about half a megabit a second needs. */
const slowestBytesPerMs = 64;

/** Past this part of its limit a client gets no telemetry until it has drained. */
const stallFraction = 8;

export interface FeedClientOptions {
  readonly socket: WebSocket;
  /** The connection below, for writing several frames at once. */
  readonly connection: Duplex;
  /** Asked for `?batch=1`. */
  readonly batched: boolean;
  /** Unsent bytes beside a snapshot; past that the client is disconnected. */
  readonly maxQueueBytes: number;
  /** The client is disconnected because it does not drain. */
  readonly onDropped: () => void;
}

export class FeedClient {
  readonly batched: boolean;
  readonly #options: FeedClientOptions;
  /** Of a snapshot on its way: the whole state of a large fleet may be larger than the queue. */
  #snapshotBytes = 0;
  #stalledSinceMs: number | undefined;
  #missedTelemetry = false;
  #alive = true;

  constructor(options: FeedClientOptions) {
    this.#options = options;
    this.batched = options.batched;
    options.socket.on('pong', () => (this.#alive = true));
  }

  /** Sends the whole state. To a client that has drained only: its memory is this and its queue. */
  sendSnapshot(frame: Buffer): boolean {
    const { socket } = this.#options;
    if (socket.readyState !== socket.OPEN) return false;
    this.#snapshotBytes = frame.length;
    socket.send(frame, { binary: false }, () => (this.#snapshotBytes = 0));
    return true;
  }

  /**
   * Sends frames in one go. Telemetry is left out while the client does not drain; a client whose queue is full,
   * or that has not drained for long, is disconnected.
   *
   * @returns false when it was left out or the client is gone
   */
  send(frames: readonly Buffer[], kind: 'telemetry' | 'event', nowMs: number): boolean {
    const { socket, connection, maxQueueBytes } = this.#options;
    if (socket.readyState !== socket.OPEN || this.#dropIfStuck(nowMs)) return false;
    if (kind === 'telemetry' && this.#queuedBytes > maxQueueBytes / stallFraction) {
      this.#missedTelemetry = true;
      return false;
    }
    connection.cork();
    for (const frame of frames) socket.send(frame, { binary: false });
    connection.uncork();
    return true;
  }

  /** Whether the client drained after it missed telemetry, and should get the whole state again; asks once. */
  takeRecovery(): boolean {
    if (!this.#missedTelemetry || !this.#isDrained) return false;
    this.#missedTelemetry = false;
    return true;
  }

  /** Pings; a client that did not answer the ping before is gone and is disconnected. */
  checkAlive(nowMs: number): void {
    const { socket } = this.#options;
    // A ping would wait behind what is queued.
    if (this.#dropIfStuck(nowMs) || !this.#isDrained) return;
    if (!this.#alive) return socket.terminate();
    this.#alive = false;
    socket.ping();
  }

  get #queuedBytes(): number {
    return this.#options.socket.bufferedAmount - this.#snapshotBytes;
  }

  get #isDrained(): boolean {
    return this.#options.socket.bufferedAmount <= this.#options.maxQueueBytes / stallFraction;
  }

  #dropIfStuck(nowMs: number): boolean {
    const { socket, maxQueueBytes, onDropped } = this.#options;
    if (this.#isDrained) this.#stalledSinceMs = undefined;
    else this.#stalledSinceMs ??= nowMs;
    const stalledMs = this.#stalledSinceMs === undefined ? 0 : nowMs - this.#stalledSinceMs;
    const allowedMs = maxStallMs + this.#snapshotBytes / slowestBytesPerMs;
    if (this.#queuedBytes <= maxQueueBytes && stalledMs <= allowedMs) return false;
    onDropped();
    socket.terminate();
    return true;
  }
}
