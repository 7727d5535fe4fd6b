/** rest.md, Market: renting, leases and settlements. */
import { z } from 'zod';
import { optionalEthAddressSchema } from '../domain/account.ts';
import {
  leaseDetailsSchema,
  leaseSchema,
  leaseStates,
  maxDurationSec,
  settlementSchema,
} from '../domain/lease.ts';
import { spanQuery } from './blocks.routes.ts';
import { defineRoute, offsetListOf, offsetQuery, queryTag, queryText } from './define-route.ts';

const rentBody = z.object({
  consumer_id: z
    .string()
    .max(256)
    .default('')
    .meta({ description: 'Who rents, when the caller acts for all; else the account of the credentials' }),
  consumer_address: optionalEthAddressSchema
    .default('')
    .meta({ description: "Address to mine for; absent: the account's own" }),
  duration_sec: z
    .number({ error: 'must be a whole number of seconds' })
    .int('must be a whole number of seconds')
    .min(1, 'must be at least 1')
    .max(maxDurationSec, `must be at most ${maxDurationSec}`)
    .default(3600),
  worker_id: z
    .string()
    .max(256)
    .nullish()
    .transform((id) => id ?? '')
    .meta({ description: 'Absent: the cheapest that fits' }),
});

const rented = z.object({
  lease_id: z.string(),
  worker_id: z.string(),
  prefix: z.string(),
  duration_sec: z.number(),
  consumer_id: z.string(),
  consumer_address: z.string(),
  created_at: z.number(),
  price_per_min: z.number(),
  held: z.number(),
});

const stopBody = z.object({ lease_id: z.string().min(1).max(256) });

const stopped = z.object({
  lease_id: z.string(),
  state: z.enum(leaseStates),
  blocks_found: z.number(),
  settlement: settlementSchema,
});

const rentRoutes = ['/api/rent', '/api/rental/start'].map((path) =>
  defineRoute({
    method: 'post',
    path,
    tag: 'Leases',
    summary: 'Rents a worker, or any; the full price is held until the end',
    access: 'consumer',
    openToAll: true,
    action: 'lease.start',
    target: ({ body }, answer) => answer?.lease_id ?? body.worker_id,
    body: rentBody,
    response: rented,
    errors: ['bad_request', 'payment_required', 'not_found'],
  }),
);
const stopRoutes = ['/api/stop', '/api/rental/stop'].map((path) =>
  defineRoute({
    method: 'post',
    path,
    tag: 'Leases',
    summary: 'Ends a lease now and settles it; what was not used is returned',
    access: 'owner',
    openToAll: true,
    owner: { kind: 'lease', id: ({ body }) => body.lease_id },
    action: 'lease.stop',
    body: stopBody,
    response: stopped,
  }),
);

/** The call and its alias. */
export const [rentRoute, rentalStartRoute] = rentRoutes as [(typeof rentRoutes)[0], (typeof rentRoutes)[0]];
export const [stopRoute, rentalStopRoute] = stopRoutes as [(typeof stopRoutes)[0], (typeof stopRoutes)[0]];

export const leaseListQuery = {
  state: z
    .enum(leaseStates, { error: `must be one of ${leaseStates.join(', ')}` })
    .optional()
    .meta({ description: 'Only leases in this state' }),
  ...offsetQuery,
};

export const leasesRoute = defineRoute({
  method: 'get',
  path: '/api/leases',
  tag: 'Leases',
  summary: "All leases for admins, else the account's own, newest first",
  access: 'signed_in',
  openToAll: true,
  query: z.object({
    ...leaseListQuery,
    worker_id: queryText(256, 'Only the leases of this worker'),
    tag: queryTag('Only the leases of workers with this tag'),
    search: queryText(
      256,
      'Beginning of the id of a lease, a worker or a consumer (at least 3 characters); finds up to 2000 of each',
    ).refine((text) => text === '' || text.trim().length >= 3, 'must have at least 3 characters'),
    ...spanQuery,
    as: z.enum(['consumer', 'provider'], { error: 'must be consumer or provider' }).optional().meta({
      description: "Leases that the account rents, or those of its workers; absent: by the account's role",
    }),
  }),
  response: offsetListOf(leaseSchema),
});

export const leaseRoute = defineRoute({
  method: 'get',
  path: '/api/leases/{lease_id}',
  tag: 'Leases',
  summary: 'A lease with its blocks, its settlement and a statement of its cost',
  access: 'owner',
  openToAll: true,
  owner: { kind: 'lease_party', id: ({ params }) => params.lease_id },
  params: z.object({ lease_id: z.string().min(1).max(256) }),
  response: leaseDetailsSchema,
});

export const settlementsRoute = defineRoute({
  method: 'get',
  path: '/api/settlements',
  tag: 'Leases',
  summary: 'Settled leases, newest first',
  access: 'admin',
  query: z.object(offsetQuery),
  response: offsetListOf(settlementSchema),
});
