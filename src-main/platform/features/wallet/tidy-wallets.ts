/** Keeps what is kept of each address (domain.md, Time series). */
import { horizonsAt } from './wallet-time.ts';
import type { WalletRepository } from './wallet.repository.ts';

/** Rows in one transaction, so that none holds the event loop for long. */
const rowsPerTransaction = 100;

async function inPortions(portion: (limit: number) => Promise<number>): Promise<number> {
  let total = 0;
  let count: number;
  do {
    count = await portion(rowsPerTransaction);
    total += count;
  } while (count === rowsPerTransaction);
  return total;
}

/**
 * Moves hours that are over seven days old into their days, and deletes days that are over 90 days old. Returns how
 * many rows that were.
 */
export async function tidyWallets(repository: WalletRepository, nowMs: number): Promise<number> {
  const { hourlyMs, dailyMs } = horizonsAt(nowMs);
  const moved = await inPortions((limit) => repository.moveToDays(hourlyMs, limit));
  return moved + (await inPortions((limit) => repository.deleteDaysBefore(dailyMs, limit)));
}
