/** rest.md, Provider and wallet: what belongs to a provider; rest.md, Market: what a renter rented. */
import { z } from 'zod';
import { leaseSchema, settlementSchema } from '../domain/lease.ts';
import {
  defineRoute,
  maxPage,
  offsetListOf,
  offsetQuery,
  pageOf,
  queryInteger,
  queryText,
  utcOffsetQuery,
} from './define-route.ts';
import { leaseListQuery } from './leases.routes.ts';

const providerId = queryText(256, 'Account id, address or worker id; absent: the account of the credentials');
const ofProvider = {
  kind: 'provider',
  id: ({ query }: { query: { provider_id: string } }) => query.provider_id,
} as const;

export const providerDashboardRoute = defineRoute({
  method: 'get',
  path: '/api/provider/dashboard',
  tag: 'Provider',
  summary: 'Totals of a provider',
  access: 'owner',
  openToAll: true,
  owner: ofProvider,
  query: z.object({ provider_id: providerId }),
  response: z
    .object({
      provider_id: z.string(),
      account_id: z.string(),
      worker_count: z.number(),
      online_workers: z.number(),
      total_earned: z.number().meta({ description: 'Payouts of all settled leases, in credits' }),
      active_leases: z.number(),
      settled_leases: z.number(),
      total_blocks_mined: z
        .number()
        .meta({ description: 'Self-mined by its workers, and found by them for renters; only what counts' }),
      avg_hashrate: z.number().meta({ description: 'Mean of its workers that are online now, H/s' }),
    })
    .meta({ id: 'ProviderDashboard' }),
  errors: ['bad_request'],
});

export const providerEarningsRoute = defineRoute({
  method: 'get',
  path: '/api/provider/earnings',
  tag: 'Provider',
  summary: 'Settled leases of the workers of a provider, newest first',
  access: 'owner',
  openToAll: true,
  owner: ofProvider,
  query: z.object({ provider_id: providerId, ...offsetQuery }),
  response: z.object({
    provider_id: z.string(),
    earnings: z.array(settlementSchema),
    total: z.number(),
    limit: z.number(),
    offset: z.number(),
  }),
  errors: ['bad_request'],
});

export const providerDailyEarningsRoute = defineRoute({
  method: 'get',
  path: '/api/provider/earnings/daily',
  tag: 'Provider',
  summary:
    'What a provider earned day by day, oldest first, today included; a day without earnings has zeros',
  access: 'owner',
  openToAll: true,
  owner: ofProvider,
  query: z.object({
    provider_id: providerId,
    days: queryInteger({ min: 1, max: 365, default: 30 }),
    utc_offset_min: utcOffsetQuery,
  }),
  response: z.object({
    provider_id: z.string(),
    days: z.array(
      z
        .object({
          date: z.string().meta({ description: "YYYY-MM-DD by the reader's clock" }),
          earned: z.number().meta({ description: 'Payouts of the leases that were settled, in credits' }),
          leases: z.number().meta({ description: 'Leases that were settled' }),
          blocks: z.number().meta({ description: 'Blocks that count for these leases' }),
        })
        .meta({ id: 'EarningsOfDay' }),
    ),
  }),
  errors: ['bad_request'],
});

export const providerEarningsCsvRoute = defineRoute({
  method: 'get',
  path: '/api/provider/earnings.csv',
  tag: 'Provider',
  summary: 'The same as CSV, all of them, oldest first',
  access: 'owner',
  openToAll: true,
  owner: ofProvider,
  query: z.object({ provider_id: providerId }),
  mediaType: 'text/csv',
  response: z.string(),
  errors: ['bad_request'],
});

export const providerWorkerSchema = z
  .object({
    worker_id: z.string(),
    state: z.string(),
    online: z.boolean(),
    hashrate: z.number(),
    gpu_count: z.number(),
    active_gpus: z.number(),
    gpu_name: z.string().meta({ description: 'Like 2x RTX 4090, RTX 3080 + RTX 3070, 8x (mixed)' }),
    memory_gb: z.number().meta({ description: 'Of all its GPUs' }),
    price_per_min: z.number(),
    self_blocks_found: z.number(),
    total_online_sec: z.number(),
  })
  .meta({ id: 'ProviderWorker' });
export type ProviderWorker = z.infer<typeof providerWorkerSchema>;

export const providerWorkersRoute = defineRoute({
  method: 'get',
  path: '/api/provider/workers',
  tag: 'Provider',
  summary: 'The workers of a provider by id, page by page',
  access: 'owner',
  openToAll: true,
  owner: ofProvider,
  query: z.object({
    page: queryInteger({ min: 1, max: maxPage, default: 1 }),
    limit: queryInteger({ min: 1, max: 100, default: 20 }),
    provider_id: providerId,
  }),
  response: z.object({ provider_id: z.string(), ...pageOf(providerWorkerSchema).shape }),
  errors: ['bad_request'],
});

export const renterStatsRoute = defineRoute({
  method: 'get',
  path: '/api/renter/stats',
  tag: 'Leases',
  summary: 'What the account of the credentials rented and paid',
  access: 'signed_in',
  response: z
    .object({
      active_leases: z.number(),
      completed_leases: z.number(),
      cancelled_leases: z.number(),
      total_leases: z.number(),
      total_spent: z.number().meta({ description: 'Cost of all settled leases, in credits' }),
      avg_cost: z.number().meta({ description: 'Mean cost of a settled lease; 0 without one' }),
    })
    .meta({ id: 'RenterStats' }),
});

export const renterLeasesRoute = defineRoute({
  method: 'get',
  path: '/api/renter/leases',
  tag: 'Leases',
  summary: 'Leases that the account of the credentials rented, newest first',
  access: 'signed_in',
  query: z.object(leaseListQuery),
  response: offsetListOf(leaseSchema),
});
