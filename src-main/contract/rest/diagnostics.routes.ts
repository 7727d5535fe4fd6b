/** The platform tries itself, and packs what helps to find a fault. */
import { z } from 'zod';
import { selfCheckReportSchema } from '../domain/self-check.ts';
import { defineRoute } from './define-route.ts';

export const lastSelfCheckRoute = defineRoute({
  method: 'get',
  path: '/api/admin/self-check',
  tag: 'System',
  summary: 'What the last self-check since the start found; null: there was none',
  access: 'admin',
  response: z.object({ report: selfCheckReportSchema.nullable(), running: z.boolean() }),
});

export const selfCheckRoute = defineRoute({
  method: 'post',
  path: '/api/admin/self-check',
  tag: 'System',
  summary:
    'Tries ports, broker, feed, clock, disk, database, ledger, backups and event loop for real; takes up to half a minute',
  access: 'admin',
  action: 'system.self_check',
  response: selfCheckReportSchema,
});

export const diagnosticsRoute = defineRoute({
  method: 'get',
  path: '/api/admin/diagnostics.zip',
  tag: 'System',
  summary:
    'Versions, settings, log, metrics, health, database and ledger results in one file, without secrets',
  access: 'admin',
  action: 'diagnostics.download',
  mediaType: 'application/zip',
  response: z.string(),
});
