/** Argon2id in the browser: WebAssembly in a thread that is made for one hash, and gives its memory back with it. */
import type { HashAnswer, HashQuestion } from './argon2-worker.ts';
import type { ComputedTag, ComputeTag } from './check-proof.ts';

/**
 * Computes a tag; the page is not held up.
 *
 * @param signal ends the thread at once
 * @throws Error when the browser can't: no WebAssembly, or not that much memory
 */
export function tagComputer(signal?: AbortSignal): ComputeTag {
  return (key, { saltText, memoryKib }) =>
    new Promise<ComputedTag>((resolve, reject) => {
      const worker = new Worker(new URL('./argon2-worker.ts', import.meta.url), { type: 'module' });
      const end = () => worker.terminate();
      const abort = () => {
        end();
        reject(new DOMException('The check was given up.', 'AbortError'));
      };
      signal?.addEventListener('abort', abort, { once: true });
      worker.onmessage = ({ data }: MessageEvent<HashAnswer>) => {
        signal?.removeEventListener('abort', abort);
        end();
        if ('error' in data) reject(new Error(data.error));
        else resolve(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        end();
        reject(new Error(event.message || 'The thread for the hash did not start.'));
      };
      worker.postMessage({ key, saltText, memoryKib } satisfies HashQuestion);
    });
}
