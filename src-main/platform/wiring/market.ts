/** Creates what the market is made of. */
import type { Config } from '../../contract/config.ts';
import type { Ownership } from '../features/auth/index.ts';
import type { Fleet } from '../features/fleet/index.ts';
import type { LeaseListRepository, Leases } from '../features/leases/index.ts';
import { Market } from '../features/market/index.ts';
import { Providers } from '../features/provider/index.ts';
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

export interface ProviderSources {
  readonly fleet: Fleet;
  readonly lists: LeaseListRepository;
  readonly clock: Clock;
  readonly ownership: Ownership;
}

/** What belongs to a provider. */
export function createProviders({ fleet, lists, clock, ownership }: ProviderSources): Providers {
  return new Providers({ fleet, leases: lists, clock, accountOf: (id) => ownership.providerAccount(id) });
}
