/** What the platform does by itself when a worker trips a rule. */
import { z } from 'zod';
import { alertKindSchema, maybeTagSchema, workerAlertKinds, type AlertKind } from './alert.ts';
import { minerConfigSchema } from './miner-config.ts';

export const watchdogActions = ['restart', 'pause', 'resume', 'set_config', 'shutdown'] as const;
export type WatchdogAction = (typeof watchdogActions)[number];

/** A worker that is away hears no command. */
export const watchdogKinds: readonly AlertKind[] = workerAlertKinds.filter(
  (kind) => kind !== 'worker_offline',
);

const count = (max: number, description: string) =>
  z
    .number({ error: 'must be a number' })
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(max, `must be at most ${max}`)
    .meta({ description });

export const watchdogInputSchema = z
  .object({
    name: z.string({ error: 'must be text' }).trim().min(1, 'must not be empty').max(64),
    enabled: z.boolean({ error: 'must be true or false' }).default(true),
    dry_run: z
      .boolean({ error: 'must be true or false' })
      .default(true)
      .meta({ description: 'Only writes down what it would have done' }),
    kind: alertKindSchema.refine((kind: AlertKind) => watchdogKinds.includes(kind), {
      message: `must be one of ${watchdogKinds.join(', ')}`,
    }),
    tag: maybeTagSchema.default('').meta({ description: 'Only workers with this tag; empty: all' }),
    after_sec: z
      .number({ error: 'must be a number of seconds' })
      .int('must be a whole number of seconds')
      .min(0, 'must be at least 0')
      .max(86_400, 'must be at most 86400')
      .default(300)
      .meta({ description: 'After a worker joined an incident, and again so long after each command' }),
    action: z.enum(watchdogActions, { error: `must be one of ${watchdogActions.join(', ')}` }),
    config: minerConfigSchema.default({}),
    allow_leased: z
      .boolean({ error: 'must be true or false' })
      .default(false)
      .meta({ description: 'Also workers that are rented out: their lease may end with it' }),
    max_per_worker_per_day: count(100, 'Commands to one worker in 24 h').default(3),
    max_per_day: count(10_000, 'Commands of this watchdog in 24 h').default(50),
  })
  .refine(({ action, config }) => action !== 'set_config' || Object.keys(config).length > 0, {
    path: ['config'],
    message: 'needs at least one setting: difficulty, address, prefix or block_pattern',
  });
export type WatchdogInput = z.output<typeof watchdogInputSchema>;

export const watchdogSchema = z
  .object({
    watchdog_id: z.string(),
    name: z.string(),
    enabled: z.boolean(),
    dry_run: z.boolean(),
    kind: alertKindSchema,
    tag: z.string(),
    after_sec: z.number(),
    action: z.enum(watchdogActions),
    config: minerConfigSchema,
    allow_leased: z.boolean(),
    max_per_worker_per_day: z.number(),
    max_per_day: z.number(),
    runs_today: z.number().meta({ description: 'Commands in the last 24 h, also those of a dry run' }),
  })
  .meta({ id: 'Watchdog' });
export type Watchdog = z.infer<typeof watchdogSchema>;

/**
 * `sent`; `dry_run`: it would have been; `limited`: too many in 24 h; `leased`: the worker is rented out; `failed`:
 * the platform could not send it.
 */
export const watchdogOutcomes = ['sent', 'dry_run', 'limited', 'leased', 'failed'] as const;
export type WatchdogOutcome = (typeof watchdogOutcomes)[number];

export const watchdogRunSchema = z
  .object({
    run_id: z.number(),
    watchdog_id: z.string(),
    name: z.string(),
    incident_id: z.number(),
    worker_id: z.string(),
    action: z.enum(watchdogActions),
    outcome: z.enum(watchdogOutcomes),
    command_id: z.string().meta({ description: 'Empty when none was sent' }),
    detail: z.string(),
    at: z.number(),
  })
  .meta({ id: 'WatchdogRun' });
export type WatchdogRun = z.infer<typeof watchdogRunSchema>;
