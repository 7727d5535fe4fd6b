/** The newest lines of the log, for the operator. */
import { z } from 'zod';
import { logLevels, logModules } from '../config.ts';

/** Levels that a line may have, most talkative first. */
export const entryLevels = logLevels.filter((level) => level !== 'silent');
export type EntryLevel = (typeof entryLevels)[number];

export const logEntrySchema = z
  .object({
    sequence: z.number().meta({ description: 'Counts from 1 since the process started' }),
    time: z.number().meta({ description: 'Unix seconds' }),
    level: z.enum(entryLevels),
    component: z.enum(logModules),
    message: z.string(),
    fields: z.record(z.string(), z.unknown()).meta({ description: 'Without secrets, as in the log' }),
  })
  .meta({ id: 'LogEntry' });
export type LogEntryView = z.infer<typeof logEntrySchema>;

export const logPageSchema = z
  .object({
    items: z.array(logEntrySchema).meta({ description: 'Oldest first' }),
    left_out: z.number().meta({ description: 'Older entries that match, too, and were more than limit' }),
    first_sequence: z.number().meta({
      description: 'Of the oldest line in memory, whether it matches or not; what came before is gone',
    }),
    last_sequence: z.number().meta({ description: 'Of the newest: ask for what comes after it next time' }),
  })
  .meta({ id: 'LogPage' });
export type LogPage = z.infer<typeof logPageSchema>;
