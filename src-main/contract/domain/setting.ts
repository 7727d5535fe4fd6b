/** The settings as the operator sees and changes them. */
import { z } from 'zod';
import { settingOrigins } from '../config.ts';

/** What a value may be, as the settings file holds it. */
export const settingValueSchema = z.union(
  [z.string().max(4096), z.number(), z.boolean(), z.array(z.string().max(1024)).max(100)],
  { error: 'must be text, a number, true, false, or a list of texts' },
);
export type SettingValue = z.infer<typeof settingValueSchema>;

export const settingKinds = ['text', 'number', 'switch', 'choice', 'list'] as const;

export const settingSchema = z
  .object({
    name: z.string(),
    flag: z.string(),
    environment: z.string(),
    file_key: z.string().meta({ description: 'In settings.json' }),
    kind: z.enum(settingKinds),
    choices: z.array(z.string()).meta({ description: 'Of a choice; empty for others' }),
    min: z.number().nullable(),
    max: z.number().nullable(),
    placeholder: z.string().meta({ description: 'What the value is, in a word' }),
    value: settingValueSchema.nullable().meta({ description: 'In force; null: none, or a secret' }),
    next_value: settingValueSchema.nullable().meta({ description: 'What the next start would use' }),
    default: settingValueSchema.nullable(),
    is_set: z.boolean().meta({ description: 'Whether there is a value: all that is told of a secret' }),
    source: z.enum(settingOrigins).meta({ description: 'Where the value in force came from' }),
    description: z.string(),
    needs_restart: z.boolean().meta({ description: 'Whether a change takes a restart' }),
    secret: z.boolean(),
    locked: z.string().meta({ description: 'Why it can not be changed here; empty: it can' }),
  })
  .meta({ id: 'Setting' });
export type SettingView = z.infer<typeof settingSchema>;

export const settingsViewSchema = z
  .object({
    settings_file: z.string().meta({ description: 'Where changes are written' }),
    groups: z.array(z.object({ name: z.string(), options: z.array(settingSchema) })),
    restart_needed: z.array(z.string()).meta({ description: 'Settings that a restart would change' }),
    problems: z.array(z.string()).meta({
      description: 'What is wrong with the settings file as it is now: nothing would start with it',
    }),
    last_error: z
      .string()
      .meta({ description: 'Why the last restart with other settings failed; empty: it did not' }),
  })
  .meta({ id: 'Settings' });
export type SettingsView = z.infer<typeof settingsViewSchema>;
