/** Templates: settings under a name that are given to many workers at once, and the jobs that give them. */
import { z } from 'zod';
import { commandStates } from './command.ts';
import { configFieldNames, minerConfigSchema } from './miner-config.ts';

/** As many as a person can choose from. */
export const maxTemplates = 200;

/** Workers of one job. */
export const maxJobWorkers = 10_000;

const configured = minerConfigSchema
  .refine((config) => Object.keys(config).length > 0, `needs at least one of ${configFieldNames.join(', ')}`)
  .meta({ description: 'What the workers are told to mine; what it does not name stays as it is' });

/** What a person says of a template. */
export const templateFieldsSchema = z.object({
  name: z
    .string({ error: 'must be text' })
    .trim()
    .min(1, 'must not be empty')
    .max(64, 'must have at most 64 characters')
    .meta({ description: 'Unlike every other, in any case' }),
  note: z
    .string({ error: 'must be text' })
    .trim()
    .max(500, 'must have at most 500 characters')
    .default('')
    .meta({ description: 'What it is for' }),
  config: configured,
});
export type TemplateFields = z.output<typeof templateFieldsSchema>;

export const templateSchema = z
  .object({
    template_id: z.string(),
    name: z.string(),
    note: z.string(),
    config: minerConfigSchema,
    created_at: z.number(),
    updated_at: z.number(),
    updated_by: z.string().meta({ description: 'Account that changed it last' }),
  })
  .meta({ id: 'Template' });
export type Template = z.infer<typeof templateSchema>;

/**
 * Why a worker is left out: `leased`: rented out; `offline`: not connected; `unchanged`: it reports these settings
 * already; `unknown`: the platform does not know it (any more); `no_before`: of an undo: what it had is not known.
 */
export const jobSkipReasons = ['leased', 'offline', 'unchanged', 'unknown', 'no_before'] as const;
export type JobSkipReason = (typeof jobSkipReasons)[number];

/** `waiting`: not sent yet; `skipped`: left out, see the reason; `cancelled`: not sent because the job was cancelled. */
export const jobWorkerStates = ['waiting', ...commandStates, 'skipped', 'cancelled'] as const;
export type JobWorkerState = (typeof jobWorkerStates)[number];

/** Settings of a worker; null: not known. */
const knownConfig = {
  difficulty: z.number().nullable(),
  address: z.string().nullable(),
  prefix: z.string().nullable(),
  block_pattern: z.string().nullable(),
};
const knownConfigSchema = z.object(knownConfig).meta({ id: 'KnownConfig' });
export type KnownConfig = z.infer<typeof knownConfigSchema>;

/** What a template would do to one worker. */
export const templateEffectSchema = z
  .object({
    worker_id: z.string(),
    now: knownConfigSchema.meta({
      description: 'As it reports it, else as it was last told; null: neither is known',
    }),
    changes: z
      .array(z.enum(['difficulty', 'address', 'prefix', 'block_pattern']))
      .meta({ description: 'Settings that would become others' }),
    skipped: z
      .enum(jobSkipReasons)
      .nullable()
      .meta({ description: 'Why it would be left out; null: it would get it' }),
  })
  .meta({ id: 'TemplateEffect' });
export type TemplateEffect = z.infer<typeof templateEffectSchema>;

/**
 * `running`: commands are being sent, or their outcome is open; `finished`: every outcome is known; `cancelled`: no
 * further command is sent.
 */
export const jobStates = ['running', 'finished', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

export const jobKinds = ['apply', 'undo'] as const;
export type JobKind = (typeof jobKinds)[number];

const count = z.number().int();

export const templateJobSchema = z
  .object({
    job_id: z.string(),
    kind: z.enum(jobKinds),
    state: z.enum(jobStates),
    template_id: z.string().meta({ description: 'It may have been changed or deleted since' }),
    template_name: z.string().meta({ description: 'As it was called then' }),
    config: minerConfigSchema.meta({
      description:
        'As it was then; of an undo what is taken back: each worker gets its own settings from before',
    }),
    undo_of: z.string().meta({ description: 'The job that is undone; empty otherwise' }),
    undone_by: z.string().meta({ description: 'The job that undid this one last; empty without one' }),
    issued_by: z.string(),
    attempt: count.meta({ description: '1, and one more with each retry' }),
    created_at: z.number(),
    finished_at: z.number().nullable(),
    workers: count,
    counts: z
      .object(
        Object.fromEntries(jobWorkerStates.map((state) => [state, count])) as Record<
          JobWorkerState,
          typeof count
        >,
      )
      .meta({ description: 'Workers by state' }),
    skipped: z
      .object(
        Object.fromEntries(jobSkipReasons.map((reason) => [reason, count])) as Record<
          JobSkipReason,
          typeof count
        >,
      )
      .meta({ description: 'Skipped workers by reason' }),
    failed: count.meta({
      description: 'What a retry is for: undelivered, unconfirmed, and skipped because leased or offline',
    }),
    changed: count.meta({ description: 'Workers that were sent a command: what an undo is for' }),
  })
  .meta({ id: 'TemplateJob' });
export type TemplateJob = z.infer<typeof templateJobSchema>;

export const templateJobWorkerSchema = z
  .object({
    worker_id: z.string(),
    state: z.enum(jobWorkerStates),
    reason: z.enum(jobSkipReasons).nullable().meta({ description: 'Of a skipped one' }),
    detail: z.string().meta({ description: 'Explains the state of its command' }),
    attempt: count.meta({ description: 'In which it was looked at last' }),
    before: knownConfigSchema
      .nullable()
      .meta({ description: 'What it had before the first command; null: none was sent' }),
    wanted: minerConfigSchema.meta({ description: 'What it is told to mine' }),
    command_id: z.string().meta({ description: 'Its last command; empty without one' }),
    changed_at: z.number(),
  })
  .meta({ id: 'TemplateJobWorker' });
export type TemplateJobWorker = z.infer<typeof templateJobWorkerSchema>;

/** How the workers of a job are looked at. */
export const jobWorkerGroups = ['open', 'failed', 'confirmed', 'skipped', 'cancelled'] as const;
export type JobWorkerGroup = (typeof jobWorkerGroups)[number];
