/** A thread of its own for Argon2id, so that the page stays quick. One question each; it is ended after the answer. */
import { argon2id } from 'hash-wasm';

/** A question to the thread. */
export interface HashQuestion {
  readonly key: string;
  /** Base64 text without padding. */
  readonly saltText: string;
  readonly memoryKib: number;
}

/** Its answer. */
export type HashAnswer =
  | { readonly tag: string; readonly elapsedMs: number }
  /** Why the browser could not hash. */
  | { readonly error: string };

const tagBytes = 64;

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/=+$/, '');
}

async function hash({ key, saltText, memoryKib }: HashQuestion): Promise<HashAnswer> {
  const salt = Uint8Array.from(atob(saltText), (character) => character.charCodeAt(0));
  const startMs = performance.now();
  const bytes = await argon2id({
    password: key,
    salt,
    iterations: 1,
    parallelism: 1,
    memorySize: memoryKib,
    hashLength: tagBytes,
    outputType: 'binary',
  });
  return { tag: toBase64(bytes), elapsedMs: performance.now() - startMs };
}

self.onmessage = ({ data }: MessageEvent<HashQuestion>) => {
  void hash(data)
    .catch((error: unknown): HashAnswer => ({
      error: error instanceof Error ? error.message : String(error),
    }))
    .then((answer) => self.postMessage(answer));
};
