/** Templates, what they would do, and the jobs that do it. */
import { randomUUID } from 'node:crypto';
import type { MinerConfig } from '../../../contract/domain/miner-config.ts';
import {
  jobSkipReasons,
  jobWorkerStates,
  maxJobWorkers,
  maxTemplates,
  type JobSkipReason,
  type JobWorkerGroup,
  type KnownConfig,
  type Template,
  type TemplateEffect,
  type TemplateFields,
  type TemplateJob,
  type TemplateJobWorker,
} from '../../../contract/domain/template.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Caller } from '../../kernel/caller.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { TemplateJobRow, TemplateJobWorkerRow, TemplateRow } from '../../storage/schema.ts';
import type { Control } from '../control/index.ts';
import type { TargetFilter } from '../fleet/index.ts';
import type { JobRepository, JobTally } from './job.repository.ts';
import type { JobRunner } from './job-runner.ts';
import { changesOf, knownConfigOf, takeBack, type Knowledge } from './known-config.ts';
import type { TemplateRepository } from './template.repository.ts';

export interface TemplatesOptions {
  readonly repository: TemplateRepository;
  readonly jobs: JobRepository;
  readonly runner: JobRunner;
  readonly control: Pick<Control, 'choose'>;
  readonly clock: Clock;
}

/** Whom a template is for: a list, a filter, or those of the list that pass the filter. */
export interface Chosen {
  readonly workerIds: readonly string[] | undefined;
  readonly filter: TargetFilter;
}

/** What a template would do to the workers that were chosen. */
export interface Preview {
  readonly workers: number;
  readonly changing: number;
  readonly skipped: Record<JobSkipReason, number>;
  readonly items: TemplateEffect[];
}

const noSkips = () =>
  Object.fromEntries(jobSkipReasons.map((reason) => [reason, 0])) as Record<JobSkipReason, number>;

export class Templates {
  readonly #options: TemplatesOptions;

  constructor(options: TemplatesOptions) {
    this.#options = options;
  }

