/** What the page shows while the platform starts, and when it could not start. */
import { z } from 'zod';
import { backupNamePattern } from '../domain/backup.ts';

/** Why nothing runs: what can be done about it depends on this. */
export const startFailureKinds = ['port_taken', 'database', 'settings', 'renderer', 'other'] as const;

/** What the page says, in the language of the program. */
const startWords = z.object({
  title: z.string(),
  /** Empty where there is no such button. */
  usePort: z.string(),
  openExisting: z.string(),
  retry: z.string(),
  showLog: z.string(),
  showDataFolder: z.string(),
  quit: z.string(),
  backups: z.string(),
  backupsHint: z.string(),
  restore: z.string(),
  log: z.string(),
});
export type StartWords = z.infer<typeof startWords>;

/** BCP 47 tag of what the page says. */
const language = z.string();

export const startStateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('starting'), language, sentence: z.string() }),
  z.object({
    kind: z.literal('failed'),
    language,
    words: startWords,
    failure: z.enum(startFailureKinds),
    /** What happened and what to do, one problem each. */
    problems: z.array(z.string()),
    /** The port to take instead; null where that is no help. */
    freePort: z.number().nullable(),
    /** What answers at the taken port; empty: nothing that speaks HTTP. */
    existing: z.string(),
    /** Backups that could be put in the place of the database, newest first. */
    backups: z.array(z.object({ name: z.string(), createdAt: z.number(), sizeBytes: z.number() })),
    /** The newest lines of the log. */
    log: z.array(z.string()),
    dataFolder: z.string(),
  }),
]);
export type StartState = z.infer<typeof startStateSchema>;
export type StartFailure = Extract<StartState, { kind: 'failed' }>;

/** What a person can do about a failed start. */
export const startActionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('retry') }),
  z.strictObject({ kind: z.literal('use_free_port') }),
  z.strictObject({ kind: z.literal('open_existing') }),
  z.strictObject({ kind: z.literal('restore'), name: z.string().max(128).regex(backupNamePattern) }),
  z.strictObject({ kind: z.literal('show_log') }),
  z.strictObject({ kind: z.literal('show_data_folder') }),
  z.strictObject({ kind: z.literal('quit') }),
]);
export type StartAction = z.infer<typeof startActionSchema>;
