import { onTestFinished } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import type { FeedFrame } from '../../src-main/contract/ws/feed.ts';

type FrameOf<Type extends FeedFrame['type']> = Extract<FeedFrame, { type: Type }>;

const timeoutMs = 20_000;

/** A client of the live feed that keeps every frame it was sent. */
export class FeedListener {
  readonly socket: WebSocket;
  readonly frames: FeedFrame[] = [];
  /** Settles with the code and reason with which the connection ended. */
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #watchers = new Set<() => void>();

  private constructor(url: string, options: ClientOptions) {
    this.socket = new WebSocket(url, options);
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString()) as FeedFrame);
      for (const look of this.#watchers) look();
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    onTestFinished(() => this.socket.terminate());
  }

  /** Dials without waiting; the connection ends with the test. */
  static dial(url: string, options: ClientOptions = {}): FeedListener {
    return new FeedListener(url, options);
  }

  /** Dials and waits for the snapshot. */
  static async connect(url: string, options: ClientOptions = {}): Promise<FeedListener> {
    const listener = FeedListener.dial(url, options);
    await listener.next('snapshot');
    return listener;
  }

  of<Type extends FeedFrame['type']>(type: Type): FrameOf<Type>[] {
    return this.frames.filter((frame): frame is FrameOf<Type> => frame.type === type);
  }

  /** The first frame of a type, already here or still to come, that passes the test. */
  async next<Type extends FeedFrame['type']>(
    type: Type,
    matches: (frame: FrameOf<Type>) => boolean = () => true,
  ): Promise<FrameOf<Type>> {
    return this.until(() => this.of(type).find(matches), `a ${type} frame`);
  }

  /** Looks after each frame until there is something to see. */
  until<Sight>(look: () => Sight | undefined | false, what: string): Promise<Sight> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => finish(() => reject(new Error(`no ${what} came`))), timeoutMs);
      const watch = () => {
        const sight = look();
        if (sight !== undefined && sight !== false) finish(() => resolve(sight));
      };
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#watchers.delete(watch);
        settle();
      };
      this.#watchers.add(watch);
      void this.closed.then(({ code }) =>
        finish(() => reject(new Error(`closed with ${code} before ${what}`))),
      );
      watch();
    });
  }

  /** Asks for an upgrade that should be refused. Returns the HTTP status of the refusal. */
  static refusal(url: string, options: ClientOptions = {}): Promise<number> {
    const socket = new WebSocket(url, options);
    onTestFinished(() => socket.terminate());
    return new Promise((resolve, reject) => {
      socket.on('error', () => undefined);
      socket.on('unexpected-response', (_request, response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      socket.on('open', () => reject(new Error('the upgrade was not refused')));
    });
  }
}
