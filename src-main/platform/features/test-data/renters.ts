/** Who rents: consumers that the operator registered, and some of the wallets. */
import { getAddress } from 'viem/utils';
import { WeightedChoice } from '../../kernel/random.ts';
import type { Booking } from './rig-calendar.ts';
import type { Wallet } from './rigs.ts';
import { randomOf, type Setting } from './test-data-size.ts';

export interface Renter {
  readonly accountId: string;
  /** EIP-55 form. */
  readonly address: string;
  readonly isConsumer: boolean;
  createdAtMs: number;
}

const hourMs = 3_600_000;

/** Part of the leases that a wallet rents. */
const walletShare = 0.08;

/** One consumer for so many leases. */
const leasesPerConsumer = 50;

function consumerIdOf({ batch }: Pick<Setting, 'batch'>, index: number): string {
  const number = String(index + 1).padStart(3, '0');
  return batch === 1 ? `renter-${number}` : `renter-${batch}-${number}`;
}

/** Consumers that have not rented yet. */
export function planConsumers(setting: Setting): Renter[] {
  const random = randomOf(setting, 'renters');
  const count = Math.max(3, Math.ceil(setting.leases / leasesPerConsumer));
  return Array.from({ length: count }, (_, index) => ({
    accountId: consumerIdOf(setting, index),
    address: getAddress(`0x${random.hex(40)}`),
    isConsumer: true,
    createdAtMs: Math.floor(random.between(setting.startMs, setting.endMs - hourMs)),
  }));
}

/**
 * Says of each lease who rents it: a few rent much, most rent now and then. Consumers are registered before their
 * first lease.
 *
 * @param bookings in the order in which they begin
 */
export function assignRenters(
  setting: Setting,
  bookings: readonly Booking[],
  consumers: readonly Renter[],
  wallets: readonly Wallet[],
): Map<Booking, Renter> {
  const random = randomOf(setting, 'who rents');
  const popular = new WeightedChoice(consumers, (_, rank) => 1 / (rank + 2) ** 0.9);
  const rentingWallets = new Map<Wallet, Renter>(
    wallets
      .filter((_, index) => index % 4 === 0)
      .map((wallet) => [wallet, { ...wallet, isConsumer: false }] as const),
  );
  const chosen = new Map<Booking, Renter>();
  const known = new Set<Renter>();
  for (const booking of bookings) {
    const wallet = random.oneOf(wallets);
    const renting = random.chance(walletShare) ? rentingWallets.get(wallet) : undefined;
    const isThere = renting !== undefined && renting.createdAtMs < booking.createdAtMs;
    const renter = isThere ? renting : popular.pick(random);
    if (renter.isConsumer && !known.has(renter)) {
      const registeredAtMs = booking.createdAtMs - 60_000 - random.exponential(8 * hourMs);
      renter.createdAtMs = Math.floor(Math.max(setting.startMs, registeredAtMs));
      known.add(renter);
    }
    chosen.set(booking, renter);
  }
  return chosen;
}
