/** rest.md, Market: listings, prices and reputation. */
import { z } from 'zod';
import { maxDurationSec, maxPricePerMin } from '../domain/lease.ts';
import {
  estimateSchema,
  listingOrders,
  listingSchema,
  priceSuggestionSchema,
  pricingSchema,
} from '../domain/market.ts';
import { microPerCredit, toMicro } from '../domain/money.ts';
import { reputationSchema } from '../domain/worker.ts';
import {
  defineRoute,
  maxPage,
  pageOf,
  queryFlag,
  queryInteger,
  queryOptionalDecimal,
  queryRequiredInteger,
  queryTag,
  queryText,
  workerParams,
} from './define-route.ts';

/** H/s; higher than a fleet's. */
const maxHashrate = 1e14;

const seconds = z
  .number({ error: 'must be a whole number of seconds' })
  .int('must be a whole number of seconds')
  .min(1, 'must be at least 1')
  .max(maxDurationSec, `must be at most ${maxDurationSec}`);

const termsBody = z
  .object({
    price_per_min: z
      .number({ error: 'must be a number of credits' })
      .min(0, 'must not be negative')
      .max(maxPricePerMin, `must be at most ${maxPricePerMin} credits`)
      .refine((price) => price === 0 || price * microPerCredit >= 1, 'must be 0 or at least 0.000001 credits')
      .transform(toMicro)
      .meta({ description: 'Credits a minute, rounded to 0.000001; 0 is for free' }),
    min_duration_sec: seconds.default(60),
    max_duration_sec: seconds.default(86_400),
  })
  .refine(({ min_duration_sec, max_duration_sec }) => max_duration_sec >= min_duration_sec, {
    path: ['max_duration_sec'],
    error: 'must be at least min_duration_sec',
  });

export const marketplaceRoute = defineRoute({
  method: 'get',
  path: '/api/marketplace',
  tag: 'Market',
  summary: 'Workers to rent, page by page',
  access: 'public',
  query: z.object({
    page: queryInteger({ min: 1, max: maxPage, default: 1 }),
    limit: queryInteger({ min: 1, max: 100, default: 18 }),
    sort_by: z
      .enum(listingOrders, { error: `must be one of ${listingOrders.join(', ')}` })
      .default('price')
      .meta({ description: 'price rises, the others fall; ties by worker id' }),
    gpu_type: queryText(128, 'Part of the name of a GPU, in any case'),
    min_hashrate: queryOptionalDecimal({ min: 0, max: maxHashrate }, 'H/s'),
    max_price: queryOptionalDecimal({ min: 0, max: maxPricePerMin }, 'Credits a minute'),
    min_gpus: queryInteger({ min: 0, max: 1024, default: 0 }),
    available_only: queryFlag(true, 'false: also workers that are offline, busy or unlisted'),
    tag: queryTag('Only workers with this tag'),
  }),
  optionalCaller: 'by_tag',
  response: pageOf(listingSchema),
});

export const estimateRoute = defineRoute({
  method: 'get',
  path: '/api/marketplace/estimate',
  tag: 'Market',
  summary: 'What renting a worker, or the cheapest that fits, would cost',
  access: 'public',
  query: z.object({
    duration_sec: queryRequiredInteger({ min: 1, max: maxDurationSec }),
    worker_id: queryText(256, 'Absent: the cheapest that can be rented for this time now'),
    min_hashrate: queryOptionalDecimal({ min: 0, max: maxHashrate }, 'H/s'),
  }),
  response: estimateSchema,
  errors: ['bad_request', 'not_found'],
});

export const pricingRoute = defineRoute({
  method: 'get',
  path: '/api/workers/{worker_id}/pricing',
  tag: 'Market',
  summary: 'What a worker costs and for how long it can be rented',
  access: 'public',
  params: workerParams,
  response: pricingSchema,
  errors: ['not_found'],
});

export const priceSuggestionRoute = defineRoute({
  method: 'get',
  path: '/api/workers/{worker_id}/pricing/suggest',
  tag: 'Market',
  summary: "A price for a worker's GPUs",
  access: 'public',
  params: workerParams,
  response: priceSuggestionSchema,
  errors: ['not_found'],
});

export const reputationRoute = defineRoute({
  method: 'get',
  path: '/api/workers/{worker_id}/reputation',
  tag: 'Market',
  summary: 'The public score of a worker, and how it comes about',
  access: 'public',
  params: workerParams,
  response: reputationSchema,
  errors: ['not_found'],
});

const setPricingRoutes = (
  ['/api/workers/{worker_id}/pricing', '/api/provider/workers/{worker_id}/pricing'] as const
).map((path) =>
  defineRoute({
    method: 'put',
    path,
    tag: 'Market',
    summary: 'Sets the price and the time limits of a worker, for leases to come',
    access: 'owner',
    openToAll: true,
    owner: { kind: 'worker', id: ({ params }) => params.worker_id },
    action: 'worker.set_pricing',
    params: workerParams,
    body: termsBody,
    response: pricingSchema,
  }),
);

/** The call and its alias. */
export const [setPricingRoute, setProviderPricingRoute] = setPricingRoutes as [
  (typeof setPricingRoutes)[0],
  (typeof setPricingRoutes)[0],
];
