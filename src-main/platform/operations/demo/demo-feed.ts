/** The live feed of the platform, as a dashboard hears it. */
import { z } from 'zod';

const blockEventSchema = z.object({
  type: z.literal('block'),
  data: z.object({ worker_id: z.string(), hash: z.string(), lease_id: z.string() }),
});
type BlockEvent = z.infer<typeof blockEventSchema>['data'];

export class DemoFeed {
  readonly #socket: WebSocket;
  readonly #waiting: BlockEvent[] = [];
  #wake: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const event = blockEventSchema.safeParse(JSON.parse(String(data)));
      if (!event.success) return;
      this.#waiting.push(event.data.data);
      this.#wake();
    });
  }

  /** Connects; settles when the feed is open. */
  static async open(url: string, signal: AbortSignal): Promise<DemoFeed> {
    const socket = new WebSocket(url);
    const feed = new DemoFeed(socket);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', () => reject(new Error(`the feed ${url} does not open`)), {
        once: true,
      });
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    return feed;
  }

  /** The next block that counts. @throws what the signal was aborted with */
  async nextBlock(signal: AbortSignal): Promise<BlockEvent> {
    const wake = () => this.#wake();
    signal.addEventListener('abort', wake);
    try {
      for (;;) {
        signal.throwIfAborted();
        const block = this.#waiting.shift();
        if (block) return block;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  close(): void {
    this.#socket.close();
  }
}
