/** Tags, groups and notes of workers: the operator's, and each owner's of its own workers. */
import { z } from 'zod';
import {
  groupColors,
  groupPeriods,
  groupSchema,
  groupTotalsSchema,
  noteSchema,
  tagSchema,
  tagsSchema,
  workerTagsSchema,
} from '../domain/tag.ts';
import { targetFilterSchema, workerIdsSchema } from './control.routes.ts';
import { defineRoute, workerParams } from './define-route.ts';

const tagParams = z.object({ tag: tagSchema });
const signedIn = { tag: 'Tags', access: 'signed_in', openToAll: true } as const;
const ownWorker = {
  tag: 'Tags',
  access: 'owner',
  openToAll: true,
  owner: { kind: 'worker', id: ({ params }: { params: { worker_id: string } }) => params.worker_id },
} as const;
const changed = z.object({
  changed: z.array(z.string()).meta({ description: 'Workers whose tags are others now' }),
});

export const groupsRoute = defineRoute({
  ...signedIn,
  method: 'get',
  path: '/api/tags',
  summary: "Every tag with what its workers add up to: of all workers for admins, else of one's own",
  query: z.object({
    period: z
      .enum(groupPeriods, { error: `must be one of ${groupPeriods.join(', ')}` })
      .default('24h')
      .meta({ description: 'Of the earnings' }),
  }),
  response: z.object({
    period: z.enum(groupPeriods),
    items: z.array(groupSchema),
    untagged: groupTotalsSchema.meta({ description: 'Workers without a tag' }),
  }),
});

export const labelledWorkersRoute = defineRoute({
  ...signedIn,
  method: 'get',
  path: '/api/tags/workers',
  summary: "Tags and notes of all workers that have some: of all for admins, else of one's own",
  response: z.object({
    items: z.array(workerTagsSchema),
    colors: z
      .record(z.string(), z.number())
      .meta({ description: `Colours of these tags, 1 to ${groupColors}; of those that have one` }),
  }),
});

export const tagWorkersRoute = defineRoute({
  ...signedIn,
  method: 'post',
  path: '/api/tags/assign',
  summary: "Gives tags to a list of the caller's workers or to those that pass a filter, and takes tags away",
  action: 'tags.assign',
  target: ({ body }) => [...body.add, ...body.remove.map((tag) => `-${tag}`)].join(' '),
  body: z
    .object({
      add: tagsSchema.default([]),
      remove: tagsSchema.default([]),
      worker_ids: workerIdsSchema.optional(),
      filter: targetFilterSchema
        .optional()
        .meta({ description: 'All workers that pass, also offline ones; with worker_ids both hold' }),
    })
    .refine(({ worker_ids, filter }) => worker_ids !== undefined || filter !== undefined, {
      path: ['worker_ids'],
      message: 'or filter has to be given',
    })
    .refine(({ add, remove }) => add.length + remove.length > 0, {
      path: ['add'],
      message: 'or remove has to name a tag',
    }),
  response: z.object({
    matched: z.number().meta({ description: 'Workers that it was about' }),
    ...changed.shape,
  }),
  errors: ['bad_request', 'not_found'],
});

export const changeGroupRoute = defineRoute({
  method: 'put',
  path: '/api/tags/{tag}',
  tag: 'Tags',
  summary: 'Gives a tag a colour and a description; it is kept without workers, too',
  access: 'admin',
  openToAll: true,
  action: 'tags.describe',
  params: tagParams,
  body: z.object({
    color: z
      .number({ error: 'must be a number' })
      .int('must be a whole number')
      .min(0, 'must be at least 0')
      .max(groupColors, `must be at most ${groupColors}`)
      .default(0),
    description: z
      .string({ error: 'must be text' })
      .trim()
      .max(200, 'must have at most 200 characters')
      .default(''),
  }),
  response: z.object({ tag: z.string(), color: z.number(), description: z.string() }),
  errors: ['conflict'],
});

export const renameTagRoute = defineRoute({
  ...signedIn,
  method: 'post',
  path: '/api/tags/{tag}/rename',
  summary: "Renames a tag on all workers, or on one's own; where the new one is there, the two become one",
  action: 'tags.rename',
  params: tagParams,
  body: z.object({ to: tagSchema }),
  response: z.object({ tag: z.string(), ...changed.shape }),
  errors: ['not_found'],
});

export const removeTagRoute = defineRoute({
  ...signedIn,
  method: 'delete',
  path: '/api/tags/{tag}',
  summary: "Takes a tag from all workers, or from one's own",
  action: 'tags.remove',
  params: tagParams,
  response: changed,
  errors: ['not_found'],
});

export const workerTagsRoute = defineRoute({
  ...ownWorker,
  method: 'get',
  path: '/api/workers/{worker_id}/tags',
  summary: 'Tags and note of a worker',
  params: workerParams,
  response: workerTagsSchema,
});

export const changeWorkerTagsRoute = defineRoute({
  ...ownWorker,
  method: 'put',
  path: '/api/workers/{worker_id}/tags',
  summary: 'Changes the tags of a worker, its note, or both',
  action: 'tags.worker',
  params: workerParams,
  body: z
    .object({ tags: tagsSchema.optional(), note: noteSchema.optional() })
    .refine(({ tags, note }) => tags !== undefined || note !== undefined, {
      path: ['tags'],
      message: 'or note has to be given',
    }),
  response: workerTagsSchema,
});
