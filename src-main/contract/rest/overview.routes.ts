/** rest.md, Fleet (`/api/overview/*`). */
import { z } from 'zod';
import { verifyModes } from '../config.ts';
import { defineRoute, maxPage, pageOf, queryInteger, utcOffsetQuery } from './define-route.ts';

export const overviewStatsRoute = defineRoute({
  method: 'get',
  path: '/api/overview/stats',
  tag: 'Overview',
  summary: 'Totals of the whole platform',
  access: 'public',
  response: z
    .object({
      total_users: z.number(),
      total_providers: z.number(),
      total_consumers: z.number(),
      total_workers: z.number(),
      online_workers: z.number(),
      total_hashrate: z.number(),
      total_blocks: z.number(),
      blocks_24h: z.number(),
      total_leases: z.number(),
      active_leases: z.number(),
      total_settled: z.number().meta({ description: 'Number of settled leases' }),
      platform_revenue: z.number().meta({ description: 'Sum of the platform fees, in credits' }),
    })
    .meta({ id: 'OverviewStats' }),
});

const unknown = (description: string) =>
  z
    .number()
    .nullable()
    .meta({ description: `${description}; null where unknown` });

/** What a day-to-day comparison shows, at one moment. */
const moment = {
  hashrate: unknown('H/s of the online workers'),
  online_workers: unknown('Workers online'),
  total_workers: unknown('Workers registered'),
  blocks_last_hour: unknown('Blocks that count, of the hour before'),
  expected_last_hour: unknown(
    'Blocks with the marker that the claimed hashes of that hour should have found',
  ),
  active_leases: unknown('Leases under way'),
  revenue_today: unknown('Platform fees since midnight, in credits'),
};

/** Seconds of one step of the trends; steps begin at multiples of it (UTC). */
export const trendStepSec = 1800;

/** The last step is under way. */
export const trendSteps = 48;

export const trendsSchema = z
  .object({
    step_sec: z.number(),
    points: z.array(
      z.object({
        timestamp: z.number().meta({ description: 'Beginning of the step, Unix seconds' }),
        hashrate: unknown('Mean H/s of the online workers'),
        online_workers: unknown('Mean number of workers online'),
        blocks: unknown('Blocks that count'),
        expected_blocks: unknown('Blocks with the marker that the claimed hashes should have found'),
        active_leases: unknown('Leases under way at the end of the step, or now'),
        revenue: unknown('Platform fees, in credits'),
      }),
    ),
    now: z.object(moment),
    yesterday: z.object(moment).meta({ description: '24 hours before' }),
  })
  .meta({ id: 'Trends' });
export type Trends = z.infer<typeof trendsSchema>;

export const trendsRoute = defineRoute({
  method: 'get',
  path: '/api/overview/trends',
  tag: 'Overview',
  summary: 'The last 24 hours in steps of 30 minutes, now, and the same time yesterday; up to 5 s old',
  access: 'public',
  query: z.object({ utc_offset_min: utcOffsetQuery }),
  response: trendsSchema,
});

export const activitySchema = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('block'),
      timestamp: z.number(),
      details: z.object({ worker_id: z.string(), hash: z.string(), lease_id: z.string() }),
    }),
    z.object({
      type: z.literal('lease_started'),
      timestamp: z.number(),
      details: z.object({
        lease_id: z.string(),
        worker_id: z.string(),
        consumer_id: z.string(),
        duration_sec: z.number(),
      }),
    }),
    z.object({
      type: z.literal('lease_completed'),
      timestamp: z.number(),
      details: z.object({
        lease_id: z.string(),
        worker_id: z.string(),
        consumer_id: z.string(),
        blocks_found: z.number(),
        state: z.enum(['completed', 'cancelled']),
      }),
    }),
  ])
  .meta({ id: 'Activity' });
export type Activity = z.infer<typeof activitySchema>;

export const activityRoute = defineRoute({
  method: 'get',
  path: '/api/overview/activity',
  tag: 'Overview',
  summary: 'Blocks and leases, newest first',
  access: 'public',
  query: z.object({
    page: queryInteger({ min: 1, max: maxPage, default: 1 }),
    limit: queryInteger({ min: 1, max: 200, default: 50 }),
  }),
  response: pageOf(activitySchema),
});

export const networkRoute = defineRoute({
  method: 'get',
  path: '/api/overview/network',
  tag: 'Overview',
  summary: 'Difficulty, chain totals, and what a block has to show to count',
  access: 'public',
  response: z
    .object({
      difficulty: z.number(),
      total_workers: z.number(),
      total_blocks: z.number(),
      chain_blocks: z.number(),
      verify: z.enum(verifyModes).meta({ description: 'pow: a block needs a proof; off: it is believed' }),
      block_marker: z.string().meta({ description: 'Text that makes a hash a block' }),
      proof_difficulty: z.number().meta({ description: 'Memory cost that a proof needs now, in KiB' }),
    })
    .meta({ id: 'Network' }),
});
