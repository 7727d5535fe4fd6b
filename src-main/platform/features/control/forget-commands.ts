/** How long commands to miners are kept. */
import type { CommandRepository } from './command.repository.ts';

export const commandsKeptMs = 30 * 24 * 3_600_000;

/** Rows in one transaction, so that none holds the event loop for long. */
const rowsPerTransaction = 100;

/** Deletes older commands. Returns how many there were. */
export async function forgetCommands(repository: CommandRepository, nowMs: number): Promise<number> {
  let total = 0;
  let deleted: number;
  do {
    deleted = await repository.deleteBefore(nowMs - commandsKeptMs, rowsPerTransaction);
    total += deleted;
  } while (deleted === rowsPerTransaction);
  return total;
}
