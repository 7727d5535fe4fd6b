/** One client of the live feed, with bounded memory. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** A client that has not drained for this long is disconnected. */
const maxStallMs = 15_000;

/** Past this part of its limit a client gets no telemetry until it has drained. */
const stallFraction = 8;

export interface FeedClientOptions {
  readonly socket: WebSocket;
  /** The connection below, for writing several frames at once. */
  readonly connection: Duplex;
  /** Asked for `?batch=1`. */
  readonly batched: boolean;
  /** Unsent bytes; past that the client is disconnected. */
  readonly maxQueueBytes: number;
}

export class FeedClient {
  readonly batched: boolean;
  readonly #options: FeedClientOptions;
  #stalledSinceMs: number | undefined;
  #missedTelemetry = false;
  #alive = true;

  constructor(options: FeedClientOptions) {
    this.#options = options;
    this.batched = options.batched;
    options.socket.on('pong', () => (this.#alive = true));
  }

  /**
   * Sends frames in one go. Telemetry is left out while the client does not drain; a client whose queue is full,
   * or that has not drained for long, is disconnected.
   *
   * @returns false when it was left out or the client is gone
   */
  send(frames: readonly Buffer[], kind: 'telemetry' | 'event', nowMs: number): boolean {
    const { socket, connection, maxQueueBytes } = this.#options;
    if (socket.readyState !== socket.OPEN) return false;
    const queued = socket.bufferedAmount;
    if (queued <= maxQueueBytes / stallFraction) this.#stalledSinceMs = undefined;
    else this.#stalledSinceMs ??= nowMs;
    const stalledMs = this.#stalledSinceMs === undefined ? 0 : nowMs - this.#stalledSinceMs;
    if (queued > maxQueueBytes || stalledMs > maxStallMs) {
      socket.terminate();
      return false;
    }
    if (kind === 'telemetry' && this.#stalledSinceMs !== undefined) {
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
    const { socket, maxQueueBytes } = this.#options;
    if (!this.#missedTelemetry || socket.bufferedAmount > maxQueueBytes / stallFraction) return false;
    this.#missedTelemetry = false;
    return true;
  }

  /** Pings; a client that did not answer the ping before is gone and is disconnected. */
  checkAlive(): void {
    const { socket } = this.#options;
    if (!this.#alive) return socket.terminate();
    this.#alive = false;
    socket.ping();
  }

  /** Says goodbye; the connection ends when the client answers. */
  close(code: number, reason: string): void {
    this.#options.socket.close(code, reason);
  }

  terminate(): void {
    this.#options.socket.terminate();
  }
}
