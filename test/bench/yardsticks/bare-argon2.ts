import { performance } from 'node:perf_hooks';
import { hashKey } from '../../support/mine.ts';
import { serveRpc } from '../process/rpc.ts';

/** What to hash, how many at a time, and for how long. */
export interface HashParams {
  memory: number;
  parallel: number;
  durationMs: number;
}

/** Proofs per second that the hashing library alone computes, off the event loop. */
async function hash({ memory, parallel, durationMs }: HashParams): Promise<number> {
  const key = 'ab'.repeat(32);
  const goal = { account: `0x${'cd'.repeat(20)}`, prefix: '', marker: '', memory };
  const begin = performance.now();
  let count = 0;
  const hashOneByOne = async (): Promise<void> => {
    for (; performance.now() - begin < durationMs; count += 1) await hashKey(key, goal);
  };
  await Promise.all(Array.from({ length: parallel }, hashOneByOne));
  return (count * 1000) / (performance.now() - begin);
}

const api = { hash };

/** Methods of the bare hashing process. */
export type BareArgon2Api = typeof api;

serveRpc(api);
