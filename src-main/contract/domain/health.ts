/** How the platform is, part by part, for the operator. */
import { z } from 'zod';

/** The parts that are looked at. */
export const healthServices = [
  'http',
  'broker',
  'storage',
  'feed',
  'proofs',
  'backups',
  'simulator',
  'ledger',
  'honesty',
  'tls',
  'process',
] as const;
export type HealthServiceName = (typeof healthServices)[number];

/** `warning`: works, but somebody should look; `down`: does not work, or can't be relied on. */
export const healthStates = ['ok', 'warning', 'down'] as const;
export type HealthState = (typeof healthStates)[number];

const unixSeconds = (description: string) => z.number().nullable().meta({ description });

export const healthReportSchema = z
  .object({
    state: z.enum(healthStates).meta({ description: 'The worst of all services' }),
    checked_at: z.number().meta({ description: 'Unix seconds' }),
    services: z.array(
      z.object({
        name: z.enum(healthServices),
        state: z.enum(healthStates),
        detail: z.string().meta({ description: 'A sentence for people' }),
      }),
    ),
    http: z.object({
      port: z.number(),
      requests: z.number().meta({ description: 'Since the start' }),
      requests_per_sec: z.number(),
      failures: z
        .number()
        .meta({ description: 'Requests that the platform failed to answer, since the start' }),
    }),
    broker: z.object({
      port: z.number(),
      connections: z.number(),
      max_connections: z.number(),
      messages: z.number().meta({ description: 'Received since the start' }),
      messages_per_sec: z.number(),
      refused: z.number().meta({ description: 'Turned away since the start, for any reason' }),
      refused_last_minute: z.number(),
    }),
    storage: z.object({
      path: z.string(),
      database_bytes: z.number(),
      wal_bytes: z.number().meta({ description: 'Of the log that is not written back yet' }),
      free_bytes: z.number().meta({ description: 'Inside of the file, for new rows' }),
      disk_free_bytes: z.number(),
      queue: z.number().meta({ description: 'Writes that wait for their transaction' }),
      transactions: z.number().meta({ description: 'Since the start' }),
      last_commit_age_sec: z.number().nullable().meta({ description: 'null: none since the start' }),
    }),
    feed: z.object({
      clients: z.number(),
      max_clients: z.number(),
      frames: z.number().meta({ description: 'Sent since the start' }),
      refused: z.number().meta({ description: 'Turned away because there were too many, since the start' }),
      dropped: z.number().meta({ description: 'Disconnected because they did not drain, since the start' }),
    }),
    proofs: z.object({
      waiting: z.number(),
      running: z.number(),
      hashed: z.number().meta({ description: 'Computed since the start' }),
    }),
    backups: z.object({
      schedule: z.string().meta({ description: 'Cron expression; empty: none' }),
      next_run: unixSeconds('null: never'),
      last_success_at: unixSeconds('Of the newest good backup; null: there is none'),
      last_success_bytes: z.number(),
      last_failure_at: unixSeconds('Since the start, and nothing of its kind worked since; null: none'),
      last_failure: z.string(),
      running: z.string().nullable().meta({ description: 'What is under way; null: nothing' }),
    }),
    simulator: z.object({
      running: z.boolean(),
      workers: z.number(),
      online: z.number(),
      last_error: z.string(),
    }),
    ledger: z.object({
      checked_at: unixSeconds('Of the last check; null: there was none'),
      ok: z.boolean().nullable(),
      findings: z.number(),
    }),
    honesty: z.object({
      workers: z.number(),
      flagged: z.number().meta({ description: 'Workers that claim more than they prove' }),
    }),
    process: z.object({
      version: z.string(),
      node: z.string(),
      platform: z.string().meta({ description: 'Operating system and processor' }),
      pid: z.number(),
      uptime_sec: z.number(),
      rss_bytes: z.number(),
      heap_used_bytes: z.number(),
      heap_total_bytes: z.number(),
      cpu_percent: z.number().meta({ description: 'Of one core, over the last seconds' }),
      event_loop_p99_ms: z.number().meta({ description: 'Delay of the event loop in the last minute' }),
    }),
  })
  .meta({ id: 'HealthReport' });
export type HealthReport = z.infer<typeof healthReportSchema>;
