/** Templates of settings, and the jobs that give them to workers. */
import { z } from 'zod';
import {
  jobWorkerGroups,
  templateEffectSchema,
  templateFieldsSchema,
  templateJobSchema,
  templateJobWorkerSchema,
  templateSchema,
} from '../domain/template.ts';
import { targetFields } from './control.routes.ts';
import { defineRoute, offsetListOf, offsetQuery, queryText } from './define-route.ts';

const templateParams = z.object({ template_id: z.string().min(1).max(64) });
const jobParams = z.object({ job_id: z.string().min(1).max(64) });
const { worker_ids, filter } = targetFields;
const isTargeted = (body: { worker_ids?: unknown; filter?: unknown }) =>
  body.worker_ids !== undefined || body.filter !== undefined;
const untargeted = { path: ['worker_ids'], message: 'or filter has to be given' };
const targets = z.object({ worker_ids, filter }).refine(isTargeted, untargeted);

const operator = { tag: 'Control', access: 'admin', openToAll: true } as const;

export const templatesRoute = defineRoute({
  ...operator,
  method: 'get',
  path: '/api/templates',
  summary: 'All templates, by name',
  response: z.object({ items: z.array(templateSchema) }),
});

export const createTemplateRoute = defineRoute({
  ...operator,
  method: 'post',
  path: '/api/templates',
  summary: 'Keeps settings under a name',
  action: 'template.create',
  target: (_input, answer) => answer?.template_id ?? '',
  body: templateFieldsSchema,
  response: templateSchema,
  errors: ['conflict'],
});

export const templateRoute = defineRoute({
  ...operator,
  method: 'get',
  path: '/api/templates/{template_id}',
  summary: 'One template',
  params: templateParams,
  response: templateSchema,
  errors: ['not_found'],
});

export const changeTemplateRoute = defineRoute({
  ...operator,
  method: 'put',
  path: '/api/templates/{template_id}',
  summary: 'Changes a template; workers keep what they have until it is applied again',
  action: 'template.change',
  params: templateParams,
  body: templateFieldsSchema,
  response: templateSchema,
  errors: ['not_found', 'conflict'],
});

export const deleteTemplateRoute = defineRoute({
  ...operator,
  method: 'delete',
  path: '/api/templates/{template_id}',
  summary: 'Deletes a template; its jobs and what the workers have stay',
  action: 'template.delete',
  params: templateParams,
  response: z.object({ status: z.literal('deleted'), template_id: z.string() }),
  errors: ['not_found'],
});

export const previewTemplateRoute = defineRoute({
  ...operator,
  method: 'post',
  path: '/api/templates/{template_id}/preview',
  summary: 'What a template would change, worker by worker; sends nothing',
  action: 'template.preview',
  params: templateParams,
  body: z
    .object({
      worker_ids,
      filter,
      limit: z
        .number({ error: 'must be a whole number from 0 to 500' })
        .int('must be a whole number')
        .min(0, 'must be at least 0')
        .max(500, 'must be at most 500')
        .default(100)
        .meta({ description: 'Workers that are shown; the counts are of all' }),
    })
    .refine(isTargeted, untargeted),
  response: z.object({
    workers: z.number(),
    changing: z.number().meta({ description: 'Would be sent a command' }),
    skipped: templateJobSchema.shape.skipped,
    items: z
      .array(templateEffectSchema)
      .meta({ description: 'Those that would change first, then those that would be left out' }),
  }),
  errors: ['not_found', 'bad_request'],
});

export const applyTemplateRoute = defineRoute({
  ...operator,
  method: 'post',
  path: '/api/templates/{template_id}/apply',
  summary: 'Gives a template to workers: a job that is followed, undone and outlives a restart',
  action: 'template.apply',
  params: templateParams,
  body: targets,
  response: templateJobSchema,
  successStatus: 202,
  errors: ['not_found', 'bad_request'],
});

export const templateJobsRoute = defineRoute({
  ...operator,
  method: 'get',
  path: '/api/template-jobs',
  summary: 'Jobs that gave templates to workers, newest first',
  query: z.object({ template_id: queryText(64, 'Only jobs of this template'), ...offsetQuery }),
  response: offsetListOf(templateJobSchema),
});

export const templateJobRoute = defineRoute({
  ...operator,
  method: 'get',
  path: '/api/template-jobs/{job_id}',
  summary: 'How far a job is',
  params: jobParams,
  response: templateJobSchema,
  errors: ['not_found'],
});

export const templateJobWorkersRoute = defineRoute({
  ...operator,
  method: 'get',
  path: '/api/template-jobs/{job_id}/workers',
  summary: 'What became of a job, worker by worker, in the order in which they are sent',
  params: jobParams,
  query: z.object({
    group: z
      .enum(jobWorkerGroups, { error: `must be one of ${jobWorkerGroups.join(', ')}` })
      .optional()
      .meta({ description: 'open: waiting, sent or delivered; failed: what a retry is for' }),
    search: queryText(128, 'Part of the worker id, in any case'),
    ...offsetQuery,
  }),
  response: offsetListOf(templateJobWorkerSchema),
  errors: ['not_found'],
});

const changeJob = {
  ...operator,
  method: 'post',
  params: jobParams,
  response: templateJobSchema,
  successStatus: 202,
  errors: ['not_found', 'conflict'],
} as const;

export const retryTemplateJobRoute = defineRoute({
  ...changeJob,
  path: '/api/template-jobs/{job_id}/retry',
  summary: 'Sends once more to those that failed, and to nobody else',
  action: 'template.retry',
});

export const undoTemplateJobRoute = defineRoute({
  ...changeJob,
  path: '/api/template-jobs/{job_id}/undo',
  summary: 'A job that tells every changed worker what it had before',
  action: 'template.undo',
});

export const cancelTemplateJobRoute = defineRoute({
  ...changeJob,
  path: '/api/template-jobs/{job_id}/cancel',
  summary: 'Sends no further command; what was sent is followed to its end',
  action: 'template.cancel',
});
