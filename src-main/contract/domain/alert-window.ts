/** When alerts are kept silent because somebody works on the machines. */
import { z } from 'zod';
import { maybeTagSchema } from './alert.ts';

export const windowScopes = ['all', 'tag', 'workers'] as const;
export const windowSchedules = ['once', 'cron'] as const;

const workerId = z.string({ error: 'must be a worker id' }).min(1).max(256);

export const maintenanceWindowInputSchema = z
  .object({
    name: z.string({ error: 'must be text' }).trim().min(1, 'must not be empty').max(64),
    enabled: z.boolean({ error: 'must be true or false' }).default(true),
    scope: z.enum(windowScopes, { error: 'must be all, tag or workers' }),
    tag: maybeTagSchema.default(''),
    worker_ids: z.array(workerId).max(1000, 'may name up to 1000 workers').default([]),
    schedule: z.enum(windowSchedules, { error: 'must be once or cron' }),
    starts_at: z.number().min(0).max(100_000_000_000).nullable().default(null).meta({
      description: 'Unix seconds; of a window that comes once',
    }),
    ends_at: z.number().min(0).max(100_000_000_000).nullable().default(null),
    cron: z
      .string()
      .max(128)
      .default('')
      .meta({ description: 'When it begins, such as "0 2 * * 0", by the clock of the machine' }),
    duration_min: z
      .number()
      .int('must be a whole number of minutes')
      .min(1, 'must be at least 1')
      .max(10_080, 'must be at most 10080')
      .default(60)
      .meta({ description: 'How long it lasts each time; of one with a cron expression' }),
  })
  .superRefine((value, context) => {
    const problem = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (value.scope === 'tag' && value.tag === '') problem('tag', 'must be named');
    if (value.scope === 'workers' && value.worker_ids.length === 0)
      problem('worker_ids', 'must name a worker');
    if (value.schedule === 'cron' && value.cron.trim() === '') problem('cron', 'must be given');
    if (value.schedule === 'once') {
      if (value.starts_at === null) problem('starts_at', 'must be given');
      else if (value.ends_at === null || value.ends_at <= value.starts_at)
        problem('ends_at', 'must be after the beginning');
    }
  });
export type MaintenanceWindowInput = z.output<typeof maintenanceWindowInputSchema>;

export const maintenanceWindowSchema = z
  .object({
    window_id: z.string(),
    name: z.string(),
    enabled: z.boolean(),
    scope: z.enum(windowScopes),
    tag: z.string(),
    worker_ids: z.array(z.string()),
    schedule: z.enum(windowSchedules),
    starts_at: z.number().nullable(),
    ends_at: z.number().nullable(),
    cron: z.string(),
    duration_min: z.number(),
    is_active: z.boolean(),
    next_start: z.number().nullable().meta({ description: 'Unix seconds; null: it does not come again' }),
  })
  .meta({ id: 'MaintenanceWindow' });
export type MaintenanceWindow = z.infer<typeof maintenanceWindowSchema>;
