/** The thread in which a database is taken over: it takes seconds a million rows, and the process has signals to hear. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf, StartupError } from '../../kernel/app-error.ts';
import { ImportInterrupted, ImportPace } from './import-pace.ts';
import { runImport, type ImportJob } from './run-import.ts';
import type { ImportAnswer } from './import-database.ts';

const { job, stopAsked } = workerData as { job: ImportJob; stopAsked: Int32Array<SharedArrayBuffer> };

function answer(message: ImportAnswer): void {
  parentPort?.postMessage(message);
}

const pace = new ImportPace({
  isStopAsked: () => Atomics.load(stopAsked, 0) === 1,
  tell: (progress) => answer({ kind: 'progress', progress }),
});

try {
  answer({ kind: 'done', report: await runImport(job, pace) });
} catch (error) {
  if (error instanceof ImportInterrupted) answer({ kind: 'interrupted' });
  else if (error instanceof StartupError) answer({ kind: 'refused', message: error.message });
  else throw new Error(messageOf(error), { cause: error });
}
