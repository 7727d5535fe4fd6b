import type { Settlement } from '../../../contract/domain/lease.ts';
import {
  providerDailyEarningsRoute,
  providerDashboardRoute,
  providerEarningsCsvRoute,
  providerEarningsRoute,
  providerWorkersRoute,
} from '../../../contract/rest/provider.routes.ts';
import { sendCsv } from '../../http/csv.ts';
import { toPage, type HttpServer } from '../../http/http-server.ts';
import type { Providers } from './provider.service.ts';

const csvColumns = [
  'settled_at',
  'lease_id',
  'worker_id',
  'consumer_id',
  'duration_sec',
  'elapsed_sec',
  'downtime_sec',
  'blocks_found',
  'total_cost',
  'provider_payout',
  'platform_fee',
  'transaction_id',
] as const satisfies readonly (keyof Settlement)[];

/** rest.md: `/api/provider/*`. */
export function mountProvider(http: HttpServer, providers: Providers): void {
  http.mount(providerDashboardRoute, async ({ query, caller }) =>
    providers.dashboard(await providers.resolve(query.provider_id, caller)),
  );

  http.mount(providerEarningsRoute, async ({ query: { provider_id, limit, offset }, caller }) =>
    providers.earnings(await providers.resolve(provider_id, caller), { limit, offset }),
  );

  http.mount(providerDailyEarningsRoute, async ({ query, caller }) =>
    providers.dailyEarnings(
      await providers.resolve(query.provider_id, caller),
      query.days,
      query.utc_offset_min,
    ),
  );

  http.mount(providerEarningsCsvRoute, async ({ query, caller, response }) => {
    const provider = await providers.resolve(query.provider_id, caller);
    await sendCsv(response, 'earnings.csv', csvColumns, providers.allEarnings(provider));
    return undefined;
  });

  http.mount(providerWorkersRoute, async ({ query: { page, limit, provider_id }, caller }) => {
    const provider = await providers.resolve(provider_id, caller);
    const workers = providers.workers(provider, page, limit);
    return { provider_id: provider.providerId, ...toPage(workers, page, limit) };
  });
}
