/** Where alerts are sent; for the operator. */
import { z } from 'zod';
import {
  alertChannelInputSchema,
  alertChannelSchema,
  alertMessageSchema,
  alertSendResultSchema,
  alertTemplateSchema,
} from '../domain/alert-channel.ts';
import { alertKindSchema } from '../domain/alert.ts';
import { defineRoute, offsetListOf, offsetQuery, queryText } from './define-route.ts';

const path = '/api/admin/alerts/channels';
const channelParams = z.object({ channel_id: z.string().min(1).max(64) });

export const alertChannelsRoute = defineRoute({
  method: 'get',
  path,
  tag: 'Alerts',
  summary: 'All channels with what waits in their queues; never their secrets',
  access: 'admin',
  response: z.object({ items: z.array(alertChannelSchema) }),
});

export const addAlertChannelRoute = defineRoute({
  method: 'post',
  path,
  tag: 'Alerts',
  summary: 'Adds a channel',
  access: 'admin',
  action: 'alert.channel.add',
  target: (_input, answer) => answer?.channel_id ?? '',
  body: alertChannelInputSchema,
  response: alertChannelSchema,
  errors: ['bad_request', 'conflict'],
});

export const changeAlertChannelRoute = defineRoute({
  method: 'put',
  path: `${path}/{channel_id}`,
  tag: 'Alerts',
  summary: 'Changes a channel; without a secret it keeps the one it has',
  access: 'admin',
  action: 'alert.channel.change',
  params: channelParams,
  body: alertChannelInputSchema,
  response: alertChannelSchema,
  errors: ['bad_request', 'not_found'],
});

export const removeAlertChannelRoute = defineRoute({
  method: 'delete',
  path: `${path}/{channel_id}`,
  tag: 'Alerts',
  summary: 'Removes a channel with all that waits in its queue',
  access: 'admin',
  action: 'alert.channel.remove',
  params: channelParams,
  response: z.object({ removed: z.string() }),
  errors: ['not_found', 'conflict'],
});

export const testAlertChannelRoute = defineRoute({
  method: 'post',
  path: `${path}/{channel_id}/test`,
  tag: 'Alerts',
  summary: 'Sends a message of no importance now, past the queue, and tells what the server answered',
  access: 'admin',
  action: 'alert.channel.test',
  params: channelParams,
  response: alertSendResultSchema,
  errors: ['not_found'],
});

export const previewAlertTemplateRoute = defineRoute({
  method: 'get',
  path: '/api/admin/alerts/preview',
  tag: 'Alerts',
  summary: 'What a template makes of an incident that is made up',
  access: 'admin',
  query: z.object({ ...alertTemplateSchema.shape, kind: alertKindSchema.default('worker_offline') }),
  response: z.object({ title: z.string(), text: z.string() }),
});

export const alertMessagesRoute = defineRoute({
  method: 'get',
  path: '/api/admin/alerts/messages',
  tag: 'Alerts',
  summary: 'Messages to channels and what became of them, newest first',
  access: 'admin',
  query: z.object({ channel_id: queryText(64, 'Only of this channel'), ...offsetQuery }),
  response: offsetListOf(alertMessageSchema),
});
