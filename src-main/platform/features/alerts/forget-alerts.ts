/** How long it is kept what alerts were about. */
import type { ChannelRepository } from './channel.repository.ts';
import type { IncidentRepository } from './incident.repository.ts';
import type { PlanRepository } from './plan.repository.ts';

export const incidentsKeptMs = 180 * 24 * 3_600_000;
export const runsKeptMs = incidentsKeptMs;
export const messagesKeptMs = 30 * 24 * 3_600_000;

/** Rows in one transaction, so that none holds the event loop for long. */
const rowsPerTransaction = 500;
/** An incident may have thousands of members. */
const incidentsPerTransaction = 10;

async function inPortions(portion: number, forget: (limit: number) => Promise<number>): Promise<number> {
  let total = 0;
  let deleted: number;
  do {
    deleted = await forget(portion);
    total += deleted;
  } while (deleted === portion);
  return total;
}

/** Deletes incidents that were over long ago. Returns how many there were. */
export function forgetIncidents(repository: IncidentRepository, nowMs: number): Promise<number> {
  return inPortions(incidentsPerTransaction, (limit) =>
    repository.deleteBefore(nowMs - incidentsKeptMs, limit),
  );
}

/** Deletes messages of which it was decided long ago what became of them. Returns how many there were. */
export function forgetMessages(repository: ChannelRepository, nowMs: number): Promise<number> {
  return inPortions(rowsPerTransaction, (limit) => repository.deleteBefore(nowMs - messagesKeptMs, limit));
}

/** Deletes what watchdogs did long ago. Returns how much it was. */
export function forgetRuns(repository: PlanRepository, nowMs: number): Promise<number> {
  return inPortions(rowsPerTransaction, (limit) => repository.deleteRunsBefore(nowMs - runsKeptMs, limit));
}
