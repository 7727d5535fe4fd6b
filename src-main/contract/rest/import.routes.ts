/** What was taken over from the earlier platform; for the operator. */
import { importReportSchema } from '../domain/import-report.ts';
import { defineRoute } from './define-route.ts';

export const importReportRoute = defineRoute({
  method: 'get',
  path: '/api/admin/import',
  tag: 'Service',
  summary: 'The report on the database of the earlier platform that was taken over; 404 when there was none',
  access: 'admin',
  response: importReportSchema,
  errors: ['not_found'],
});
