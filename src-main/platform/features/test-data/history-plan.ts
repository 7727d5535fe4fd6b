/** A whole history in memory, before anything of it is written. */
import { WeightedChoice, type Random } from '../../kernel/random.ts';
import { planBlocks, type PlannedBlock } from './block-plan.ts';
import type { LeaseFacts } from './money-story.ts';
import { assignRenters, planConsumers, type Renter } from './renters.ts';
import { maxBookings, planCalendar, type Booking, type RigCalendar } from './rig-calendar.ts';
import { planRigs, type Rig, type Wallet } from './rigs.ts';
import { randomOf, type Setting } from './test-data-size.ts';

export interface HistoryPlan {
  readonly setting: Setting;
  readonly wallets: readonly Wallet[];
  readonly consumers: readonly Renter[];
  readonly calendars: readonly RigCalendar[];
  /** In the order in which they began. */
  readonly bookings: readonly Booking[];
  /** In the order in which they were found. */
  readonly blocks: readonly PlannedBlock[];
  readonly facts: LeaseFacts;
}

/** @param takeBreath called between the parts; what it throws ends the work */
export async function planHistory(setting: Setting, takeBreath: () => Promise<void>): Promise<HistoryPlan> {
  const { wallets, rigs } = planRigs(setting);
  await takeBreath();
  const calendars = planCalendars(setting, rigs);
  const bookings = calendars
    .flatMap((calendar) => calendar.bookings)
    .toSorted((left, right) => left.createdAtMs - right.createdAtMs);
  await takeBreath();
  const consumers = planConsumers(setting);
  const renterOf = assignRenters(setting, bookings, consumers, wallets);
  await takeBreath();
  const blocks = planBlocks(setting, calendars);
  const facts = { renterOf, ...nameLeases(setting, bookings), blocksOf: countBlocks(blocks) };
  return { setting, wallets, consumers, calendars, bookings, blocks, facts };
}

/** A few rigs are rented all the time, most of them now and then. */
function planCalendars(setting: Setting, rigs: readonly Rig[]): RigCalendar[] {
  const random = randomOf(setting, 'leases');
  const { endMs } = setting;
  const inFavour = rigs
    .map((rig) => ({ rig, favour: random.normal() - Math.log(rig.pricePerMinMicro / rig.curve.at(endMs)) }))
    .toSorted((left, right) => right.favour - left.favour)
    .map(({ rig }) => rig);
  const counts = new Map<Rig, number>();
  const rooms = new Map(inFavour.map((rig) => [rig, maxBookings(rig, endMs)]));
  const popularity = new WeightedChoice(
    [...inFavour.entries()],
    ([rank, rig]) => (1 + (rooms.get(rig) ?? 0)) / (rank + 1) ** 0.75,
  );
  for (let lease = 0; lease < setting.leases; lease += 1) {
    const rig = findRoom(inFavour, popularity.pick(random)[0], counts, rooms);
    counts.set(rig, (counts.get(rig) ?? 0) + 1);
  }
  return rigs.map((rig) => planCalendar(random, rig, counts.get(rig) ?? 0, endMs));
}

/** The rig at a rank, or the next one that has room for one more lease. */
function findRoom(
  rigs: readonly Rig[],
  rank: number,
  counts: ReadonlyMap<Rig, number>,
  rooms: ReadonlyMap<Rig, number>,
): Rig {
  for (let step = 0; step < rigs.length; step += 1) {
    const rig = rigs[(rank + step) % rigs.length] as Rig;
    if ((counts.get(rig) ?? 0) < (rooms.get(rig) ?? 0)) return rig;
  }
  throw new Error('there is no room for so many leases');
}

function nameLeases(setting: Setting, bookings: readonly Booking[]) {
  const random = randomOf(setting, 'lease ids');
  const names = new Map(
    bookings.map((booking) => [booking, { leaseId: drawLeaseId(random), prefix: random.hex(16) }]),
  );
  return {
    leaseIdOf: (booking: Booking) => names.get(booking)?.leaseId ?? '',
    prefixOf: (booking: Booking) => names.get(booking)?.prefix ?? '',
  };
}

/** `lease-` and a UUID of version 4, like the platform's. */
function drawLeaseId(random: Random): string {
  const variant = random.oneOf(['8', '9', 'a', 'b']);
  const parts = [
    random.hex(8),
    random.hex(4),
    `4${random.hex(3)}`,
    `${variant}${random.hex(3)}`,
    random.hex(12),
  ];
  return `lease-${parts.join('-')}`;
}

function countBlocks(blocks: readonly PlannedBlock[]): LeaseFacts['blocksOf'] {
  const counts = new Map<Booking, number>();
  for (const { booking } of blocks) if (booking) counts.set(booking, (counts.get(booking) ?? 0) + 1);
  return (booking) => counts.get(booking) ?? 0;
}
