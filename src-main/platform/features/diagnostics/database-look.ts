/** Looks at the database in a thread of its own. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { workerFile } from '../../kernel/worker-file.ts';
import type { DatabaseDescription, PageCheck } from '../../storage/describe-database.ts';

export interface DatabaseLook {
  readonly path: string;
  /** Whether its schema and rows are wanted, too. */
  readonly describes: boolean;
  readonly kind: 'quick' | 'full';
  /** Time for the check of the pages. */
  readonly maxMs: number;
}

export interface DatabaseSight {
  readonly description: DatabaseDescription | undefined;
  readonly pages: PageCheck;
}

export type DatabaseAnswer = { readonly sight: DatabaseSight } | { readonly failure: string };

/** @throws Error with the reason in words */
export async function lookAtDatabase(look: DatabaseLook): Promise<DatabaseSight> {
  const worker = new Worker(workerFile('database-look.worker', import.meta.url), { workerData: look });
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  try {
    const [answer] = (await once(worker, 'message')) as [DatabaseAnswer];
    if ('failure' in answer) throw new Error(answer.failure);
    return answer.sight;
  } finally {
    await ended;
  }
}
