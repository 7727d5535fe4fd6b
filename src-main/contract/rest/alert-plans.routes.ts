/** Maintenance windows and watchdogs; for the operator. */
import { z } from 'zod';
import { maintenanceWindowInputSchema, maintenanceWindowSchema } from '../domain/alert-window.ts';
import { watchdogInputSchema, watchdogRunSchema, watchdogSchema } from '../domain/watchdog.ts';
import { defineRoute, offsetListOf, offsetQuery, queryText } from './define-route.ts';

const windows = '/api/admin/alerts/windows';
const watchdogs = '/api/admin/alerts/watchdogs';
const windowParams = z.object({ window_id: z.string().min(1).max(64) });
const watchdogParams = z.object({ watchdog_id: z.string().min(1).max(64) });

export const maintenanceWindowsRoute = defineRoute({
  method: 'get',
  path: windows,
  tag: 'Alerts',
  summary: 'All maintenance windows',
  access: 'admin',
  response: z.object({ items: z.array(maintenanceWindowSchema) }),
});

export const addMaintenanceWindowRoute = defineRoute({
  method: 'post',
  path: windows,
  tag: 'Alerts',
  summary: 'Adds a maintenance window: incidents that begin within it are recorded, and nothing is sent',
  access: 'admin',
  action: 'alert.window.add',
  target: (_input, answer) => answer?.window_id ?? '',
  body: maintenanceWindowInputSchema,
  response: maintenanceWindowSchema,
  errors: ['bad_request', 'conflict'],
});

export const changeMaintenanceWindowRoute = defineRoute({
  method: 'put',
  path: `${windows}/{window_id}`,
  tag: 'Alerts',
  summary: 'Changes a maintenance window',
  access: 'admin',
  action: 'alert.window.change',
  params: windowParams,
  body: maintenanceWindowInputSchema,
  response: maintenanceWindowSchema,
  errors: ['bad_request', 'not_found'],
});

export const removeMaintenanceWindowRoute = defineRoute({
  method: 'delete',
  path: `${windows}/{window_id}`,
  tag: 'Alerts',
  summary: 'Removes a maintenance window; what it kept silent and goes on is told',
  access: 'admin',
  action: 'alert.window.remove',
  params: windowParams,
  response: z.object({ removed: z.string() }),
  errors: ['not_found'],
});

export const watchdogsRoute = defineRoute({
  method: 'get',
  path: watchdogs,
  tag: 'Alerts',
  summary: 'All watchdogs',
  access: 'admin',
  response: z.object({ items: z.array(watchdogSchema) }),
});

export const addWatchdogRoute = defineRoute({
  method: 'post',
  path: watchdogs,
  tag: 'Alerts',
  summary: 'Adds a watchdog; a dry run unless said otherwise',
  access: 'admin',
  action: 'alert.watchdog.add',
  target: (_input, answer) => answer?.watchdog_id ?? '',
  body: watchdogInputSchema,
  response: watchdogSchema,
  errors: ['bad_request', 'conflict'],
});

export const changeWatchdogRoute = defineRoute({
  method: 'put',
  path: `${watchdogs}/{watchdog_id}`,
  tag: 'Alerts',
  summary: 'Changes a watchdog',
  access: 'admin',
  action: 'alert.watchdog.change',
  params: watchdogParams,
  body: watchdogInputSchema,
  response: watchdogSchema,
  errors: ['bad_request', 'not_found'],
});

export const removeWatchdogRoute = defineRoute({
  method: 'delete',
  path: `${watchdogs}/{watchdog_id}`,
  tag: 'Alerts',
  summary: 'Removes a watchdog; what it did stays on record',
  access: 'admin',
  action: 'alert.watchdog.remove',
  params: watchdogParams,
  response: z.object({ removed: z.string() }),
  errors: ['not_found'],
});

export const watchdogRunsRoute = defineRoute({
  method: 'get',
  path: '/api/admin/alerts/watchdog-runs',
  tag: 'Alerts',
  summary: 'What watchdogs did or would have done, newest first',
  access: 'admin',
  query: z.object({
    watchdog_id: queryText(64, 'Only of this watchdog'),
    worker_id: queryText(256, 'Only to this worker'),
    ...offsetQuery,
  }),
  response: offsetListOf(watchdogRunSchema),
});
