/** rest.md, Fleet (reads). */
import { z } from 'zod';
import { blockSchema } from '../domain/block.ts';
import { fleetWorkerSchema, workerSchema, workerStates } from '../domain/worker.ts';
import {
  defineRoute,
  maxPage,
  pageOf,
  queryBoolean,
  queryDecimal,
  queryInteger,
  queryTag,
  queryText,
} from './define-route.ts';

export const fleetRoute = defineRoute({
  method: 'get',
  path: '/api/monitoring/fleet',
  tag: 'Fleet',
  summary: 'Workers by hashrate, page by page',
  access: 'public',
  query: z.object({
    page: queryInteger({ min: 1, max: maxPage, default: 1 }),
    limit: queryInteger({ min: 1, max: 100, default: 20 }),
    sort: z.enum(['asc', 'desc'], { error: 'must be asc or desc' }).default('desc'),
    eth_address: queryText(128, 'Only the workers of this wallet'),
    state: z
      .enum(workerStates, { error: `must be one of ${workerStates.join(', ')}` })
      .optional()
      .meta({ description: 'Only workers in this state' }),
    online: queryBoolean('Only workers that are online, or offline'),
    honesty: z
      .enum(['flagged'], { error: 'must be flagged' })
      .optional()
      .meta({ description: 'Only workers that claim more than they prove' }),
    search: queryText(
      128,
      'Part of the worker id, the address or a GPU name, in any case; or of a tag or a note that the caller may see',
    ),
    tag: queryTag('Only workers with this tag'),
  }),
  optionalCaller: true,
  response: pageOf(fleetWorkerSchema),
});

export const fleetStatsRoute = defineRoute({
  method: 'get',
  path: '/api/monitoring/stats',
  tag: 'Fleet',
  summary: 'Totals of the fleet; hashrate and active GPUs count online workers',
  access: 'public',
  response: z
    .object({
      total_workers: z.number(),
      online: z.number(),
      offline: z.number(),
      total_hashrate: z.number(),
      total_gpus: z.number(),
      active_gpus: z.number(),
      total_blocks: z.number(),
      blocks_last_hour: z.number(),
    })
    .meta({ id: 'FleetStats' }),
});

export const hashrateHistoryRoute = defineRoute({
  method: 'get',
  path: '/api/monitoring/hashrate-history',
  tag: 'Fleet',
  summary: 'Hashrate over time, of one worker or of the fleet; at most about 500 points',
  access: 'public',
  query: z.object({
    worker_id: queryText(256, 'One worker; absent: the sum of the fleet'),
    hours: queryDecimal({ min: 0.0167, max: 24, default: 1 }),
  }),
  response: z.array(
    z
      .object({
        worker_id: z.string(),
        hashrate: z.number(),
        active_gpus: z.number(),
        timestamp: z.number(),
        online_workers: z
          .number()
          .optional()
          .meta({ description: 'Mean number of workers online in the step; of the fleet only' }),
      })
      .meta({ id: 'HashratePoint' }),
  ),
});

export const recentBlocksRoute = defineRoute({
  method: 'get',
  path: '/api/monitoring/blocks/recent',
  tag: 'Fleet',
  summary: 'Blocks, newest first',
  access: 'public',
  query: z.object({ limit: queryInteger({ min: 1, max: 200, default: 20 }) }),
  response: z.array(blockSchema),
});

export const workersRoute = defineRoute({
  method: 'get',
  path: '/api/workers',
  tag: 'Fleet',
  summary: 'All registered workers',
  access: 'public',
  response: z.array(workerSchema),
});
