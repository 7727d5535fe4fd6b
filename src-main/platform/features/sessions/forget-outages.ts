/** How long outages are kept that no lease needs any more. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SessionRepository } from './session.repository.ts';

export const outagesKeptMs = 90 * 24 * 3_600_000;

/** Rows in one transaction, so that none holds the event loop for long. */
const rowsPerTransaction = 100;

/** Deletes older outages, worker by worker. Returns how many there were. */
export async function forgetOutages(repository: SessionRepository, nowMs: number): Promise<number> {
  const beforeMs = nowMs - outagesKeptMs;
  let total = 0;
  for (
    let workerId = await repository.nextWorker('');
    workerId !== undefined;
    workerId = await repository.nextWorker(workerId)
  ) {
    let deleted: number;
    do {
      deleted = await repository.forget(workerId, beforeMs, rowsPerTransaction);
      total += deleted;
    } while (deleted === rowsPerTransaction);
    await nextTurn();
  }
  return total;
}
