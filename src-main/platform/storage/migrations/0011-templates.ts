import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Settings under a name, the jobs that give them to workers, and what became of each worker in them. */
export const templates: Migration = {
  async up(db) {
    await db.schema
      .createTable('templates')
      .addColumn('template_id', 'text', (column) => column.primaryKey())
      .addColumn('name', sql`text collate nocase`, (column) => column.notNull().unique())
      .addColumn('note', 'text', (column) => column.notNull())
      .addColumn('config', 'text', (column) => column.notNull())
      .addColumn('created_at_ms', 'integer', (column) => column.notNull())
      .addColumn('updated_at_ms', 'integer', (column) => column.notNull())
      .addColumn('updated_by', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('template_jobs')
      .addColumn('job_id', 'text', (column) => column.primaryKey())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('template_id', 'text', (column) => column.notNull())
      .addColumn('template_name', 'text', (column) => column.notNull())
      .addColumn('config', 'text', (column) => column.notNull())
      .addColumn('undo_of', 'text', (column) => column.notNull())
      .addColumn('issued_by', 'text', (column) => column.notNull())
      .addColumn('attempt', 'integer', (column) => column.notNull())
      .addColumn('created_at_ms', 'integer', (column) => column.notNull())
      .addColumn('finished_at_ms', 'integer')
      .execute();
    const jobIndex = (name: string) => db.schema.createIndex(name).on('template_jobs');
    await jobIndex('template_jobs_at').column('created_at_ms').execute();
    await jobIndex('template_jobs_template').columns(['template_id', 'created_at_ms']).execute();
    await jobIndex('template_jobs_undo').columns(['undo_of', 'created_at_ms']).execute();
    await jobIndex('template_jobs_open')
      .column('job_id')
      .where(sql<boolean>`finished_at_ms is null`)
      .execute();
    await db.schema
      .createTable('template_job_workers')
      .addColumn('job_id', 'text', (column) =>
        column.notNull().references('template_jobs.job_id').onDelete('cascade'),
      )
      .addColumn('position', 'integer', (column) => column.notNull())
      .addColumn('worker_id', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('detail', 'text', (column) => column.notNull())
      .addColumn('attempt', 'integer', (column) => column.notNull())
      .addColumn('sent', 'integer', (column) => column.notNull())
      .addColumn('before_config', 'text')
      .addColumn('wanted', 'text', (column) => column.notNull())
      .addColumn('command_id', 'text', (column) => column.notNull())
      .addColumn('changed_at_ms', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('template_job_workers_key', ['job_id', 'position'])
      .modifyEnd(sql`without rowid`)
      .execute();
    await db.schema
      .createIndex('template_job_workers_state')
      .on('template_job_workers')
      .columns(['job_id', 'state', 'reason', 'sent'])
      .execute();
  },
};
