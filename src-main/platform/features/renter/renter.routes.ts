import { toCredits } from '../../../contract/domain/money.ts';
import { renterLeasesRoute, renterStatsRoute } from '../../../contract/rest/provider.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { activeLeasesOf, type LeaseArchive, type LeaseListRepository } from '../leases/index.ts';

export interface RenterRoutesOptions {
  readonly http: HttpServer;
  readonly leaseArchive: LeaseArchive;
  readonly leaseLists: LeaseListRepository;
}

/** rest.md: `/api/renter/*`. */
export function mountRenter({ http, leaseArchive, leaseLists }: RenterRoutesOptions): void {
  http.mount(renterStatsRoute, async ({ caller }) => {
    const { consumer } = await leaseLists.totalsOf(caller.accountId);
    const meanMicro = consumer.settlements === 0 ? 0 : consumer.moneyMicro / consumer.settlements;
    return {
      active_leases: activeLeasesOf(consumer),
      completed_leases: consumer.completed,
      cancelled_leases: consumer.cancelled,
      total_leases: consumer.leases,
      total_spent: toCredits(consumer.moneyMicro),
      avg_cost: toCredits(Math.round(meanMicro)),
    };
  });

  http.mount(renterLeasesRoute, ({ query: { state, limit, offset }, caller }) =>
    leaseArchive.list({ state, consumerId: caller.accountId }, { limit, offset }),
  );
}
