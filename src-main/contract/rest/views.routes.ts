/** Saved views of the fleet: one's own, and those that the operator shares. */
import { z } from 'zod';
import { savedViewInputSchema, savedViewSchema } from '../domain/saved-view.ts';
import { defineRoute } from './define-route.ts';

const viewParams = z.object({ view_id: z.string().min(1).max(64) });
const signedIn = { tag: 'Tags', access: 'signed_in', openToAll: true } as const;

export const savedViewsRoute = defineRoute({
  ...signedIn,
  method: 'get',
  path: '/api/views',
  summary: "The caller's views of the fleet, and those that are shared",
  response: z.object({ items: z.array(savedViewSchema) }),
});

export const addSavedViewRoute = defineRoute({
  ...signedIn,
  method: 'post',
  path: '/api/views',
  summary: 'Keeps a view of the fleet',
  action: 'views.add',
  target: (_input, answer) => answer?.view_id ?? '',
  body: savedViewInputSchema,
  response: savedViewSchema,
  errors: ['conflict', 'forbidden'],
});

export const changeSavedViewRoute = defineRoute({
  ...signedIn,
  method: 'put',
  path: '/api/views/{view_id}',
  summary: 'Changes a view of the caller; the operator may change shared ones',
  action: 'views.change',
  params: viewParams,
  body: savedViewInputSchema,
  response: savedViewSchema,
  errors: ['conflict', 'forbidden', 'not_found'],
});

export const removeSavedViewRoute = defineRoute({
  ...signedIn,
  method: 'delete',
  path: '/api/views/{view_id}',
  summary: 'Removes a view of the caller; the operator may remove shared ones',
  action: 'views.remove',
  params: viewParams,
  response: z.object({ removed: z.string() }),
  errors: ['not_found'],
});
