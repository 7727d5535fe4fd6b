import type { z } from 'zod';
import type { Incident } from '../../../contract/domain/alert.ts';
import {
  acknowledgeIncidentRoute,
  alertRulesRoute,
  alertSummaryRoute,
  changeAlertRuleRoute,
  incidentRoute,
  incidentsCsvRoute,
  incidentsRoute,
  muteIncidentRoute,
  resolveIncidentRoute,
} from '../../../contract/rest/alerts.routes.ts';
import {
  addAlertChannelRoute,
  alertChannelsRoute,
  alertMessagesRoute,
  changeAlertChannelRoute,
  previewAlertTemplateRoute,
  removeAlertChannelRoute,
  testAlertChannelRoute,
} from '../../../contract/rest/alert-channels.routes.ts';
import {
  addMaintenanceWindowRoute,
  addWatchdogRoute,
  changeMaintenanceWindowRoute,
  changeWatchdogRoute,
  maintenanceWindowsRoute,
  removeMaintenanceWindowRoute,
  removeWatchdogRoute,
  watchdogRunsRoute,
  watchdogsRoute,
} from '../../../contract/rest/alert-plans.routes.ts';
import { sendCsv } from '../../http/csv.ts';
import type { HttpServer } from '../../http/http-server.ts';
import type { Alerts } from './alerts.service.ts';
import type { AlertChannels } from './channels.service.ts';
import { toIncident } from './incident.ts';
import type { IncidentFilter } from './incident.repository.ts';
import type { Incidents } from './incidents.service.ts';
import type { PlanRepository } from './plan.repository.ts';
import type { AlertRules } from './rules.ts';
import { toRunView, type Watchdogs } from './watchdogs.service.ts';
import type { MaintenanceWindows } from './windows.ts';

export interface AlertParts {
  readonly http: HttpServer;
  readonly alerts: Alerts;
  readonly alertRules: AlertRules;
  readonly incidents: Incidents;
  readonly alertChannels: AlertChannels;
  readonly maintenanceWindows: MaintenanceWindows;
  readonly watchdogs: Watchdogs;
  readonly alertPlans: PlanRepository;
}

const csvColumns = [
  ...(['incident_id', 'kind', 'severity', 'state', 'opened_at', 'resolved_at', 'resolved_by'] as const),
  ...(['members_total', 'subjects', 'acknowledged_at', 'acknowledged_by', 'note', 'maintenance'] as const),
] as const satisfies readonly (keyof Incident)[];

function toFilter(query: z.output<NonNullable<typeof incidentsCsvRoute.query>>): IncidentFilter {
  const { state, kind, severity, worker_id: workerId, since, until } = query;
  return {
    ...{ state, kind, severity, workerId, sinceMs: Math.ceil(since * 1000) },
    untilMs: until >= 100_000_000_000 ? Number.MAX_SAFE_INTEGER : Math.ceil(until * 1000),
  };
}

/** `/api/admin/alerts`. */
export function mountAlerts(parts: AlertParts): void {
  mountIncidents(parts);
  mountChannels(parts);
  mountPlans(parts);
}

function mountIncidents({ http, alerts, alertRules, incidents }: AlertParts): void {
  http.mount(incidentsRoute, async ({ query: { limit, offset, ...filters } }) => ({
    ...(await incidents.page(toFilter(filters), limit, offset)),
    limit,
    offset,
  }));

  http.mount(incidentsCsvRoute, async ({ query, response }) => {
    async function* rows() {
      for await (const row of incidents.all(toFilter(query))) {
        const { subjects, ...incident } = toIncident(row);
        yield { ...incident, subjects: subjects.join(' ') };
      }
    }
    await sendCsv(response, 'incidents.csv', csvColumns, rows());
    return undefined;
  });

  http.mount(alertSummaryRoute, () => incidents.summary());
  http.mount(incidentRoute, ({ params }) => incidents.find(params.incident_id));
  http.mount(acknowledgeIncidentRoute, ({ params, body, caller }) =>
    incidents.acknowledge(params.incident_id, caller.accountId, body.note),
  );
  http.mount(muteIncidentRoute, ({ params, body }) =>
    incidents.mute(params.incident_id, body.until === null ? null : body.until * 1000),
  );
  http.mount(resolveIncidentRoute, ({ params, body, caller }) =>
    incidents.resolve(params.incident_id, caller.accountId, body.note),
  );
  http.mount(alertRulesRoute, () => ({ items: alertRules.all() }));
  http.mount(changeAlertRuleRoute, ({ params, body }) => alerts.changeRule(params.kind, body));
}

function mountChannels({ http, alertChannels }: AlertParts): void {
  http.mount(alertChannelsRoute, () => ({ items: alertChannels.list() }));
  http.mount(addAlertChannelRoute, ({ body }) => alertChannels.add(body));
  http.mount(changeAlertChannelRoute, ({ params, body }) => alertChannels.change(params.channel_id, body));
  http.mount(removeAlertChannelRoute, async ({ params }) => {
    await alertChannels.remove(params.channel_id);
    return { removed: params.channel_id };
  });
  http.mount(testAlertChannelRoute, ({ params }) => alertChannels.test(params.channel_id));
  http.mount(previewAlertTemplateRoute, ({ query: { kind, ...template } }) =>
    alertChannels.preview(template, kind),
  );
  http.mount(alertMessagesRoute, async ({ query: { channel_id: channelId, limit, offset } }) => ({
    ...(await alertChannels.messages(channelId, limit, offset)),
    limit,
    offset,
  }));
}

function mountPlans({ http, maintenanceWindows, watchdogs, alertPlans }: AlertParts): void {
  http.mount(maintenanceWindowsRoute, () => ({ items: maintenanceWindows.list() }));
  http.mount(addMaintenanceWindowRoute, ({ body }) => maintenanceWindows.add(body));
  http.mount(changeMaintenanceWindowRoute, ({ params, body }) =>
    maintenanceWindows.change(params.window_id, body),
  );
  http.mount(removeMaintenanceWindowRoute, async ({ params }) => {
    await maintenanceWindows.remove(params.window_id);
    return { removed: params.window_id };
  });
  http.mount(watchdogsRoute, () => ({ items: watchdogs.list() }));
  http.mount(addWatchdogRoute, ({ body }) => watchdogs.add(body));
  http.mount(changeWatchdogRoute, ({ params, body }) => watchdogs.change(params.watchdog_id, body));
  http.mount(removeWatchdogRoute, async ({ params }) => {
    await watchdogs.remove(params.watchdog_id);
    return { removed: params.watchdog_id };
  });
  http.mount(watchdogRunsRoute, async ({ query }) => {
    const { watchdog_id: watchdogId, worker_id: workerId, limit, offset } = query;
    const { total, rows } = await alertPlans.runs({ watchdogId, workerId }, limit, offset);
    return { items: rows.map(toRunView), total, limit, offset };
  });
}
