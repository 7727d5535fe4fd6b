/** The tables of what operators keep beside the fleet itself; conventions as in schema.ts. */
import type { JobKind, JobState, JobWorkerState } from '../../contract/domain/template.ts';
import type { Generated, Selectable } from 'kysely';

/** Rules that somebody changed; the others are as the program has them. */
export interface AlertRulesTable {
  kind: string;
  /** JSON. */
  settings: string;
}

export interface IncidentsTable {
  incident_id: number;
  kind: string;
  severity: string;
  state: 'open' | 'acknowledged' | 'resolved';
  opened_at_ms: number;
  last_joined_at_ms: number;
  resolved_at_ms: number | null;
  resolved_by: string;
  members_total: number;
  members_open: number;
  /** JSON: the first subjects. */
  subjects: string;
  acknowledged_at_ms: number | null;
  acknowledged_by: string;
  note: string;
  muted_until_ms: number | null;
  /** Name of the window that keeps it silent; empty: none. */
  maintenance: string;
  /** When it was last told; null: not yet. */
  told_at_ms: number | null;
}

export interface IncidentMembersTable {
  incident_id: number;
  /** A worker's id, or a part of the platform. */
  subject: string;
  since_ms: number;
  until_ms: number | null;
  value: number | null;
  reference: number | null;
  detail: string;
}

export interface AlertChannelsTable {
  channel_id: string;
  kind: string;
  /** JSON: everything that is no secret. */
  settings: string;
  /** Encrypted; empty: none. */
  secret: string;
  created_at_ms: number;
  sent: number;
  failed: number;
  dropped: number;
  last_error: string;
  last_error_at_ms: number | null;
  last_success_at_ms: number | null;
}

export interface AlertMessagesTable {
  message_id: number;
  channel_id: string;
  incident_id: number | null;
  event: string;
  title: string;
  /** JSON: the fields of its template. */
  fields: string;
  state: 'queued' | 'sent' | 'failed' | 'dropped';
  attempts: number;
  next_try_at_ms: number;
  answer: string;
  created_at_ms: number;
  done_at_ms: number | null;
}

export interface MaintenanceWindowsTable {
  window_id: string;
  /** JSON. */
  settings: string;
  created_at_ms: number;
}

export interface WatchdogsTable {
  watchdog_id: string;
  /** JSON. */
  settings: string;
  created_at_ms: number;
}

export interface WatchdogRunsTable {
  run_id: Generated<number>;
  watchdog_id: string;
  name: string;
  incident_id: number;
  worker_id: string;
  action: string;
  outcome: string;
  command_id: string;
  detail: string;
  at_ms: number;
}

/** What people wrote on workers. */
export interface WorkerLabelsTable {
  worker_id: string;
  /** JSON: a list of texts. */
  tags: string;
  note: string;
}

/** Tags that somebody coloured or described. */
export interface TagGroupsTable {
  tag: string;
  color: number;
  description: string;
}

export interface SavedViewsTable {
  view_id: string;
  account_id: string;
  shared: number;
  /** JSON: its name and what it shows. */
  settings: string;
  created_at_ms: number;
}

/** What a worker earned for an account on a day. */
export interface EarningDaysTable {
  /** Days since 1970-01-01, UTC. */
  day: number;
  worker_id: string;
  account_id: string;
  /** For so long it mined for a renter, and for its owner. */
  leased_ms: Generated<number>;
  own_ms: Generated<number>;
  /** Leases that were settled, and what its owner got for them. */
  leases: Generated<number>;
  payout_micro: Generated<number>;
  /** Blocks that count. */
  leased_blocks: Generated<number>;
  own_blocks: Generated<number>;
  own_super_blocks: Generated<number>;
  own_xuni_blocks: Generated<number>;
}

/** Up to which row a source is in the sums of earnings. */
export interface EarningProgressTable {
  source: 'blocks' | 'settlements';
  last_id: number;
}

/** What things are worth and cost; the empty account is the whole platform. */
export interface EarningRatesTable {
  account_id: string;
  /** JSON. */
  rates: string;
}

/** Settings under a name. */
export interface TemplatesTable {
  template_id: string;
  /** Unique in any case. */
  name: string;
  note: string;
  /** JSON. */
  config: string;
  created_at_ms: number;
  updated_at_ms: number;
  updated_by: string;
}

/** The giving of a template to workers, or its undoing. */
export interface TemplateJobsTable {
  job_id: string;
  kind: JobKind;
  state: JobState;
  template_id: string;
  template_name: string;
  /** JSON, as the template was then. */
  config: string;
  /** The job that this one undoes; empty otherwise. */
  undo_of: string;
  issued_by: string;
  /** From 1; the commands of an attempt share the batch id `{job_id}-{attempt}`. */
  attempt: number;
  created_at_ms: number;
  /** When every outcome was known; null while one is open. */
  finished_at_ms: number | null;
}

/** A worker in a job. */
export interface TemplateJobWorkersTable {
  job_id: string;
  /** From 0, the order in which they are sent. */
  position: number;
  worker_id: string;
  state: JobWorkerState;
  /** Why it is skipped; empty otherwise. */
  reason: string;
  detail: string;
  attempt: number;
  /** 1: it was sent a command in some attempt. */
  sent: number;
  /** JSON: what it had before its first command; null before that. */
  before_config: string | null;
  /** JSON: what it is told. */
  wanted: string;
  /** Its last command; empty without one. */
  command_id: string;
  changed_at_ms: number;
}

export interface OperatorTables {
  templates: TemplatesTable;
  template_jobs: TemplateJobsTable;
  template_job_workers: TemplateJobWorkersTable;
  alert_rules: AlertRulesTable;
  incidents: IncidentsTable;
  incident_members: IncidentMembersTable;
  alert_channels: AlertChannelsTable;
  alert_messages: AlertMessagesTable;
  maintenance_windows: MaintenanceWindowsTable;
  watchdogs: WatchdogsTable;
  watchdog_runs: WatchdogRunsTable;
  worker_labels: WorkerLabelsTable;
  tag_groups: TagGroupsTable;
  saved_views: SavedViewsTable;
  earning_days: EarningDaysTable;
  earning_progress: EarningProgressTable;
  earning_rates: EarningRatesTable;
}
export type TemplateRow = Selectable<TemplatesTable>;
export type TemplateJobRow = Selectable<TemplateJobsTable>;
export type TemplateJobWorkerRow = Selectable<TemplateJobWorkersTable>;
