/** Alerts: what is watched, and the incidents that come of it. */
import { z } from 'zod';
import { tagSchema } from './tag.ts';

/** What a rule looks at: a worker, or the platform itself. */
export type AlertSubjectKind = 'worker' | 'platform';

/** In what a threshold is measured; `none`: it is so or not. */
export type AlertUnit = 'percent' | 'gpus' | 'gigabytes' | 'hours' | 'days' | 'none';

interface AlertTraits {
  readonly about: AlertSubjectKind;
  readonly unit: AlertUnit;
  /** Whether more is worse; the threshold is then reached from below. */
  readonly worseIs: 'more' | 'less';
  /** Bounds of the threshold. */
  readonly min: number;
  readonly max: number;
}

const yesOrNo = { unit: 'none', worseIs: 'more', min: 0, max: 1 } as const;

/**
 * Every kind of rule.
 * - `worker_offline`: it is away;
 * - `hashrate_drop`: percent below its own median of the last hour, while it has work;
 * - `gpu_lost`: so many GPUs fewer than it has, or than it had working before;
 * - `worker_error`: it reports ERROR;
 * - `lease_no_blocks`: the chance, in percent, of having found nothing for so long by bad luck;
 * - `honesty`: the honesty meter flags it;
 * - `disk_low`: gigabytes free where the database lies;
 * - `backup`: the last backup failed, or one is overdue by so many hours;
 * - `broker_limit`: percent of the connections that the broker takes, or it had no room in the last minute;
 * - `certificate`: days until a certificate ends, where a file is named;
 * - `ledger`: the last check of the ledger found something.
 */
export const alertTraits = {
  worker_offline: { about: 'worker', ...yesOrNo },
  hashrate_drop: { about: 'worker', unit: 'percent', worseIs: 'more', min: 1, max: 100 },
  gpu_lost: { about: 'worker', unit: 'gpus', worseIs: 'more', min: 1, max: 64 },
  worker_error: { about: 'worker', ...yesOrNo },
  lease_no_blocks: { about: 'worker', unit: 'percent', worseIs: 'less', min: 0.0001, max: 50 },
  honesty: { about: 'worker', ...yesOrNo },
  disk_low: { about: 'platform', unit: 'gigabytes', worseIs: 'less', min: 0.1, max: 100_000 },
  backup: { about: 'platform', unit: 'hours', worseIs: 'more', min: 1, max: 720 },
  broker_limit: { about: 'platform', unit: 'percent', worseIs: 'more', min: 1, max: 100 },
  certificate: { about: 'platform', unit: 'days', worseIs: 'less', min: 1, max: 365 },
  ledger: { about: 'platform', ...yesOrNo },
} as const satisfies Record<string, AlertTraits>;

export type AlertKind = keyof typeof alertTraits;
export const alertKinds = Object.keys(alertTraits) as [AlertKind, ...AlertKind[]];

/** Kinds about workers. */
export const workerAlertKinds = alertKinds.filter((kind) => alertTraits[kind].about === 'worker');

