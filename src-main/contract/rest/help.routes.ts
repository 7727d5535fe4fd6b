/** Live checks behind the built-in answers; for the operator. */
import { z } from 'zod';
import { databaseUseSchema, portUseSchema, workerVisibilitySchema } from '../domain/help.ts';
import { defineRoute, queryRequiredInteger } from './define-route.ts';

export const workerVisibilityRoute = defineRoute({
  method: 'get',
  path: '/api/admin/help/worker-visibility',
  tag: 'System',
  summary: 'Why a worker is not seen: a live check of each cause, for any id',
  access: 'admin',
  query: z.object({
    worker_id: z
      .string({ error: 'must be given once, as text' })
      .min(1, 'must not be empty')
      .max(256, 'must have at most 256 characters')
      .meta({ description: 'The name that the miner was given' }),
  }),
  response: workerVisibilitySchema,
});

export const portUseRoute = defineRoute({
  method: 'get',
  path: '/api/admin/help/port',
  tag: 'System',
  summary: 'Who listens on a port of this machine, and which is free',
  access: 'admin',
  query: z.object({ port: queryRequiredInteger({ min: 1, max: 65_535 }) }),
  response: portUseSchema,
});

export const databaseUseRoute = defineRoute({
  method: 'get',
  path: '/api/admin/help/database',
  tag: 'System',
  summary: 'Who has the database open, and whether it takes a write now',
  access: 'admin',
  response: databaseUseSchema,
});
