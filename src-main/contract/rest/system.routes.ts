/** What the operator sees of the running system. */
import { z } from 'zod';
import { logModules } from '../config.ts';
import { connectedClientSchema, feedClientsSchema } from '../domain/client.ts';
import { healthReportSchema } from '../domain/health.ts';
import { entryLevels, logPageSchema } from '../domain/log.ts';
import { defineRoute, offsetListOf, offsetQuery, queryInteger, queryText } from './define-route.ts';

export const systemHealthRoute = defineRoute({
  method: 'get',
  path: '/api/admin/health',
  tag: 'System',
  summary: 'How each part of the platform is, in a sentence, with its figures',
  access: 'admin',
  response: healthReportSchema,
});

export const clientsRoute = defineRoute({
  method: 'get',
  path: '/api/admin/clients',
  tag: 'System',
  summary: 'Who is connected to the broker, by client id, and to the live feed',
  access: 'admin',
  query: z.object({
    search: queryText(256, 'Part of a client id, worker id, user name or address, in any case'),
    ...offsetQuery,
  }),
  response: offsetListOf(connectedClientSchema).extend({ feed: feedClientsSchema }),
});

export const disconnectClientRoute = defineRoute({
  method: 'delete',
  path: '/api/admin/clients/{client_id}',
  tag: 'System',
  summary:
    'Ends the connection of an MQTT client; its will is published, and nothing keeps it from coming back',
  access: 'admin',
  action: 'client.disconnect',
  params: z.object({ client_id: z.string().min(1).max(256) }),
  response: z.object({ disconnected: z.string() }),
  errors: ['not_found'],
});

const logFilters = {
  level: z
    .enum(entryLevels, { error: `must be one of ${entryLevels.join(', ')}` })
    .optional()
    .meta({
      description: 'This level and the graver ones; the log itself holds what --log-level lets through',
    }),
  component: z
    .enum(logModules, { error: `must be one of ${logModules.join(', ')}` })
    .optional()
    .meta({ description: 'The module that wrote it' }),
  search: queryText(256, 'Part of the message or the fields, in any case'),
};

export const logsRoute = defineRoute({
  method: 'get',
  path: '/api/admin/logs',
  tag: 'System',
  summary: 'The newest lines of the log, from memory',
  access: 'admin',
  query: z.object({
    ...logFilters,
    after: queryInteger(
      { min: 0, max: 999_999_999_999_999, default: 0 },
      'Only lines of a higher sequence; one that is higher than any counts as 0: the process started again',
    ),
    limit: queryInteger({ min: 1, max: 2000, default: 200 }, 'The newest so many'),
  }),
  response: logPageSchema,
});

export const logsTextRoute = defineRoute({
  method: 'get',
  path: '/api/admin/logs.txt',
  tag: 'System',
  summary: 'The same as text, all of them, oldest first',
  access: 'admin',
  query: z.object(logFilters),
  mediaType: 'text/plain',
  response: z.string(),
});
