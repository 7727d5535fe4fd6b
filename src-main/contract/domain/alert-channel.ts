/** Where alerts are sent. */
import { z } from 'zod';
import { alertKindSchema, alertSeveritySchema } from './alert.ts';

/** `dashboard` and `desktop` are always there; of the others there can be any number. */
export const alertChannelKinds = ['dashboard', 'desktop', 'webhook', 'telegram', 'discord', 'email'] as const;
export type AlertChannelKind = (typeof alertChannelKinds)[number];

/** Names that a template may use, between double braces, and what each is. */
export const alertTemplateFields = {
  event: 'raised, repeated, resolved or test',
  incident_id: 'Number of the incident',
  rule: 'Kind of the rule, such as worker_offline',
  severity: 'info, warning or critical',
  title: 'One line: what happened to how many',
  summary: 'What happened, to whom, since when',
  count: 'How many workers it meets now',
  total: 'How many it met since it began',
  workers: 'The first ten of them',
  opened_at: 'When it began, UTC',
  resolved_at: 'When it was over, UTC; empty before',
  duration: 'How long it has lasted',
} as const;
export type AlertTemplateField = keyof typeof alertTemplateFields;
export const alertTemplateFieldNames = Object.keys(alertTemplateFields) as AlertTemplateField[];

const placeholder = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** The first thing wrong with a template; undefined: nothing. */
export function findTemplateProblem(template: string): string | undefined {
  for (const [, name = ''] of template.matchAll(placeholder)) {
    if (!Object.hasOwn(alertTemplateFields, name))
      return `has an unknown field {{${name.slice(0, 64)}}}; known are ${alertTemplateFieldNames.join(', ')}`;
  }
  const rest = template.replace(placeholder, '');
  return rest.includes('{{') || rest.includes('}}') ? 'has braces that are not closed' : undefined;
}

/** Puts values in, each once: a value that looks like a field stays what it is. */
export function fillTemplate(template: string, fields: Readonly<Record<AlertTemplateField, string>>): string {
  return template.replace(placeholder, (whole, name: string) =>
    Object.hasOwn(fields, name) ? fields[name as AlertTemplateField] : whole,
  );
}

/** What is sent when a channel has no template of its own. */
export const defaultAlertTemplate = { title: '{{title}}', text: '{{summary}}' } as const;

const text = (max: number) =>
  z.string({ error: 'must be text' }).max(max, `must have at most ${max} characters`);

