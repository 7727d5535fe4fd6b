/** One worker: all that is known of it now, and what it did over time. */
import { z } from 'zod';
import { maxTimelineSegments, timelineSegmentSchema, workerDetailsSchema } from '../domain/worker-page.ts';
import { defineRoute, queryInteger, workerParams } from './define-route.ts';

export const workerRoute = defineRoute({
  method: 'get',
  path: '/api/workers/{worker_id}',
  tag: 'Fleet',
  summary: 'A worker in all detail: hardware, state, terms, and what it mines against what it was told to',
  access: 'public',
  params: workerParams,
  response: workerDetailsSchema,
  errors: ['not_found'],
});

export const workerTimelineRoute = defineRoute({
  method: 'get',
  path: '/api/workers/{worker_id}/timeline',
  tag: 'Fleet',
  summary: `What a worker did since when; of more than ${maxTimelineSegments} segments the shortest are joined to their neighbours`,
  access: 'public',
  params: workerParams,
  query: z.object({ hours: queryInteger({ min: 1, max: 168, default: 24 }) }),
  response: z.object({
    worker_id: z.string(),
    from: z.number(),
    to: z.number(),
    segments: z.array(timelineSegmentSchema).meta({ description: 'Without gaps, rising in time' }),
  }),
  errors: ['not_found'],
});
