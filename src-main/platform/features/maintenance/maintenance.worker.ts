/** The thread in which tables are measured and the log is emptied: everything here may block. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../kernel/app-error.ts';
import { openSnapshot } from '../../storage/snapshot.ts';
import { emptyLog, optimizeDatabase } from '../../storage/upkeep.ts';
import type { MaintenanceAnswer, MaintenanceTask } from './maintenance-tasks.ts';
import { TableSizeRepository, nothingMeasured, type Measurement } from './table-sizes.repository.ts';

async function measure(task: Extract<MaintenanceTask, { kind: 'measure' }>): Promise<Measurement> {
  const snapshot = openSnapshot(task.path);
  try {
    return await new TableSizeRepository(snapshot.db).measure(task.timeColumns, task.sinceMs);
  } finally {
    snapshot.close();
  }
}

async function run(task: MaintenanceTask): Promise<Measurement> {
  if (task.kind === 'measure') return measure(task);
  if (task.kind === 'empty-log') emptyLog(task.path, task.truncates);
  else optimizeDatabase(task.path);
  return nothingMeasured;
}

const answer: MaintenanceAnswer = await run(workerData as MaintenanceTask).then(
  (measurement) => ({ measurement }),
  (error: unknown) => ({ failure: messageOf(error) }),
);
parentPort?.postMessage(answer);
