/** How much went through each account, so that nothing that is booked makes its sums inexact. */
import { maxBalanceMicro } from '../ledger/index.ts';

/** Transactions and settlements are two counts, and the balance comes on top: all are less than 2^53 together. */
const maxMovedMicro = maxBalanceMicro / 2;

export class MovedMoney {
  readonly #movedMicro = new Map<string, number>();

  /**
   * Notes an amount for each of the accounts.
   *
   * @returns false when it is too much for one of them; nothing is noted then
   */
  admits(accounts: readonly string[], amountMicro: number): boolean {
    const after = accounts.map((account) => (this.#movedMicro.get(account) ?? 0) + amountMicro);
    if (after.some((movedMicro) => movedMicro > maxMovedMicro)) return false;
    accounts.forEach((account, index) => this.#movedMicro.set(account, after[index] as number));
    return true;
  }
}
