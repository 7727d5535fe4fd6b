/** What the platform finds when it tries itself. */
import { z } from 'zod';

/** What is tried, in the order in which it is shown. */
export const selfCheckNames = [
  'api_port',
  'mqtt_port',
  'broker',
  'feed',
  'clock',
  'disk',
  'write',
  'database',
  'ledger',
  'backup',
  'event_loop',
] as const;
export type SelfCheckName = (typeof selfCheckNames)[number];

/** `unknown`: nothing here tells. */
export const selfCheckStates = ['ok', 'warning', 'failed', 'unknown'] as const;
export type SelfCheckState = (typeof selfCheckStates)[number];

/** What came of each try; texts in other languages go by this. */
export const selfCheckCodes = {
  api_port: ['reached', 'loopback', 'unreached'],
  mqtt_port: ['reached', 'loopback', 'unreached'],
  broker: ['answered', 'slow', 'failed'],
  feed: ['answered', 'slow', 'failed'],
  clock: ['agrees', 'differs', 'no_miner'],
  disk: ['room', 'tight', 'full'],
  write: ['quick', 'slow', 'failed'],
  database: ['sound', 'unfinished', 'damaged', 'failed'],
  ledger: ['right', 'unfinished', 'wrong', 'failed'],
  backup: ['fresh', 'old', 'none', 'failed', 'unscheduled'],
  event_loop: ['quick', 'late'],
} as const satisfies Readonly<Record<SelfCheckName, readonly string[]>>;

export const selfCheckItemSchema = z.object({
  name: z.enum(selfCheckNames),
  state: z.enum(selfCheckStates),
  code: z.string().meta({ description: 'What came of it, for programs' }),
  value: z.number().nullable().meta({ description: 'The figure; null: there is none' }),
  unit: z.enum(['ms', 'sec', 'bytes', '']),
  facts: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .meta({ description: 'What the sentence names: ports, addresses, reasons' }),
  detail: z.string().meta({ description: 'A sentence for people' }),
  advice: z.string().meta({ description: 'What to do; empty: nothing' }),
});
export type SelfCheckItem = z.infer<typeof selfCheckItemSchema>;

export const selfCheckReportSchema = z
  .object({
    state: z.enum(['ok', 'warning', 'failed']).meta({ description: 'The worst of all' }),
    checked_at: z.number().meta({ description: 'Unix seconds' }),
    duration_ms: z.number(),
    checks: z.array(selfCheckItemSchema),
  })
  .meta({ id: 'SelfCheckReport' });
export type SelfCheckReport = z.infer<typeof selfCheckReportSchema>;
