/** The live feed's connection (websocket.md): batched frames, and reconnects with backoff. */
import type { FeedFrame } from '../../src-main/contract/ws/feed.ts';

/** `lost`: nothing was heard for a while, or the platform went away; it is tried again. */
export type FeedState = 'connecting' | 'live' | 'lost';

export interface FeedConnectionOptions {
  readonly onFrame: (frame: FeedFrame) => void;
  readonly onState: (state: FeedState) => void;
}

/** Pauses between tries (websocket.md): 1 s, 2 s … 30 s, a fifth of it by chance. */
const firstPauseMs = 1000;
const longestPauseMs = 30_000;

/** A connection that says nothing for this long, though it should, is given up. */
const openWithinMs = 10_000;

export class FeedConnection {
  readonly #options: FeedConnectionOptions;
  #socket: WebSocket | undefined;
  #pauseMs = firstPauseMs;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(options: FeedConnectionOptions) {
    this.#options = options;
  }

  /** Connects, and again whenever the connection ends, until `stop`. */
  start(): void {
    this.#stopped = false;
    addEventListener('online', this.#tryNow);
    document.addEventListener('visibilitychange', this.#tryNow);
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    removeEventListener('online', this.#tryNow);
    document.removeEventListener('visibilitychange', this.#tryNow);
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = undefined;
  }

  /** Ends this connection and opens another: the credentials changed. */
  restart(): void {
    this.stop();
    this.#pauseMs = firstPauseMs;
    this.start();
  }

  #connect(): void {
    const { onFrame, onState } = this.#options;
    clearTimeout(this.#timer);
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(`${scheme}//${location.host}/ws/dashboard?batch=1`);
    this.#socket = socket;
    const tooLate = setTimeout(() => socket.close(), openWithinMs);
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      const frame = JSON.parse(data) as FeedFrame;
      if (frame.type === 'snapshot') {
        clearTimeout(tooLate);
        this.#pauseMs = firstPauseMs;
        onState('live');
      }
      onFrame(frame);
    };
    socket.onclose = () => {
      clearTimeout(tooLate);
      if (this.#socket !== socket || this.#stopped) return;
      onState('lost');
      this.#timer = setTimeout(() => this.#connect(), this.#pauseMs * (0.9 + Math.random() * 0.2));
      this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
    };
  }

  /** Somebody looks, or the network is back: why wait. */
  readonly #tryNow = (): void => {
    if (document.hidden || this.#socket?.readyState !== WebSocket.CLOSED) return;
    this.#pauseMs = firstPauseMs;
    this.#connect();
  };
}
