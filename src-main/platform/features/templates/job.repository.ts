/** All SQL of the jobs that give templates to workers. */
import { sql } from 'kysely';
import type { JobSkipReason, JobWorkerGroup, JobWorkerState } from '../../../contract/domain/template.ts';
import type { TemplateJobRow, TemplateJobWorkerRow } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';

const columns = [
  'job_id',
  'position',
  'worker_id',
  'state',
  'reason',
  'detail',
  'attempt',
  'sent',
  'before_config',
  'wanted',
  'command_id',
  'changed_at_ms',
] as const satisfies readonly (keyof TemplateJobWorkerRow)[];

/** One statement for any number of rows: they travel as one JSON parameter. */
const insertSql = sql.raw(
  `insert into template_job_workers (${columns.join(', ')}) ` +
    `select ${columns.map((_, index) => `value ->> ${index}`).join(', ')} from json_each(`,
);

const saved = [
  'state',
  'reason',
  'detail',
  'attempt',
  'sent',
  'before_config',
  'command_id',
  'changed_at_ms',
] as const;
const saveSql = sql.raw(
  `update template_job_workers set ${saved.map((column, index) => `${column} = value ->> ${index + 2}`).join(', ')} from json_each(`,
);

const failedSql = `(state in ('undelivered', 'unconfirmed') or (state = 'skipped' and reason in ('leased', 'offline')))`;

/** The workers of a group, in SQL. */
const groupSql: Readonly<Record<JobWorkerGroup, string>> = {
  open: `state in ('waiting', 'sent', 'delivered')`,
  failed: failedSql,
  confirmed: `state = 'confirmed'`,
  skipped: `state = 'skipped'`,
  cancelled: `state = 'cancelled'`,
};

const byTime = (left: { created_at_ms: number }, right: { created_at_ms: number }) =>
  left.created_at_ms - right.created_at_ms;

/** How many workers of a job are in a state, for a reason, and were sent something. */
export interface JobTally {
  readonly job_id: string;
  readonly state: JobWorkerState;
  readonly reason: JobSkipReason | '';
  readonly sent: number;
  readonly count: number;
}

