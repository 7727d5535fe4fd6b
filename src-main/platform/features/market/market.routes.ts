import { toMicro } from '../../../contract/domain/money.ts';
import {
  estimateRoute,
  marketplaceRoute,
  priceSuggestionRoute,
  pricingRoute,
  setPricingRoute,
  setProviderPricingRoute,
} from '../../../contract/rest/market.routes.ts';
import { toPage, type HttpServer } from '../../http/http-server.ts';
import type { Tags } from '../tags/index.ts';
import type { Market } from './market.service.ts';

export interface MarketParts {
  readonly http: HttpServer;
  readonly market: Market;
  readonly tags: Pick<Tags, 'workersWith'>;
}

/** rest.md, Market: `/api/marketplace*`, `/api/workers/{id}/pricing*`. */
export function mountMarket({ http, market, tags }: MarketParts): void {
  http.mount(marketplaceRoute, ({ query, caller }) => {
    const { page, limit, sort_by, max_price } = query;
    const filter = {
      gpuType: query.gpu_type,
      minHashrate: query.min_hashrate,
      maxPricePerMinMicro: max_price === undefined ? undefined : toMicro(max_price),
      minGpus: query.min_gpus,
      availableOnly: query.available_only,
      workerIds: query.tag === '' ? undefined : tags.workersWith(query.tag, caller),
    };
    return toPage(market.page(filter, sort_by, page, limit), page, limit);
  });

  http.mount(estimateRoute, ({ query: { duration_sec, worker_id, min_hashrate: minHashrate } }) =>
    market.estimate(duration_sec, worker_id, { minHashrate }),
  );

  http.mount(pricingRoute, ({ params }) => market.pricing(params.worker_id));

  http.mount(priceSuggestionRoute, ({ params }) => market.suggestPricing(params.worker_id));

  for (const route of [setPricingRoute, setProviderPricingRoute]) {
    http.mount(route, ({ params, body }) =>
      market.setPricing(params.worker_id, {
        pricePerMinMicro: body.price_per_min,
        minDurationSec: body.min_duration_sec,
        maxDurationSec: body.max_duration_sec,
      }),
    );
  }
}
