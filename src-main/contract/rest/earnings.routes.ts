/** What mining brings, leased and for oneself, and what it costs. */
import { z } from 'zod';
import { earningRatesSchema } from '../domain/earnings.ts';
import { defineRoute, offsetListOf, offsetQuery, queryText } from './define-route.ts';

const ofProvider = {
  kind: 'provider',
  id: ({ query }: { query: { provider_id: string } }) => query.provider_id,
} as const;

/** A span of more days is refused. */
export const maxEarningDays = 366;

const day = (description: string) =>
  queryText(10, description).refine(
    (text) => text === '' || z.iso.date().safeParse(text).success,
    'must be a day such as 2026-01-31',
  );

const span = {
  provider_id: queryText(
    256,
    'Account id, address or worker id; absent: the account of the credentials, and for the operator all workers',
  ),
  from: day('First day, UTC; absent: 29 days before the last'),
  to: day('Last day, UTC; absent: today'),
};

export const earningGroupings = ['day', 'worker', 'group'] as const;
export type EarningGrouping = (typeof earningGroupings)[number];

export const earningFiguresSchema = z
  .object({
    is_time_known: z
      .boolean()
      .meta({ description: 'False: some of it was mined before the platform noted for how long' }),
    leased_hours: z.number().meta({ description: 'For so long workers were seen to mine for renters' }),
    own_hours: z.number().meta({ description: 'For so long workers were seen to mine for their owner' }),
    leases: z.number().meta({ description: 'Leases that were settled' }),
    lease_income: z.number().meta({ description: 'Payouts of these leases, in credits' }),
    leased_blocks: z.number().meta({ description: 'Blocks that count, found for renters' }),
    own_blocks: z.number().meta({ description: 'Self-mined blocks that count, without the two kinds below' }),
    own_super_blocks: z.number(),
    own_xuni_blocks: z.number(),
    energy_kwh: z.number().nullable().meta({
      description:
        'Hours × the power of the GPUs now; null where a GPU has no known power or the time is not known',
    }),
    energy_cost: z.number().nullable().meta({ description: 'In the currency of the rates' }),
    lease_value: z.number().nullable().meta({ description: 'The income in the currency of the rates' }),
    own_value: z
      .number()
      .nullable()
      .meta({ description: 'The self-mined blocks in the currency of the rates' }),
    net: z
      .number()
      .nullable()
      .meta({ description: 'Both values less the energy; null where one of them is unknown' }),
  })
  .meta({ id: 'EarningFigures' });
export type EarningFigures = z.infer<typeof earningFiguresSchema>;

export const earningRowSchema = z
  .object({
    key: z.string().meta({ description: 'The day, the worker or the tag; empty: workers without a tag' }),
    ...earningFiguresSchema.shape,
  })
  .meta({ id: 'EarningRow' });
export type EarningRow = z.infer<typeof earningRowSchema>;

/** By what a list of earnings may be sorted. */
export const earningSorts = [
  'key',
  'lease_income',
  'own_blocks',
  'leased_hours',
  'own_hours',
  'energy_kwh',
  'net',
] as const;

export const earningsRoute = defineRoute({
  method: 'get',
  path: '/api/earnings',
  tag: 'Earnings',
  summary: 'What workers earned in a span of days, by day, worker or group, with what it cost',
  access: 'owner',
  openToAll: true,
  owner: ofProvider,
  query: z.object({
    ...span,
    by: z.enum(earningGroupings).default('day'),
    sort: z.enum(earningSorts).default('key'),
    order: z.enum(['asc', 'desc']).default('asc'),
    ...offsetQuery,
  }),
  response: z.object({
    from: z.string(),
    to: z.string(),
    currency: z.string(),
    /** Of the whole span. */
    totals: earningFiguresSchema,
    ...offsetListOf(earningRowSchema).shape,
  }),
  errors: ['bad_request'],
});

export const earningsCsvRoute = defineRoute({
  method: 'get',
  path: '/api/earnings.csv',
  tag: 'Earnings',
  summary: 'The same as CSV, a line a worker and day, with the tags of the worker',
  access: 'owner',
  openToAll: true,
  owner: ofProvider,
  query: z.object(span),
  mediaType: 'text/csv',
  response: z.string(),
  errors: ['bad_request'],
});

const ratesView = z.object({
  rates: earningRatesSchema,
  models: z
    .array(
      z.object({
        model: z.string(),
        gpus: z.number().meta({ description: 'Cards of this model that the workers have' }),
        usual_watts: z.number().nullable(),
      }),
    )
    .meta({ description: 'GPU models of the workers, the most frequent first' }),
});

const ratesQuery = z.object({ provider_id: span.provider_id });

export const earningRatesRoute = defineRoute({
  method: 'get',
  path: '/api/earnings/rates',
  tag: 'Earnings',
  summary: 'What credits, blocks and electricity are worth, and the power of each GPU model',
  access: 'owner',
  openToAll: true,
  owner: ofProvider,
  query: ratesQuery,
  response: ratesView,
  errors: ['bad_request'],
});

export const changeEarningRatesRoute = defineRoute({
  method: 'put',
  path: '/api/earnings/rates',
  tag: 'Earnings',
  summary: 'Sets them; every account has its own, and so has the operator for the whole platform',
  access: 'owner',
  openToAll: true,
  owner: ofProvider,
  action: 'earnings.change_rates',
  target: ({ query }) => query.provider_id,
  query: ratesQuery,
  body: earningRatesSchema,
  response: ratesView,
  errors: ['bad_request'],
});
