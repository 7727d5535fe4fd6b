/** How long jobs are kept. */
import type { JobRepository } from './job.repository.ts';

export const jobsKeptMs = 90 * 24 * 3_600_000;

/** Rows in one transaction, so that none holds the event loop for long. */
const rowsPerTransaction = 100;

/** Deletes older finished jobs with their workers. Returns how many rows there were. */
export async function forgetJobs(repository: JobRepository, nowMs: number): Promise<number> {
  let total = 0;
  for (;;) {
    const deleted = await repository.deleteBefore(nowMs - jobsKeptMs, rowsPerTransaction);
    if (deleted === 0) return total;
    total += deleted;
  }
}
