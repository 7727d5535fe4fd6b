import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Rules, incidents and whom they met, channels and their messages, maintenance windows, watchdogs. */
export const alerts: Migration = {
  async up(db) {
    await db.schema
      .createTable('alert_rules')
      .addColumn('kind', 'text', (column) => column.primaryKey())
      .addColumn('settings', 'text', (column) => column.notNull())
      .execute();
    await incidents(db);
    await channels(db);
    await plans(db);
  },
};

async function incidents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('incidents')
    .addColumn('incident_id', 'integer', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('severity', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('opened_at_ms', 'integer', (column) => column.notNull())
    .addColumn('last_joined_at_ms', 'integer', (column) => column.notNull())
    .addColumn('resolved_at_ms', 'integer')
    .addColumn('resolved_by', 'text', (column) => column.notNull())
    .addColumn('members_total', 'integer', (column) => column.notNull())
    .addColumn('members_open', 'integer', (column) => column.notNull())
    .addColumn('subjects', 'text', (column) => column.notNull())
    .addColumn('acknowledged_at_ms', 'integer')
    .addColumn('acknowledged_by', 'text', (column) => column.notNull())
    .addColumn('note', 'text', (column) => column.notNull())
    .addColumn('muted_until_ms', 'integer')
    .addColumn('maintenance', 'text', (column) => column.notNull())
    .addColumn('told_at_ms', 'integer')
    .execute();
  const index = (name: string) => db.schema.createIndex(name).on('incidents');
  await index('incidents_unresolved')
    .column('incident_id')
    .where(sql<boolean>`state <> 'resolved'`)
    .execute();
  await index('incidents_kind').columns(['kind', 'incident_id']).execute();
  await index('incidents_severity').columns(['severity', 'incident_id']).execute();
  await index('incidents_state').columns(['state', 'incident_id']).execute();
  await index('incidents_opened').column('opened_at_ms').execute();
  await db.schema
    .createTable('incident_members')
    .addColumn('incident_id', 'integer', (column) =>
      column.notNull().references('incidents.incident_id').onDelete('cascade'),
    )
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('since_ms', 'integer', (column) => column.notNull())
    .addColumn('until_ms', 'integer')
    .addColumn('value', 'real')
    .addColumn('reference', 'real')
    .addColumn('detail', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('incident_members_key', ['incident_id', 'subject'])
    .modifyEnd(sql`without rowid`)
    .execute();
  await db.schema
    .createIndex('incident_members_subject')
    .on('incident_members')
    .columns(['subject', 'incident_id'])
    .execute();
}

async function channels(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('alert_channels')
    .addColumn('channel_id', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('secret', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'integer', (column) => column.notNull())
    .addColumn('sent', 'integer', (column) => column.notNull())
    .addColumn('failed', 'integer', (column) => column.notNull())
    .addColumn('dropped', 'integer', (column) => column.notNull())
    .addColumn('last_error', 'text', (column) => column.notNull())
    .addColumn('last_error_at_ms', 'integer')
    .addColumn('last_success_at_ms', 'integer')
    .execute();
  await db.schema
    .createTable('alert_messages')
    .addColumn('message_id', 'integer', (column) => column.primaryKey())
    .addColumn('channel_id', 'text', (column) => column.notNull())
    .addColumn('incident_id', 'integer')
    .addColumn('event', 'text', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('fields', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('next_try_at_ms', 'integer', (column) => column.notNull())
    .addColumn('answer', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'integer', (column) => column.notNull())
    .addColumn('done_at_ms', 'integer')
    .execute();
  const index = (name: string) => db.schema.createIndex(name).on('alert_messages');
  await index('alert_messages_queued')
    .column('message_id')
    .where(sql<boolean>`state = 'queued'`)
    .execute();
  await index('alert_messages_channel').columns(['channel_id', 'message_id']).execute();
  await index('alert_messages_at').column('created_at_ms').execute();
}

async function plans(db: Kysely<unknown>): Promise<void> {
  for (const [table, id] of [
    ['maintenance_windows', 'window_id'],
    ['watchdogs', 'watchdog_id'],
  ] as const)
    await db.schema
      .createTable(table)
      .addColumn(id, 'text', (column) => column.primaryKey())
      .addColumn('settings', 'text', (column) => column.notNull())
      .addColumn('created_at_ms', 'integer', (column) => column.notNull())
      .execute();
  await db.schema
    .createTable('watchdog_runs')
    .addColumn('run_id', 'integer', (column) => column.primaryKey())
    .addColumn('watchdog_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('incident_id', 'integer', (column) => column.notNull())
    .addColumn('worker_id', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('command_id', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'integer', (column) => column.notNull())
    .execute();
  const index = (name: string) => db.schema.createIndex(name).on('watchdog_runs');
  await index('watchdog_runs_at').column('at_ms').execute();
  await index('watchdog_runs_of').columns(['watchdog_id', 'run_id']).execute();
  await index('watchdog_runs_worker').columns(['worker_id', 'run_id']).execute();
}
