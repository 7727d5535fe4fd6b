/** How long samples of the hashrate are kept (domain.md, Time series). */
import type { HistoryRepository } from './history.repository.ts';

/** Of the workers. */
export const samplesKeptMs = 24 * 3_600_000;

/** Of the fleet as a whole: now is compared with the same time yesterday, and with its midnight. */
export const fleetSamplesKeptMs = 49 * 3_600_000;

/** Rows in one transaction, so that none holds the event loop for long. */
const rowsPerTransaction = 500;

/** Deletes older samples. Returns how many of workers there were. */
export async function forgetSamples(repository: HistoryRepository, nowMs: number): Promise<number> {
  const beforeMs = nowMs - samplesKeptMs;
  let total = 0;
  let deleted: number;
  do {
    deleted = await repository.deleteSamplesBefore(beforeMs, rowsPerTransaction);
    total += deleted;
  } while (deleted === rowsPerTransaction);
  await repository.deleteFleetSamplesBefore(nowMs - fleetSamplesKeptMs);
  return total;
}
