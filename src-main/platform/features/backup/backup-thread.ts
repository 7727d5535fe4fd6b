/** Starts the backup thread for one task. */
import { Worker } from 'node:worker_threads';
import type { BackupPhase } from '../../../contract/domain/backup.ts';
import { workerFile } from '../../kernel/worker-file.ts';
import type { BackupContent, BackupTask, ThreadMessage, ThreadStart } from './backup-tasks.ts';

export interface ThreadWatch {
  /** Aborted: the thread ends soon, and the task fails. */
  readonly signal: AbortSignal;
  /** @param progress of the phase, 0 to 1 */
  readonly onProgress: (phase: BackupPhase, progress: number) => void;
}

/** Who asks to end waits so long; then the thread is ended wherever it is. */
const graceMs = 1500;

/**
 * Runs a task in a thread of its own. What it leaves behind when it fails is the caller's to remove.
 *
 * @throws Error with the reason in words
 */
export async function runBackupTask(
  task: BackupTask,
  { signal, onProgress }: ThreadWatch,
): Promise<BackupContent> {
  if (signal.aborted) throw new Error('stopped');
  const cancelled = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const start: ThreadStart = { task, cancelled };
  const worker = new Worker(workerFile('backup.worker', import.meta.url), { workerData: start });
  // It ends by itself once it has answered: nothing is open then.
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  let timer: NodeJS.Timeout | undefined;
  const cancel = () => {
    const flag = new Int32Array(cancelled);
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
    timer = setTimeout(() => void worker.terminate(), graceMs);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await new Promise<BackupContent>((resolve, reject) => {
      worker.on('message', (message: ThreadMessage) => {
        if (message.kind === 'progress') onProgress(message.phase, message.progress);
        else if (message.kind === 'done') resolve(message.content);
        else reject(new Error(message.reason));
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('stopped')));
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    await ended;
  }
}
