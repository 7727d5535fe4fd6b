/** Live checks behind the built-in answers. */
import { z } from 'zod';
import { refusalSchema } from './onboarding.ts';

/** What keeps a worker from being seen, in the order in which one would look. */
export const visibilityCauses = [
  'id',
  'broker',
  'connection',
  'refusal',
  'topic',
  'rights',
  'limit',
  'register',
  'heartbeat',
  'listens',
] as const;
export type VisibilityCause = (typeof visibilityCauses)[number];

/** What was found of each; texts in other languages go by this. */
export const visibilityCodes = {
  id: ['valid', 'invalid', 'client_id', 'similar'],
  broker: ['listens', 'loopback', 'down'],
  connection: ['connected', 'other_worker', 'missing'],
  refusal: ['none', 'refused'],
  topic: ['right', 'wrong'],
  rights: ['anyone', 'credentials', 'strict'],
  limit: ['room', 'reached'],
  register: ['registered', 'without', 'missing'],
  heartbeat: ['fresh', 'old', 'offline', 'never'],
  listens: ['listens', 'deaf', 'unknown'],
} as const satisfies Readonly<Record<VisibilityCause, readonly string[]>>;

/** `unknown`: it can't be told before the causes above it are mended. */
export const visibilityStates = ['ok', 'problem', 'unknown'] as const;

export const visibilityCheckSchema = z.object({
  cause: z.enum(visibilityCauses),
  state: z.enum(visibilityStates),
  code: z.string().meta({ description: 'What was found, for programs' }),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
  detail: z.string().meta({ description: 'A sentence for people' }),
  advice: z.string().meta({ description: 'What to do; empty: nothing' }),
});
export type VisibilityCheck = z.infer<typeof visibilityCheckSchema>;

export const workerVisibilitySchema = z
  .object({
    worker_id: z.string(),
    visible: z.boolean().meta({ description: 'It is registered and online' }),
    probable_cause: z
      .enum(visibilityCauses)
      .nullable()
      .meta({ description: 'The first problem; null: none' }),
    checks: z.array(visibilityCheckSchema),
    refusals: z.array(refusalSchema).meta({ description: 'What the broker turned away of it, newest first' }),
  })
  .meta({ id: 'WorkerVisibility' });
export type WorkerVisibility = z.infer<typeof workerVisibilitySchema>;

const processSchema = z.object({
  pid: z.number(),
  name: z.string().meta({ description: 'Empty where the system does not tell' }),
  is_self: z.boolean().meta({ description: 'This platform' }),
});

export const portUseSchema = z
  .object({
    port: z.number(),
    state: z.enum(['own', 'taken', 'free', 'forbidden']),
    used_for: z.enum(['api', 'mqtt', '']).meta({ description: 'By this platform; empty: nothing' }),
    processes: z
      .array(processSchema)
      .meta({ description: 'Who listens; empty where nobody does, or the system does not tell' }),
    suggestion: z.number().nullable().meta({ description: 'The next free port; null: none was found' }),
  })
  .meta({ id: 'PortUse' });
export type PortUse = z.infer<typeof portUseSchema>;

export const databaseUseSchema = z
  .object({
    path: z.string(),
    holders: z
      .array(processSchema.extend({ files: z.array(z.string()) }))
      .meta({ description: 'Processes that have the file open; of other users only where the system tells' }),
    tells: z.boolean().meta({ description: 'Whether the system says who has files open' }),
    write_ms: z.number().nullable().meta({ description: 'How long a transaction took now; null: it failed' }),
    failure: z.string().meta({ description: 'Why the disk did not take it; empty when it did' }),
    queue: z.number().meta({ description: 'Writes that wait' }),
  })
  .meta({ id: 'DatabaseUse' });
export type DatabaseUse = z.infer<typeof databaseUseSchema>;
