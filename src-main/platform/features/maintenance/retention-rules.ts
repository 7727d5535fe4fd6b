/** How long the rows of each table are kept (docs/storage.md): data, for the estimate of the database's size. */
import type { Retention } from '../../../contract/domain/storage.ts';

/** What the estimate knows of the platform. */
export interface FleetSize {
  readonly onlineWorkers: number;
  readonly workers: number;
  /** Addresses with a worker. */
  readonly addresses: number;
}

export interface RetentionRule {
  readonly retention: Retention;
  /** For people. */
  readonly kept: string;
  /** The column that says when a row was made; absent where rows have no time, or come with the fleet. */
  readonly time?: string;
  /** Rows when the table is full. */
  readonly fullRows?: (size: FleetSize, rowsPerDay: number) => number;
}

const roundsPerDay = 24 * 120;
const walletHours = 7 * 24;
const walletDays = 83;

const forever = (time?: string): RetentionRule => ({
  retention: 'forever',
  kept: 'for ever',
  ...(time === undefined ? {} : { time }),
});

const days = (count: number, time: string): RetentionRule => ({
  retention: 'time',
  kept: `${count} days`,
  time,
  fullRows: (_size, rowsPerDay) => rowsPerDay * count,
});

const live = (kept: string, fullRows: (size: FleetSize) => number): RetentionRule => ({
  retention: 'live',
  kept,
  fullRows,
});

/** Tables that are not named here are small and kept for ever. */
export const retentionRules: Readonly<Record<string, RetentionRule>> = {
  hashrate_snapshots: {
    retention: 'time',
    kept: '24 h',
    fullRows: ({ onlineWorkers }) => onlineWorkers * roundsPerDay,
  },
  fleet_snapshots: { retention: 'time', kept: '49 h', fullRows: () => (49 / 24) * roundsPerDay },
  wallet_snapshots: {
    retention: 'time',
    kept: 'hourly 7 days, daily 90 days',
    fullRows: ({ addresses }) => addresses * (walletHours + walletDays),
  },
  commands: days(30, 'created_at_ms'),
  template_jobs: { retention: 'time', kept: '90 days', time: 'created_at_ms' },
  template_job_workers: { ...days(90, 'changed_at_ms'), kept: '90 days after the job' },
  worker_outages: { ...days(90, 'began_at_ms'), kept: '90 days; within a lease for ever' },
  worker_states: { ...days(8, 'since_ms'), kept: '8 days; of each worker the last for ever' },
  incidents: { ...days(180, 'opened_at_ms'), kept: '180 days; those that are not over for ever' },
  alert_messages: days(30, 'created_at_ms'),
  earning_days: { retention: 'time', kept: '3 years', fullRows: ({ workers }) => workers * 3 * 365 },
  watchdog_runs: days(180, 'at_ms'),
  ended_sessions: { retention: 'live', kept: 'until the session would be over, 24 h at most' },
  worker_activity: live('a row a worker', ({ workers }) => workers),
  worker_labels: live('a row a worker with a tag or a note', ({ workers }) => workers),
  workers: live('a row a worker', ({ workers }) => workers),
  wallet_records: live('a row an address', ({ addresses }) => addresses),
  blocks: { ...forever('reported_at_ms'), kept: 'for ever; of those that do not count the newest 100,000' },
  chain_blocks: forever('created_at_ms'),
  leases: forever('created_at_ms'),
  settlements: forever('settled_at_ms'),
  transactions: forever('created_at_ms'),
  audit_log: forever('at_ms'),
  accounts: forever('created_at_ms'),
  api_keys: forever('created_at_ms'),
  postings: forever(),
};

export const keptForEver: RetentionRule = forever();
