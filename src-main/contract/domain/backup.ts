/** Backups of the database, as they are listed. */
import { z } from 'zod';

/** Names of backup files: made at `YYYYMMDD-HHMMSS` of the machine's time zone, told apart where two meet. */
export const backupNamePattern = /^xenblocks-\d{8}-\d{6}(-[a-z0-9]+){0,4}\.db$/;

/** Why a backup was made; `unknown`: the file was put into the folder by somebody else. */
export const backupTriggers = ['manual', 'scheduled', 'before_restore', 'unknown'] as const;
export type BackupTrigger = (typeof backupTriggers)[number];

/** What was found when a backup was verified. */
export const backupVerificationSchema = z.object({
  ok: z.boolean(),
  at: z.number().meta({ description: 'Unix seconds' }),
  problems: z.array(z.string()).meta({ description: 'What is wrong with it, for people' }),
  ledger: z.enum(['right', 'wrong', 'not_checked']).meta({
    description: 'not_checked: the backup is of an older version, or damaged',
  }),
});
export type BackupVerification = z.infer<typeof backupVerificationSchema>;

export const backupSchema = z
  .object({
    name: z.string(),
    size_bytes: z.number(),
    created_at: z.number().meta({ description: 'Unix seconds' }),
    trigger: z.enum(backupTriggers),
    sha256: z.string().meta({ description: 'Of the file; empty before it was verified' }),
    schema_version: z.string().meta({ description: 'The last migration that it has seen; empty: not known' }),
    program_version: z.string().meta({ description: 'Of the program that made it; empty: not known' }),
    rows: z.record(z.string(), z.number()).meta({ description: 'Rows by table' }),
    duration_sec: z.number().meta({ description: 'How long it took to be made and verified' }),
    verification: backupVerificationSchema.nullable().meta({ description: 'null: not verified yet' }),
  })
  .meta({ id: 'Backup' });
export type Backup = z.infer<typeof backupSchema>;

/** What is being done with a backup. */
export const backupJobKinds = ['backup', 'verify', 'restore'] as const;
/** Where it is: each phase counts from 0 to 1. */
export const backupPhases = ['copying', 'verifying', 'migrating', 'restarting'] as const;
export type BackupPhase = (typeof backupPhases)[number];

export const backupJobSchema = z
  .object({
    kind: z.enum(backupJobKinds),
    name: z.string(),
    phase: z.enum(backupPhases),
    progress: z.number().meta({ description: 'Of the phase, 0 to 1' }),
    started_at: z.number().meta({ description: 'Unix seconds' }),
  })
  .meta({ id: 'BackupJob' });
export type BackupJob = z.infer<typeof backupJobSchema>;

/** How the last try to make a backup failed. */
export const backupFailureSchema = z.object({
  at: z.number().meta({ description: 'Unix seconds' }),
  kind: z.enum(backupJobKinds),
  name: z.string(),
  reason: z.string(),
});
export type BackupFailure = z.infer<typeof backupFailureSchema>;

/** What became of the last restore. */
export const restoreOutcomeSchema = z.object({
  ok: z.boolean(),
  at: z.number().meta({ description: 'Unix seconds' }),
  from: z.string().meta({ description: 'The backup, or the path of the file' }),
  by: z.string().meta({ description: 'The account, or `command line`' }),
  before: z.string().meta({ description: 'The backup of what was there before; empty: there was nothing' }),
  detail: z.string().meta({ description: 'What was taken over from before; when it failed, why' }),
});
export type RestoreOutcome = z.infer<typeof restoreOutcomeSchema>;

export const backupListSchema = z.object({
  items: z.array(backupSchema),
  folder: z.string(),
  free_bytes: z.number().meta({ description: 'Free in the file system of the folder' }),
  schedule: z.object({
    expression: z.string().meta({ description: 'Cron expression; empty: none' }),
    next_run: z.number().nullable().meta({ description: 'Unix seconds; null: never' }),
    keep_daily: z.number(),
    keep_weekly: z.number(),
  }),
  running: backupJobSchema.nullable(),
  last_failure: backupFailureSchema
    .nullable()
    .meta({ description: 'Since the start, and nothing of its kind worked since' }),
  last_restore: restoreOutcomeSchema.nullable(),
});
export type BackupList = z.infer<typeof backupListSchema>;
