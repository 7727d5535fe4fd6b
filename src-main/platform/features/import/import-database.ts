/** Taking a database of the earlier platform over, seen from the process that waits for it. */
import { Worker } from 'node:worker_threads';
import type { ImportReport } from '../../../contract/domain/import-report.ts';
import { messageOf, StartupError } from '../../kernel/app-error.ts';
import { workerFile } from '../../kernel/worker-file.ts';
import type { ImportProgress } from './import-pace.ts';
import type { ImportJob } from './run-import.ts';

/** What the thread says. */
export type ImportAnswer =
  | { readonly kind: 'progress'; readonly progress: ImportProgress }
  | { readonly kind: 'done'; readonly report: ImportReport }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'interrupted' };

export interface ImportWatch {
  /** Aborted: the import ends soon, with the original as it was. */
  readonly signal?: AbortSignal | undefined;
  /** A few times a second. */
  readonly onProgress?: (progress: ImportProgress) => void;
}

/**
 * Takes a database over, or (a trial) only says what would become of it. Nobody else of this program may use the file
 * meanwhile.
 *
 * @throws StartupError in one line: the original is as it was. Also when it was interrupted
 */
export async function importDatabase(
  job: ImportJob,
  { signal, onProgress }: ImportWatch,
): Promise<ImportReport> {
  const stopAsked = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(workerFile('import.worker', import.meta.url), { workerData: { job, stopAsked } });
  // It ends by itself once it has answered: nothing is open then.
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  const stop = () => void Atomics.store(stopAsked, 0, 1);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  try {
    return await new Promise<ImportReport>((resolve, reject) => {
      worker.on('message', (answer: ImportAnswer) => {
        if (answer.kind === 'progress') onProgress?.(answer.progress);
        else if (answer.kind === 'done') resolve(answer.report);
        else if (answer.kind === 'refused') reject(new StartupError(answer.message));
        else
          reject(new StartupError(`Taking the database ${job.path} over was interrupted; it is as it was.`));
      });
      const fall = (reason: string) =>
        reject(
          new StartupError(
            `The database ${job.path} of the earlier platform was not taken over (${reason}); it is as it was. ` +
              'Choose another file with --db-path.',
          ),
        );
      worker.on('error', (error) => fall(messageOf(error).replace(/\s+/g, ' ')));
      worker.on('exit', () => fall('the work ended without a result'));
    });
  } finally {
    signal?.removeEventListener('abort', stop);
    await ended;
  }
}
