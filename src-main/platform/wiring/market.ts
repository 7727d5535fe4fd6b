/** Creates what the market is made of. */
import type { Config } from '../../contract/config.ts';
import type { Accounts } from '../features/accounts/index.ts';
import type { Ownership } from '../features/auth/index.ts';
import type { Blocks } from '../features/blocks/index.ts';
import type { Fleet, FleetView } from '../features/fleet/index.ts';
import type { LeaseListRepository, Leases } from '../features/leases/index.ts';
import { Market } from '../features/market/index.ts';
import { OverviewRepository } from '../features/overview/index.ts';
import { Providers } from '../features/provider/index.ts';
import { Reputations } from '../features/reputation/index.ts';
import { WalletRepository, Wallets } from '../features/wallet/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import type { Storage } from '../storage/storage.ts';
import { createEarnings } from './earnings.ts';
import { createTrends } from './trends.ts';

export interface MarketSources {
  readonly fleet: Fleet;
  readonly view: FleetView;
  readonly leases: Pick<Leases, 'hasActiveLease' | 'tallyOf'>;
  readonly clock: Clock;
}

/** Reputation and listings, both answered from live state. */
export function createMarket({ blockMarker }: Config, { fleet, view, leases, clock }: MarketSources) {
  const reputations = new Reputations({
    find: (workerId) => fleet.get(workerId),
    tallyOf: (workerId) => leases.tallyOf(workerId),
    clock,
  });
  const market = new Market({
    fleet,
    view,
    reputations,
    clock,
    hasActiveLease: (workerId) => leases.hasActiveLease(workerId),
    blockMarker,
  });
  return { reputations, market };
}

export interface FigureSources {
  readonly storage: Storage;
  readonly fleet: Fleet;
  readonly view: FleetView;
  readonly blocks: Blocks;
  readonly leases: Leases;
  readonly leaseLists: LeaseListRepository;
  readonly clock: Clock;
  readonly loggers: LoggerFactory;
  readonly ownership: Ownership;
  readonly accounts: Accounts;
  readonly tagsOf: (workerId: string) => readonly string[];
}

/** The figures of providers, wallets and the whole platform. */
export function createFigures(config: Config, sources: FigureSources) {
  const { storage, fleet, view, blocks, leases, leaseLists, clock, loggers, ownership, accounts, tagsOf } =
    sources;
  const providers = new Providers({
    fleet,
    leases: leaseLists,
    clock,
    accountOf: (id) => ownership.providerAccount(id),
    withLinked: (accountId) => accounts.withLinked(accountId),
  });
  const wallets = new Wallets({
    repository: new WalletRepository(storage),
    fleet,
    clock,
    logger: loggers.module('wallet'),
  });
  const trends = createTrends(config, { storage, clock, fleet, view, blocks, leases });
  const earnings = createEarnings({ storage, fleet, leases, tagsOf, clock, loggers });
  return { providers, wallets, trends, ...earnings, overview: new OverviewRepository(storage) };
}