export class JobRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** Stores a new job, all of it or nothing. Durable when it settles. */
  async insert(job: TemplateJobRow, workers: readonly TemplateJobWorkerRow[]): Promise<void> {
    const values = JSON.stringify(workers.map((row) => columns.map((column) => row[column])));
    await this.#storage.write(async (db) => {
      await db.insertInto('template_jobs').values(job).execute();
      await sql`${insertSql}${values})`.execute(db);
    });
  }

  /**
   * Stores how far a job and some of its workers are.
   *
   * @param isDurable whether it has to be on the disk when it settles
   */
  async save(
    job: TemplateJobRow | undefined,
    workers: readonly TemplateJobWorkerRow[],
    isDurable: boolean,
  ): Promise<void> {
    const values = JSON.stringify(
      workers.map((row) => [row.job_id, row.position, ...saved.map((column) => row[column])]),
    );
    await this.#storage.write(
      async (db) => {
        if (job) {
          const { state, attempt, finished_at_ms } = job;
          const changes = { state, attempt, finished_at_ms };
          await db.updateTable('template_jobs').set(changes).where('job_id', '=', job.job_id).execute();
        }
        if (workers.length > 0)
          await sql`${saveSql}${values}) where job_id = value ->> 0 and position = value ->> 1`.execute(db);
      },
      isDurable ? undefined : 'normal',
    );
  }

  /** Jobs with an open outcome, oldest first. */
  async loadOpen(): Promise<TemplateJobRow[]> {
    const rows = await this.#storage.read
      .selectFrom('template_jobs')
      .where('finished_at_ms', 'is', null)
      .selectAll()
      .execute();
    return rows.sort(byTime);
  }

  find(jobId: string): Promise<TemplateJobRow | undefined> {
    return this.#storage.read
      .selectFrom('template_jobs')
      .where('job_id', '=', jobId)
      .selectAll()
      .executeTakeFirst();
  }

  /** All workers of a job, in their order. */
  workersOf(jobId: string): Promise<TemplateJobWorkerRow[]> {
    return this.#storage.read
      .selectFrom('template_job_workers')
      .where('job_id', '=', jobId)
      .selectAll()
      .orderBy('position')
      .execute();
  }

  /** Whom a retry is for. */
  failedOf(jobId: string): Promise<TemplateJobWorkerRow[]> {
    return this.#storage.read
      .selectFrom('template_job_workers')
      .where('job_id', '=', jobId)
      .where(sql<boolean>`${sql.raw(failedSql)}`)
      .selectAll()
      .orderBy('position')
      .execute();
  }

  /** A part of the workers of a job that pass, in their order, and how many pass. */
  async listWorkers(
    jobId: string,
    filter: { readonly group: JobWorkerGroup | undefined; readonly search: string },
    limit: number,
    offset: number,
  ) {
    const { group, search } = filter;
    let matching = this.#storage.read.selectFrom('template_job_workers').where('job_id', '=', jobId);
    if (group !== undefined) matching = matching.where(sql<boolean>`${sql.raw(groupSql[group])}`);
    if (search !== '')
      matching = matching.where(sql<boolean>`instr(lower(worker_id), ${search.toLowerCase()}) > 0`);
    const { count } = await matching
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    const rows = await matching.selectAll().orderBy('position').limit(limit).offset(offset).execute();
    return { total: count, rows };
  }

  /** A part of the jobs, newest first, and how many there are. */
  async list(templateId: string, limit: number, offset: number) {
    let matching = this.#storage.read.selectFrom('template_jobs');
    if (templateId !== '') matching = matching.where('template_id', '=', templateId);
    const { count } = await matching
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    const rows = await matching
      .selectAll()
      .orderBy('created_at_ms', 'desc')
      .orderBy(sql`rowid`, 'desc')
      .limit(limit)
      .offset(offset)
      .execute();
    return { total: count, rows };
  }

  /** How far these jobs are. */
  async tally(jobIds: readonly string[]): Promise<JobTally[]> {
    const rows = await this.#storage.read
      .selectFrom('template_job_workers')
      .where('job_id', 'in', jobIds)
      .groupBy(['job_id', 'state', 'reason', 'sent'])
      .select(({ fn }) => ['job_id', 'state', 'reason', 'sent', fn.countAll<number>().as('count')])
      .execute();
    return rows as JobTally[];
  }

  /** Of these jobs the undoings, oldest first. */
  async undosOf(jobIds: readonly string[]): Promise<{ job_id: string; undo_of: string }[]> {
    const rows = await this.#storage.read
      .selectFrom('template_jobs')
      .where('undo_of', 'in', jobIds)
      .select(['job_id', 'undo_of', 'created_at_ms'])
      .execute();
    return rows.sort(byTime);
  }

  /** Deletes up to `limit` workers of finished jobs from before a moment, and jobs without any. Returns how many rows. */
  deleteBefore(beforeMs: number, limit: number): Promise<number> {
    return this.#storage.write(async (db) => {
      const oldest = sql`select job_id from template_jobs
        where created_at_ms < ${beforeMs} and finished_at_ms is not null order by created_at_ms limit 1`;
      const workers = await sql`delete from template_job_workers where (job_id, position) in (
        select job_id, position from template_job_workers where job_id = (${oldest}) limit ${limit})`.execute(
        db,
      );
      const deleted = Number(workers.numAffectedRows ?? 0);
      if (deleted > 0) return deleted;
      const { numAffectedRows } = await sql`delete from template_jobs where job_id = (${oldest})`.execute(db);
      return Number(numAffectedRows ?? 0);
    }, 'normal');
  }
}
