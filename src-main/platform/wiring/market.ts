/** Creates what the market is made of. */
import type { Config } from '../../contract/config.ts';
import type { Fleet } from '../features/fleet/index.ts';
import type { Leases } from '../features/leases/index.ts';
import { Market } from '../features/market/index.ts';
import { Reputations } from '../features/reputation/index.ts';
import type { Clock } from '../kernel/clock.ts';

export interface MarketSources {
  readonly fleet: Fleet;
  readonly leases: Pick<Leases, 'hasActiveLease' | 'tallyOf'>;
  readonly clock: Clock;
}

/** Reputation and listings, both answered from live state. */
export function createMarket({ blockMarker }: Config, { fleet, leases, clock }: MarketSources) {
  const reputations = new Reputations({
    find: (workerId) => fleet.get(workerId),
    tallyOf: (workerId) => leases.tallyOf(workerId),
    clock,
  });
  const market = new Market({
    fleet,
    reputations,
    clock,
    hasActiveLease: (workerId) => leases.hasActiveLease(workerId),
    blockMarker,
  });
  return { reputations, market };
}
