/** The settings of the platform; for the operator. */
import { z } from 'zod';
import { settingsViewSchema, settingValueSchema } from '../domain/setting.ts';
import { defineRoute } from './define-route.ts';

export const settingsRoute = defineRoute({
  method: 'get',
  path: '/api/admin/settings',
  tag: 'System',
  summary:
    'Every setting with its value, its default and where the value comes from; of secrets only whether they are set',
  access: 'admin',
  response: settingsViewSchema,
});

export const changeSettingsRoute = defineRoute({
  method: 'put',
  path: '/api/admin/settings',
  tag: 'System',
  summary: 'Writes settings to the settings file, all or none; they are in force after the next start',
  access: 'admin',
  action: 'settings.change',
  target: ({ body }) => Object.keys(body.changes).join(' '),
  body: z.object({
    changes: z
      .record(z.string().max(64), settingValueSchema.nullable())
      .meta({ description: 'New values by name; null takes a setting out of the file' }),
  }),
  response: z.object({
    restart_needed: z.array(z.string()).meta({ description: 'Settings that a restart would change' }),
  }),
  errors: ['bad_request', 'conflict'],
});

export const restartRoute = defineRoute({
  method: 'post',
  path: '/api/admin/restart',
  tag: 'System',
  summary:
    'Starts the platform again with the settings as they are now; where it does not start with them, it goes on as before',
  access: 'admin',
  action: 'platform.restart',
  successStatus: 202,
  response: z.object({
    restarting: z.literal(true),
    changes: z.array(z.string()).meta({ description: 'Settings that it changes' }),
  }),
  errors: ['conflict'],
});
