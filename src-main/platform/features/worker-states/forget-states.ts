/** How long it is kept what workers did. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StateRepository } from './state.repository.ts';

/** A day more than a timeline shows. */
export const statesKeptMs = 8 * 24 * 3_600_000;

/** Rows in one transaction, so that none holds the event loop for long. */
const rowsPerTransaction = 500;

/** Deletes older changes, worker by worker; the state that each is in stays. Returns how many there were. */
export async function forgetStates(repository: StateRepository, nowMs: number): Promise<number> {
  const beforeMs = nowMs - statesKeptMs;
  let total = 0;
  // The platform itself has the empty id.
  let workerId: string | undefined = '';
  while (workerId !== undefined) {
    let deleted: number;
    do {
      deleted = await repository.forget(workerId, beforeMs, rowsPerTransaction);
      total += deleted;
    } while (deleted === rowsPerTransaction);
    await nextTurn();
    workerId = await repository.nextWorker(workerId);
  }
  return total;
}
