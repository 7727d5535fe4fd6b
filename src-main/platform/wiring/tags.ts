/** Creates what keeps tags, notes and saved views. */
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
}

export function createTags({ storage, fleet, view, leases, clock }: TagSources) {
  const repository = new TagRepository(storage);
  const tags = new Tags({
    ...{ repository, fleet, view, clock },
    hasActiveLease: (workerId) => leases.hasActiveLease(workerId),
  });
  return { tags, savedViews: new SavedViews({ repository, clock }) };
}
