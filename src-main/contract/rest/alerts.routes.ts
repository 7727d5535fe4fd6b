/** Incidents and the rules that make them; for the operator. */
import { z } from 'zod';
import {
  alertKindSchema,
  alertRuleSchema,
  alertRuleSettingsSchema,
  alertSeveritySchema,
  alertSummarySchema,
  incidentDetailsSchema,
  incidentSchema,
} from '../domain/alert.ts';
import { defineRoute, offsetListOf, offsetQuery, queryDecimal, queryText } from './define-route.ts';

const path = '/api/admin/alerts';

/** Far beyond any time that anybody asks for, in Unix seconds. */
const endOfTime = 100_000_000_000;

const states = ['open', 'acknowledged', 'resolved', 'unresolved'] as const;

const filters = {
  state: z
    .enum(states, { error: `must be one of ${states.join(', ')}` })
    .optional()
    .meta({ description: 'unresolved: open or acknowledged' }),
  kind: alertKindSchema.optional(),
  severity: alertSeveritySchema.optional(),
  worker_id: queryText(256, 'Incidents that met this worker'),
  since: queryDecimal({ min: 0, max: endOfTime, default: 0 }, 'Opened from then on, Unix seconds'),
  until: queryDecimal({ min: 0, max: endOfTime, default: endOfTime }, 'Opened before, Unix seconds'),
};

export const incidentParams = z.object({
  incident_id: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the number of an incident')
    .transform(Number),
});

export const incidentsRoute = defineRoute({
  method: 'get',
  path: `${path}/incidents`,
  tag: 'Alerts',
  summary: 'Incidents, newest first',
  access: 'admin',
  query: z.object({ ...filters, ...offsetQuery }),
  response: offsetListOf(incidentSchema),
});

export const incidentsCsvRoute = defineRoute({
  method: 'get',
  path: `${path}/incidents.csv`,
  tag: 'Alerts',
  summary: 'The same as CSV, all of them, newest first',
  access: 'admin',
  query: z.object(filters),
  mediaType: 'text/csv',
  response: z.string(),
});

export const alertSummaryRoute = defineRoute({
  method: 'get',
  path: `${path}/summary`,
  tag: 'Alerts',
  summary: 'How many incidents stand open now, from memory',
  access: 'admin',
  response: alertSummarySchema,
});

export const incidentRoute = defineRoute({
  method: 'get',
  path: `${path}/incidents/{incident_id}`,
  tag: 'Alerts',
  summary: 'An incident with everyone whom it met, up to 2000',
  access: 'admin',
  params: incidentParams,
  response: incidentDetailsSchema,
  errors: ['not_found'],
});

const note = z.string({ error: 'must be text' }).max(500, 'must have at most 500 characters').default('');

export const acknowledgeIncidentRoute = defineRoute({
  method: 'post',
  path: `${path}/incidents/{incident_id}/acknowledge`,
  tag: 'Alerts',
  summary: 'Somebody looks after it: it is not told again until it is over',
  access: 'admin',
  action: 'alert.acknowledge',
  params: incidentParams,
  body: z.object({ note }),
  response: incidentSchema,
  errors: ['not_found', 'conflict'],
});

export const muteIncidentRoute = defineRoute({
  method: 'post',
  path: `${path}/incidents/{incident_id}/mute`,
  tag: 'Alerts',
  summary: 'Sends nothing of it before a moment; null ends that',
  access: 'admin',
  action: 'alert.mute',
  params: incidentParams,
  body: z.object({
    until: z.number({ error: 'must be Unix seconds, or null' }).min(0).max(endOfTime).nullable(),
  }),
  response: incidentSchema,
  errors: ['not_found', 'conflict'],
});

export const resolveIncidentRoute = defineRoute({
  method: 'post',
  path: `${path}/incidents/{incident_id}/resolve`,
  tag: 'Alerts',
  summary: 'Closes it by hand; who is still met trips again only after it was over once',
  access: 'admin',
  action: 'alert.resolve',
  params: incidentParams,
  body: z.object({ note }),
  response: incidentSchema,
  errors: ['not_found', 'conflict'],
});

export const alertRulesRoute = defineRoute({
  method: 'get',
  path: `${path}/rules`,
  tag: 'Alerts',
  summary: 'All rules',
  access: 'admin',
  response: z.object({ items: z.array(alertRuleSchema) }),
});

export const changeAlertRuleRoute = defineRoute({
  method: 'put',
  path: `${path}/rules/{kind}`,
  tag: 'Alerts',
  summary: 'Changes a rule; in force at once',
  access: 'admin',
  action: 'alert.rule',
  params: z.object({ kind: alertKindSchema }),
  body: alertRuleSettingsSchema,
  response: alertRuleSchema,
  errors: ['bad_request'],
});