/** From the least to the worst. */
export const alertSeverities = ['info', 'warning', 'critical'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

const oneOf = (names: readonly string[]) => `must be one of ${names.join(', ')}`;
export const alertKindSchema = z.enum(alertKinds, { error: oneOf(alertKinds) });
export const alertSeveritySchema = z.enum(alertSeverities, { error: oneOf(alertSeverities) });

const seconds = (max: number, description: string) =>
  z
    .number({ error: 'must be a number of seconds' })
    .int('must be a whole number of seconds')
    .min(0, 'must be at least 0')
    .max(max, `must be at most ${max}`)
    .meta({ description });

const level = z.number({ error: 'must be a number, or null' }).nullable();

/** A tag, or none. */
export const maybeTagSchema = z.union([tagSchema, z.literal('')], {
  error: 'must be a tag such as site:berlin, or empty',
});

const daySec = 86_400;

const overrideSchema = z.strictObject({
  tag: tagSchema,
  enabled: z.boolean({ error: 'must be true or false' }).default(true),
  threshold: level.default(null).meta({ description: 'null: as the rule says' }),
  clear_threshold: level.default(null),
  min_duration_sec: seconds(daySec, '').nullable().default(null),
  severity: alertSeveritySchema.nullable().default(null),
});
export type AlertOverride = z.output<typeof overrideSchema>;

/** What of a rule can be changed. */
export const alertRuleSettingsSchema = z.object({
  enabled: z.boolean({ error: 'must be true or false' }),
  severity: alertSeveritySchema,
  threshold: level.meta({ description: 'In the unit of the kind; null where it is so or not' }),
  clear_threshold: level.meta({ description: 'It is over only beyond this one' }),
  min_duration_sec: seconds(daySec, 'It has to be so for so long before it counts'),
  clear_after_sec: seconds(daySec, 'It has to be over for so long before it counts as over'),
  repeat_sec: seconds(30 * daySec, 'An open incident is told again so often; 0: never'),
  certificate_file: z
    .string({ error: 'must be a path' })
    .max(1024, 'must have at most 1024 characters')
    .default('')
    .meta({ description: 'Of the kind certificate: a PEM file on this machine; empty: nothing to watch' }),
  overrides: z
    .array(overrideSchema)
    .max(50, 'may hold up to 50 entries')
    .default([])
    .meta({ description: 'For workers with a tag; the first that fits a worker counts' }),
});
export type AlertRuleSettings = z.output<typeof alertRuleSettingsSchema>;

export const alertRuleSchema = z
  .object({ kind: alertKindSchema, ...alertRuleSettingsSchema.shape })
  .meta({ id: 'AlertRule' });
export type AlertRule = z.output<typeof alertRuleSchema>;

const rule = (settings: Partial<AlertRuleSettings>): AlertRuleSettings => ({
  enabled: true,
  severity: 'warning',
  threshold: null,
  clear_threshold: null,
  min_duration_sec: 0,
  clear_after_sec: 10,
  repeat_sec: 0,
  certificate_file: '',
  overrides: [],
  ...settings,
});

/** The rules before anybody changes them. */
export const defaultAlertRules: Readonly<Record<AlertKind, AlertRuleSettings>> = {
  worker_offline: rule({ severity: 'critical', min_duration_sec: 3, clear_after_sec: 5 }),
  hashrate_drop: rule({ threshold: 30, clear_threshold: 15, min_duration_sec: 180, clear_after_sec: 60 }),
  gpu_lost: rule({ severity: 'critical', threshold: 1, clear_threshold: 1, min_duration_sec: 60 }),
  worker_error: rule({ severity: 'critical', min_duration_sec: 10 }),
  lease_no_blocks: rule({ threshold: 0.1, clear_threshold: 1, min_duration_sec: 60 }),
  honesty: rule({ min_duration_sec: 60, clear_after_sec: 60 }),
  disk_low: rule({ severity: 'critical', threshold: 2, clear_threshold: 3, repeat_sec: daySec }),
  backup: rule({ threshold: 2, clear_threshold: 2, repeat_sec: daySec }),
  broker_limit: rule({ severity: 'critical', threshold: 90, clear_threshold: 80, clear_after_sec: 60 }),
  certificate: rule({ threshold: 21, clear_threshold: 22, repeat_sec: 7 * daySec }),
  ledger: rule({ severity: 'critical', repeat_sec: daySec }),
};

/** What is wrong with the settings of a rule, for people; undefined: nothing. */
export function findRuleProblem(kind: AlertKind, settings: AlertRuleSettings): string | undefined {
  const { unit, worseIs, min, max } = alertTraits[kind];
  const examine = (threshold: number | null, clear: number | null, where: string): string | undefined => {
    if (unit === 'none')
      return threshold === null && clear === null ? undefined : `${where}threshold: this rule has none`;
    if (threshold === null) return `${where}threshold must be a number from ${min} to ${max}`;
    if (threshold < min || threshold > max) return `${where}threshold must be from ${min} to ${max}`;
    if (clear === null) return undefined;
    const isBeyond = worseIs === 'more' ? clear <= threshold : clear >= threshold;
    const side = worseIs === 'more' ? 'at most' : 'at least';
    return isBeyond && clear >= 0 && clear <= max
      ? undefined
      : `${where}clear_threshold must be ${side} the threshold`;
  };
  const own = examine(settings.threshold, settings.clear_threshold, '');
  if (own !== undefined) return own;
  if (settings.certificate_file !== '' && kind !== 'certificate')
    return 'certificate_file: only the kind certificate has one';
  if (settings.overrides.length > 0 && alertTraits[kind].about !== 'worker')
    return 'overrides: only rules about workers have them';
  for (const [index, entry] of settings.overrides.entries()) {
    const given = entry.threshold ?? settings.threshold;
    const clear = entry.clear_threshold ?? (entry.threshold === null ? settings.clear_threshold : given);
    const problem = examine(given, clear, `overrides.${index} `);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

export const incidentStates = ['open', 'acknowledged', 'resolved'] as const;
export type IncidentState = (typeof incidentStates)[number];

export const incidentSchema = z
  .object({
    incident_id: z.number(),
    kind: alertKindSchema,
    severity: alertSeveritySchema,
    state: z.enum(incidentStates),
    opened_at: z.number().meta({ description: 'Unix seconds' }),
    resolved_at: z.number().nullable(),
    members_total: z.number().meta({ description: 'Workers that it met; 1 for a part of the platform' }),
    members_open: z.number().meta({ description: 'Of these, those that it still meets' }),
    subjects: z.array(z.string()).meta({ description: 'The first of them' }),
    acknowledged_at: z.number().nullable(),
    acknowledged_by: z.string(),
    note: z.string(),
    muted_until: z.number().nullable().meta({ description: 'Nothing is sent before' }),
    maintenance: z.string().meta({ description: 'The maintenance window that keeps it silent; empty: none' }),
    resolved_by: z
      .string()
      .meta({ description: 'Empty while it is not; `cleared`: by itself; otherwise who closed it' }),
  })
  .meta({ id: 'Incident' });
export type Incident = z.infer<typeof incidentSchema>;

export const incidentMemberSchema = z
  .object({
    subject: z.string().meta({ description: 'Worker id, or the part of the platform' }),
    since: z.number(),
    until: z.number().nullable().meta({ description: 'null: it goes on' }),
    value: z.number().nullable().meta({ description: 'When it joined, in the unit of the kind' }),
    reference: z.number().nullable().meta({ description: 'The median in H/s, or the number of GPUs' }),
    detail: z.string(),
  })
  .meta({ id: 'IncidentMember' });
export type IncidentMember = z.infer<typeof incidentMemberSchema>;

export const incidentDetailsSchema = z
  .object({ ...incidentSchema.shape, members: z.array(incidentMemberSchema) })
  .meta({ id: 'IncidentDetails' });

/** What stands open now. */
export const alertSummarySchema = z
  .object({
    open: z.number().meta({ description: 'Incidents that nobody has acknowledged, outside of maintenance' }),
    acknowledged: z.number(),
    in_maintenance: z.number(),
    worst: alertSeveritySchema.nullable().meta({ description: 'Of the open ones' }),
  })
  .meta({ id: 'AlertSummary' });
export type AlertSummary = z.infer<typeof alertSummarySchema>;
