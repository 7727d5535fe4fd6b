/** Tries the live feed as a dashboard does: connects and waits for the snapshot. */
import { WebSocket } from 'ws';

export interface FeedProbe {
  readonly url: string;
  /** Credentials, as the caller of the platform showed them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** @returns milliseconds from the first packet to the snapshot. @throws Error in words for people */
export function probeFeed({ url, headers, timeoutMs }: FeedProbe): Promise<number> {
  const begin = performance.now();
  const socket = new WebSocket(url, { headers, handshakeTimeout: timeoutMs });
  return new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no snapshot within ${timeoutMs / 1000} s`)), timeoutMs);
    socket.once('message', () => resolve(performance.now() - begin));
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      reject(new Error(`the upgrade was answered with HTTP ${response.statusCode}`));
    });
    socket.once('close', (code) => reject(new Error(`it was closed with code ${code}`)));
    socket.once('close', () => clearTimeout(timer));
  }).finally(() => socket.terminate());
}
