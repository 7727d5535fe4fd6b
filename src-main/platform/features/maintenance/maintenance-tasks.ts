/** What the maintenance thread does. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { workerFile } from '../../kernel/worker-file.ts';
import type { Measurement } from './table-sizes.repository.ts';

export type MaintenanceTask =
  | {
      readonly kind: 'measure';
      readonly path: string;
      readonly timeColumns: Readonly<Record<string, string>>;
      readonly sinceMs: number;
    }
  | { readonly kind: 'empty-log'; readonly path: string; readonly truncates: boolean }
  | { readonly kind: 'optimize'; readonly path: string };

export type MaintenanceAnswer = { readonly measurement: Measurement } | { readonly failure: string };

/** Runs a task in a thread of its own. @throws Error with the reason in words */
export async function runMaintenanceTask(task: MaintenanceTask): Promise<Measurement> {
  const worker = new Worker(workerFile('maintenance.worker', import.meta.url), { workerData: task });
  // It ends by itself once it has answered: nothing is open then.
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  try {
    const [answer] = (await once(worker, 'message')) as [MaintenanceAnswer];
    if ('failure' in answer) throw new Error(answer.failure);
    return answer.measurement;
  } finally {
    await ended;
  }
}