const template = (max: number, description: string) =>
  text(max)
    .default('')
    .superRefine((value, context) => {
      const message = findTemplateProblem(value);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .meta({ description });

export const alertTemplateSchema = z.object({
  title: template(200, 'Empty: {{title}}'),
  text: template(2000, 'Empty: {{summary}}'),
});
export type AlertTemplate = z.output<typeof alertTemplateSchema>;

const webUrl = text(2000).regex(
  /^https?:\/\/[^\s/?#@]+([/?#]\S*)?$/i,
  'must be an address that begins with https:// or http://',
);

const address = text(254).regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/, 'must be an e-mail address');

const secret = text(2000)
  .regex(/^[\x21-\x7e]*$/, 'may hold printable ASCII characters without spaces')
  .optional()
  .meta({ description: 'Never returned. Absent: as before' });

const common = {
  name: text(64).trim().min(1, 'must not be empty'),
  enabled: z.boolean({ error: 'must be true or false' }).default(true),
  min_severity: alertSeveritySchema.default('info'),
  kinds: z
    .array(alertKindSchema, { error: 'must be a list of kinds' })
    .max(32)
    .default([])
    .meta({ description: 'Which rules it hears of; empty: all' }),
  tells_resolved: z.boolean({ error: 'must be true or false' }).default(true),
  template: alertTemplateSchema.default({ title: '', text: '' }),
};

const noSettings = z.object({}).default({});

const mailSettings = z.object({
  host: text(253).regex(/^[A-Za-z0-9._:-]+$/, 'must be the name or address of a mail server'),
  port: z
    .number({ error: 'must be a port' })
    .int('must be a port')
    .min(1, 'must be from 1 to 65535')
    .max(65_535, 'must be from 1 to 65535')
    .default(587),
  security: z
    .enum(['tls', 'starttls', 'none'], { error: 'must be tls, starttls or none' })
    .default('starttls')
    .meta({ description: 'tls: from the first byte, usual on 465; starttls: required before anything else' }),
  username: text(254).default(''),
  from: address,
  to: z.array(address).min(1, 'must name a receiver').max(20, 'may name up to 20 receivers'),
});
export type MailSettings = z.output<typeof mailSettings>;

/** A channel as it is made and changed, by its kind. */
export const alertChannelInputSchema = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('dashboard'), ...common, settings: noSettings }),
    z.object({ kind: z.literal('desktop'), ...common, settings: noSettings }),
    z.object({ kind: z.literal('webhook'), ...common, settings: z.object({ url: webUrl }), secret }),
    z.object({
      kind: z.literal('telegram'),
      ...common,
      settings: z.object({
        chat_id: text(64).regex(/^(-?\d{1,20}|@\w{1,63})$/, 'must be a number, or @ and a name'),
      }),
      secret,
    }),
    z.object({ kind: z.literal('discord'), ...common, settings: noSettings, secret }),
    z.object({ kind: z.literal('email'), ...common, settings: mailSettings, secret }),
  ],
  { error: `kind must be one of ${alertChannelKinds.join(', ')}` },
);
export type AlertChannelInput = z.output<typeof alertChannelInputSchema>;

export const alertQueueSchema = z.object({
  queued: z.number(),
  max_queued: z.number().meta({ description: 'One more, and the oldest is dropped' }),
  sent: z.number().meta({ description: 'Since the channel was made' }),
  failed: z.number().meta({ description: 'Given up after all tries' }),
  dropped: z.number().meta({ description: 'Because the queue was full' }),
  last_error: z.string(),
  last_error_at: z.number().nullable(),
  last_success_at: z.number().nullable(),
  next_try_at: z.number().nullable(),
});

export const alertChannelSchema = z
  .object({
    channel_id: z.string(),
    kind: z.enum(alertChannelKinds),
    name: z.string(),
    enabled: z.boolean(),
    min_severity: alertSeveritySchema,
    kinds: z.array(alertKindSchema),
    tells_resolved: z.boolean(),
    template: z.object({ title: z.string(), text: z.string() }),
    settings: z.looseObject({}).meta({ description: 'As the kind needs them; without secrets' }),
    has_secret: z.boolean(),
    queue: alertQueueSchema,
  })
  .meta({ id: 'AlertChannel' });
export type AlertChannel = z.infer<typeof alertChannelSchema>;

/** What a server said to a message. */
export const alertSendResultSchema = z
  .object({
    ok: z.boolean(),
    answer: z.string().meta({ description: 'What the server said, or why there was no answer' }),
    status: z.number().nullable().meta({ description: 'Of HTTP or SMTP; null: there was no answer' }),
    duration_ms: z.number(),
  })
  .meta({ id: 'AlertSendResult' });
export type AlertSendResult = z.infer<typeof alertSendResultSchema>;

export const alertMessageStates = ['queued', 'sent', 'failed', 'dropped'] as const;

export const alertMessageSchema = z
  .object({
    message_id: z.number(),
    channel_id: z.string(),
    incident_id: z.number().nullable(),
    event: z.string(),
    title: z.string(),
    state: z.enum(alertMessageStates),
    attempts: z.number(),
    answer: z.string(),
    created_at: z.number(),
    done_at: z.number().nullable(),
  })
  .meta({ id: 'AlertMessage' });
export type AlertMessage = z.infer<typeof alertMessageSchema>;
