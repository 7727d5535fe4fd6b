/** Creates what keeps tags, notes and saved views. */
import type { Payouts } from '../features/earnings/index.ts';
import type { Fleet, FleetView } from '../features/fleet/index.ts';
import type { Leases } from '../features/leases/index.ts';
import { SavedViews, TagRepository, Tags } from '../features/tags/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Storage } from '../storage/storage.ts';

export interface TagSources {
  readonly storage: Storage;
  readonly fleet: Fleet;
  readonly view: FleetView;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly payouts: () => Payouts;
}

export function createTags({ storage, fleet, view, leases, clock, payouts }: TagSources) {
  const repository = new TagRepository(storage);
  const tags = new Tags({
    ...{ repository, fleet, view, clock },
    payouts: (days) => payouts().ofLast(days),
    hasActiveLease: (workerId) => leases.hasActiveLease(workerId),
  });
  return { tags, savedViews: new SavedViews({ repository, clock }) };
}