  async list(): Promise<Template[]> {
    return (await this.#options.repository.list()).map(toTemplate);
  }

  /** @throws AppError `not_found` */
  async find(templateId: string): Promise<Template> {
    return toTemplate(await this.#require(templateId));
  }

  /** @throws AppError `conflict` when there is one of this name, or there are `maxTemplates` */
  async create(fields: TemplateFields, by: string): Promise<Template> {
    const nowMs = this.#options.clock.nowMs();
    const row = toRow(`template-${randomUUID()}`, fields, by, { createdAtMs: nowMs, nowMs });
    const result = await this.#options.repository.insert(row, maxTemplates);
    if (result === 'taken') throw nameTaken(fields.name);
    if (result === 'full')
      throw new AppError('conflict', `There are ${maxTemplates} templates already; delete one first.`);
    return toTemplate(row);
  }

  /** @throws AppError `not_found`, or `conflict` when another has this name */
  async change(templateId: string, fields: TemplateFields, by: string): Promise<Template> {
    const { created_at_ms: createdAtMs } = await this.#require(templateId);
    const row = toRow(templateId, fields, by, { createdAtMs, nowMs: this.#options.clock.nowMs() });
    const result = await this.#options.repository.update(row);
    if (result === 'taken') throw nameTaken(fields.name);
    if (result === 'gone') throw noTemplate(templateId);
    return toTemplate(row);
  }

  /** @throws AppError `not_found` */
  async delete(templateId: string): Promise<void> {
    if (!(await this.#options.repository.delete(templateId))) throw noTemplate(templateId);
  }

  /** @param limit how many workers are shown; all are counted */
  async preview(templateId: string, chosen: Chosen, caller: Caller, limit: number): Promise<Preview> {
    const { config } = await this.find(templateId);
    const { runner } = this.#options;
    const { workers, unknown } = this.#choose(chosen, caller);
    const knowledge = await runner.knowledgeOf(workers);
    const skipped = { ...noSkips(), unknown: unknown.length };
    const changing: TemplateEffect[] = [];
    const left: TemplateEffect[] = [];
    for (const worker of workers) {
      const known = knowledge.get(worker.workerId) as Knowledge;
      const now = knownConfigOf(known);
      const reason = runner.skipReason(worker, known, config) ?? null;
      const effect = { worker_id: worker.workerId, now, changes: changesOf(now, config), skipped: reason };
      if (reason === null) changing.push(effect);
      else {
        skipped[reason] += 1;
        left.push(effect);
      }
    }
    const items = [...changing, ...left].slice(0, limit);
    return { workers: workers.length + unknown.length, changing: changing.length, skipped, items };
  }

  /** Begins to give a template to workers. @throws AppError `not_found`, `bad_request` when nobody is meant */
  async apply(templateId: string, chosen: Chosen, caller: Caller): Promise<TemplateJob> {
    const template = await this.#require(templateId);
    const { workers, unknown } = this.#choose(chosen, caller);
    const wanted = JSON.stringify(JSON.parse(template.config));
    const job = this.#newJob('apply', template, caller.accountId);
    const ids = [...workers.map(({ workerId }) => workerId), ...unknown];
    await this.#options.runner.begin(
      job,
      ids.map((workerId, position) => newWorker(job, workerId, position, wanted)),
    );
    return this.job(job.job_id);
  }

  /** Begins to tell every changed worker what it had before. @throws AppError `not_found`, `conflict` */
  async undo(jobId: string, by: string): Promise<TemplateJob> {
    const { jobs, runner } = this.#options;
    const undone = await this.#requireJob(jobId);
    runner.requireSettled(undone);
    const changed = (await jobs.workersOf(jobId)).filter(({ sent }) => sent === 1);
    if (changed.length === 0)
      throw new AppError('conflict', 'This job changed no worker: there is nothing to undo.');
    for (const { job_id: earlier } of await jobs.undosOf([jobId]))
      runner.requireSettled(await this.#requireJob(earlier));
    const job = { ...this.#newJob('undo', undone, by), undo_of: jobId };
    const workers = changed.map((worker, position) => {
      const before = JSON.parse(worker.before_config ?? '{}') as KnownConfig;
      const wanted = takeBack(before, JSON.parse(worker.wanted) as MinerConfig);
      const row = newWorker(job, worker.worker_id, position, JSON.stringify(wanted));
      return Object.keys(wanted).length > 0
        ? row
        : { ...row, state: 'skipped' as const, reason: 'no_before' };
    });
    await runner.begin(job, workers);
    return this.job(job.job_id);
  }

  /** Sends once more to those that failed. @throws AppError `not_found`, `conflict` */
  async retry(jobId: string): Promise<TemplateJob> {
    await this.#options.runner.retry(await this.#requireJob(jobId));
    return this.job(jobId);
  }

  /** Sends no further command. @throws AppError `not_found`, `conflict` */
  async cancel(jobId: string): Promise<TemplateJob> {
    await this.#requireJob(jobId);
    await this.#options.runner.cancel(jobId);
    return this.job(jobId);
  }

  /** How far a job is. @throws AppError `not_found` */
  async job(jobId: string): Promise<TemplateJob> {
    await this.#options.runner.flush();
    const [job] = await this.#withTallies([await this.#requireJob(jobId)]);
    return job as TemplateJob;
  }

  /** Jobs, newest first. @param templateId of this template only; empty for all */
  async listJobs(templateId: string, limit: number, offset: number) {
    await this.#options.runner.flush();
    const { total, rows } = await this.#options.jobs.list(templateId, limit, offset);
    return { total, items: await this.#withTallies(rows) };
  }

  /** What became of the workers of a job. @throws AppError `not_found` */
  async jobWorkers(
    jobId: string,
    filter: { readonly group: JobWorkerGroup | undefined; readonly search: string },
    limit: number,
    offset: number,
  ) {
    await this.#options.runner.flush();
    await this.#requireJob(jobId);
    const { total, rows } = await this.#options.jobs.listWorkers(jobId, filter, limit, offset);
    return { total, items: rows.map(toJobWorker) };
  }

  #choose({ workerIds, filter }: Chosen, caller: Caller) {
    const chosen = this.#options.control.choose({ workerIds, filter }, caller);
    const count = chosen.workers.length + chosen.unknown.length;
    if (count === 0)
      throw new AppError('bad_request', 'No worker passes this filter; look at it in the fleet first.');
    if (count > maxJobWorkers)
      throw new AppError(
        'bad_request',
        `These are ${count} workers; up to ${maxJobWorkers} go into one job.`,
      );
    return chosen;
  }

  #newJob(
    kind: TemplateJobRow['kind'],
    of: Pick<TemplateJobRow, 'template_id' | 'config'> & { name?: string; template_name?: string },
    issuedBy: string,
  ): TemplateJobRow {
    return {
      job_id: `job-${randomUUID()}`,
      kind,
      state: 'running',
      template_id: of.template_id,
      template_name: of.name ?? of.template_name ?? '',
      config: of.config,
      undo_of: '',
      issued_by: issuedBy,
      attempt: 1,
      created_at_ms: this.#options.clock.nowMs(),
      finished_at_ms: null,
    };
  }

  async #require(templateId: string): Promise<TemplateRow> {
    const row = await this.#options.repository.find(templateId);
    if (!row) throw noTemplate(templateId);
    return row;
  }

  async #requireJob(jobId: string): Promise<TemplateJobRow> {
    const row = await this.#options.jobs.find(jobId);
    if (!row) throw new AppError('not_found', `There is no job ${jobId.slice(0, 64)}.`);
    return row;
  }

  async #withTallies(rows: readonly TemplateJobRow[]): Promise<TemplateJob[]> {
    if (rows.length === 0) return [];
    const ids = rows.map(({ job_id }) => job_id);
    const tallies = Map.groupBy(await this.#options.jobs.tally(ids), ({ job_id }) => job_id);
    const undos = new Map((await this.#options.jobs.undosOf(ids)).map((undo) => [undo.undo_of, undo.job_id]));
    return rows.map((row) => toJob(row, tallies.get(row.job_id) ?? [], undos.get(row.job_id) ?? ''));
  }
}

const noTemplate = (templateId: string) =>
  new AppError('not_found', `There is no template ${templateId.slice(0, 64)}.`);

const nameTaken = (name: string) =>
  new AppError('conflict', `There is a template named ${name} already; choose another name.`);

function toRow(
  templateId: string,
  { name, note, config }: TemplateFields,
  by: string,
  { createdAtMs, nowMs }: { createdAtMs: number; nowMs: number },
): TemplateRow {
  return {
    template_id: templateId,
    name,
    note,
    config: JSON.stringify(config),
    created_at_ms: createdAtMs,
    updated_at_ms: nowMs,
    updated_by: by,
  };
}

function toTemplate(row: TemplateRow): Template {
  return {
    template_id: row.template_id,
    name: row.name,
    note: row.note,
    config: JSON.parse(row.config) as MinerConfig,
    created_at: toUnixSeconds(row.created_at_ms),
    updated_at: toUnixSeconds(row.updated_at_ms),
    updated_by: row.updated_by,
  };
}

function newWorker(
  { job_id, created_at_ms }: TemplateJobRow,
  workerId: string,
  position: number,
  wanted: string,
): TemplateJobWorkerRow {
  return {
    ...{ job_id, position, worker_id: workerId, wanted },
    ...{ state: 'waiting', reason: '', detail: '', attempt: 1, sent: 0, before_config: null, command_id: '' },
    changed_at_ms: created_at_ms,
  };
}

function toJob(row: TemplateJobRow, tallies: readonly JobTally[], undoneBy: string): TemplateJob {
  const counts = Object.fromEntries(jobWorkerStates.map((state) => [state, 0])) as TemplateJob['counts'];
  const skipped = noSkips();
  let [workers, changed] = [0, 0];
  for (const { state, reason, sent, count } of tallies) {
    workers += count;
    counts[state] += count;
    if (state === 'skipped' && reason !== '') skipped[reason] += count;
    if (sent === 1) changed += count;
  }
  return {
    job_id: row.job_id,
    kind: row.kind,
    state: row.state,
    template_id: row.template_id,
    template_name: row.template_name,
    config: JSON.parse(row.config) as MinerConfig,
    undo_of: row.undo_of,
    undone_by: undoneBy,
    issued_by: row.issued_by,
    attempt: row.attempt,
    created_at: toUnixSeconds(row.created_at_ms),
    finished_at: row.finished_at_ms === null ? null : toUnixSeconds(row.finished_at_ms),
    workers,
    counts,
    skipped,
    failed: counts.undelivered + counts.unconfirmed + skipped.leased + skipped.offline,
    changed,
  };
}

function toJobWorker(row: TemplateJobWorkerRow): TemplateJobWorker {
  const isSent = row.sent === 1 && row.before_config !== null;
  return {
    worker_id: row.worker_id,
    state: row.state,
    reason: row.reason === '' ? null : (row.reason as JobSkipReason),
    detail: row.detail,
    attempt: row.attempt,
    before: isSent ? (JSON.parse(row.before_config ?? '{}') as KnownConfig) : null,
    wanted: JSON.parse(row.wanted) as MinerConfig,
    command_id: row.command_id,
    changed_at: toUnixSeconds(row.changed_at_ms),
  };
}
