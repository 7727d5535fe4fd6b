/** How long the earnings of each day are kept. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { dayNumberOf } from './earning-recorder.ts';
import type { EarningRepository } from './earning.repository.ts';

/** Three years. */
export const earningDaysKept = 3 * 365;

/** Deletes older days, one in a transaction. Returns how many rows there were. */
export async function forgetEarnings(repository: EarningRepository, nowMs: number): Promise<number> {
  let total = 0;
  for (;;) {
    const deleted = await repository.forgetOldestBefore(dayNumberOf(nowMs) - earningDaysKept);
    if (deleted === 0) return total;
    total += deleted;
    await nextTurn();
  }
}
