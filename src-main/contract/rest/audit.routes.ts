/** Reading the audit log; for the operator. */
import { z } from 'zod';
import { auditEntrySchema, auditResults } from '../domain/audit.ts';
import { defineRoute, offsetListOf, offsetQuery, queryDecimal, queryText } from './define-route.ts';

/** Far beyond any time that anybody asks for, in Unix seconds. */
const endOfTime = 100_000_000_000;

const filters = {
  actor: queryText(256, 'Account that did it'),
  action: queryText(64, 'Such as account.withdraw'),
  target: queryText(512, 'What it was about'),
  result: z.enum(auditResults, { error: `must be one of ${auditResults.join(', ')}` }).optional(),
  since: queryDecimal({ min: 0, max: endOfTime, default: 0 }, 'Unix seconds, included'),
  until: queryDecimal({ min: 0, max: endOfTime, default: endOfTime }, 'Unix seconds, not included'),
};

export const auditRoute = defineRoute({
  method: 'get',
  path: '/api/admin/audit',
  tag: 'Audit',
  summary: 'Every change and who made it, newest first',
  access: 'admin',
  query: z.object({ ...filters, ...offsetQuery }),
  response: offsetListOf(auditEntrySchema),
});

export const auditCsvRoute = defineRoute({
  method: 'get',
  path: '/api/admin/audit.csv',
  tag: 'Audit',
  summary: 'The same as CSV, all of them, oldest first',
  access: 'admin',
  query: z.object(filters),
  mediaType: 'text/csv',
  response: z.string(),
});
