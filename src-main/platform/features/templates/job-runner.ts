/** Works jobs off: portion by portion, each worker at most once per attempt, also across a restart. */
import type { Command } from '../../../contract/domain/command.ts';
import type { MinerConfig } from '../../../contract/domain/miner-config.ts';
import type { JobSkipReason } from '../../../contract/domain/template.ts';
import { AppError, messageOf } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Subscribable } from '../../kernel/event-bus.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { TemplateJobRow, TemplateJobWorkerRow } from '../../storage/schema.ts';
import type { Control, ControlEvents } from '../control/index.ts';
import { isOnline, type Fleet, type LiveWorker } from '../fleet/index.ts';
import type { LeaseRepository } from '../leases/index.ts';
import { forgetJobs } from './forget-jobs.ts';
import type { JobRepository } from './job.repository.ts';
import { knowledgeOf, knownConfigOf, showsAlready, type Knowledge } from './known-config.ts';
import { batchIdOf, OpenJob } from './open-job.ts';

export interface JobRunnerOptions {
  readonly repository: JobRepository;
  readonly control: Pick<Control, 'sendSettings' | 'wantedConfigs' | 'batch'>;
  readonly fleet: Pick<Fleet, 'get'>;
  readonly bus: Subscribable<ControlEvents>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly hasActiveLease: (workerId: string) => boolean;
  /** Which of these workers report what a renter asked of them. */
  readonly minedForRenters: LeaseRepository['minedForRenters'];
}

/** So that miners do not all change at the same moment, and a job can be stopped while it runs. */
const portionEveryMs = 100;
const workersPerPortion = 25;

/** Rows in one transaction, so that none holds the event loop for long. */
const rowsPerTransaction = 100;

/** After a failure of the database, until the next attempt. */
const restAfterFailureMs = 5000;

const forgetEveryMs = 3_600_000;

export class JobRunner implements Component {
  readonly name = 'templates';
  readonly #options: JobRunnerOptions;
  readonly #jobs = new Map<string, OpenJob>();
  readonly #byBatch = new Map<string, OpenJob>();
  #cancels: (() => void)[] = [];
  #working: Promise<void> | undefined;
  #forgetting: Promise<void> | undefined;
  #isStopping = false;
  #restUntilMs = 0;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
  }

  /** Takes up the jobs that were open when the platform stopped. */
  async start(): Promise<void> {
    const { repository, control, bus, clock } = this.#options;
    this.#isStopping = false;
    this.#jobs.clear();
    this.#byBatch.clear();
    for (const row of await repository.loadOpen()) {
      const job = new OpenJob(row, await repository.workersOf(row.job_id));
      // What was sent is told by the commands themselves: the job may not have heard of it.
      for (const command of await control.batch(batchIdOf(row))) job.observe(command, clock.nowMs());
      this.#add(job);
    }
    this.#cancels = [
      bus.on('command.changed', ({ command }) => this.#observe(command)),
      clock.every(portionEveryMs, () => this.#tick()),
      clock.every(forgetEveryMs, () => {
        this.#forgetting ??= this.#forget().finally(() => (this.#forgetting = undefined));
      }),
    ];
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const cancel of this.#cancels.splice(0)) cancel();
    await this.#forgetting;
    await this.#working;
    await this.#storeAll().catch((error: unknown) => this.#logFailure(error));
  }

  /** Deletes what is older than it is kept. Returns how many rows there were. */
  forgetOld(): Promise<number> {
    return forgetJobs(this.#options.repository, this.#options.clock.nowMs());
  }

  /** Stores a new job and begins it. */
  async begin(row: TemplateJobRow, workers: readonly TemplateJobWorkerRow[]): Promise<void> {
    await this.#options.repository.insert(row, workers);
    this.#add(new OpenJob(row, workers));
  }

  /** Sends once more to those that failed. @throws AppError `conflict` while it runs, or when none failed */
  async retry(row: TemplateJobRow): Promise<void> {
    const { repository, clock } = this.#options;
    this.requireSettled(row);
    const failed = await repository.failedOf(row.job_id);
    if (failed.length === 0) throw new AppError('conflict', 'No worker of this job failed.');
    this.requireSettled(row);
    const next = { ...row, attempt: row.attempt + 1, state: 'running' as const, finished_at_ms: null };
    const workers = failed.map((worker) => ({
      ...worker,
      ...{ state: 'waiting' as const, reason: '', detail: '', command_id: '' },
      ...{ attempt: next.attempt, changed_at_ms: clock.nowMs() },
    }));
    const job = new OpenJob(next, workers);
    this.#add(job);
    try {
      await repository.save(next, workers, true);
    } catch (error) {
      this.#remove(job);
      throw error;
    }
  }

  /** Sends no further command. @throws AppError `conflict` when nothing is to be sent any more */
  async cancel(jobId: string): Promise<void> {
    const job = this.#jobs.get(jobId);
    if (job?.row.state !== 'running' || job.next(1).length === 0)
      throw new AppError(
        'conflict',
        'This job has sent everything: there is nothing to cancel. Undo takes it back.',
      );
    job.cancel(this.#options.clock.nowMs());
    await this.#store(job, true);
  }

  /** @throws AppError `conflict` while the outcome of a job is open */
  requireSettled({ job_id: jobId, finished_at_ms: finishedAtMs }: TemplateJobRow): void {
    if (finishedAtMs !== null && !this.#jobs.has(jobId)) return;
    throw new AppError('conflict', 'This job is not finished yet: wait until every outcome is known.');
  }

  /** Stores what is known, for who reads it next. */
  async flush(): Promise<void> {
    await this.#storeAll();
  }

  #add(job: OpenJob): void {
    this.#jobs.set(job.row.job_id, job);
    this.#byBatch.set(batchIdOf(job.row), job);
  }

  #remove({ row }: OpenJob): void {
    this.#jobs.delete(row.job_id);
    this.#byBatch.delete(batchIdOf(row));
  }

  #observe(command: Command): void {
    this.#byBatch.get(command.batch_id)?.observe(command, this.#options.clock.nowMs());
  }

  #tick(): void {
    if (this.#jobs.size === 0 || this.#options.clock.nowMs() < this.#restUntilMs) return;
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  /** One portion of the oldest job that has any, and the end of those that are done. */
  async #work(): Promise<void> {
    try {
      for (const job of this.#jobs.values()) {
        const portion = job.next(workersPerPortion);
        if (portion.length === 0) continue;
        await this.#sendPortion(job, portion);
        break;
      }
      for (const job of this.#jobs.values()) {
        await this.#store(job, false);
        await this.#finish(job);
      }
    } catch (error) {
      this.#restUntilMs = this.#options.clock.nowMs() + restAfterFailureMs;
      this.#logFailure(error);
    }
  }

  async #sendPortion(job: OpenJob, portion: readonly TemplateJobWorkerRow[]): Promise<void> {
    const { repository, control, fleet, clock } = this.#options;
    const workers = portion.map(({ worker_id }) => fleet.get(worker_id));
    const knowledge = await this.knowledgeOf(workers.filter((worker) => worker !== undefined));
    const toSend: TemplateJobWorkerRow[] = [];
    for (const [index, row] of portion.entries()) {
      const known = knowledge.get(row.worker_id);
      const reason = this.skipReason(workers[index], known, JSON.parse(row.wanted) as MinerConfig);
      if (reason !== undefined) job.skip(row, reason, clock.nowMs());
      else if (known) {
        row.before_config ??= JSON.stringify(knownConfigOf(known));
        toSend.push(row);
      }
    }
    // What was before has to be on the disk before it is no more.
    await repository.save(undefined, toSend, true);
    const settings = toSend
      .filter(({ state }) => state === 'waiting')
      .map(({ worker_id, wanted }) => ({ workerId: worker_id, config: JSON.parse(wanted) as MinerConfig }));
    if (settings.length > 0 && !this.#isStopping)
      await control.sendSettings(settings, job.row.issued_by, batchIdOf(job.row));
  }

  /** What is known of workers, by their ids. */
  async knowledgeOf(workers: readonly LiveWorker[]): Promise<Map<string, Knowledge>> {
    const { control, minedForRenters } = this.#options;
    const told = await control.wantedConfigs(workers.map(({ workerId }) => workerId));
    const forRenters = await minedForRenters(workers);
    return new Map(
      workers.map((worker) => {
        const { workerId } = worker;
        return [workerId, knowledgeOf(worker, told.get(workerId) ?? {}, forRenters.has(workerId))];
      }),
    );
  }

  /** Why a worker gets nothing now; undefined when it does. */
  skipReason(
    worker: LiveWorker | undefined,
    known: Knowledge | undefined,
    wanted: MinerConfig,
  ): JobSkipReason | undefined {
    if (!worker || !known) return 'unknown';
    if (this.#options.hasActiveLease(worker.workerId)) return 'leased';
    if (!isOnline(worker, this.#options.clock.nowMs())) return 'offline';
    return showsAlready(known, wanted) ? 'unchanged' : undefined;
  }

  async #finish(job: OpenJob): Promise<void> {
    if (!job.isSettled) return;
    const { row } = job;
    if (row.state === 'running') row.state = 'finished';
    row.finished_at_ms = this.#options.clock.nowMs();
    await this.#store(job, true);
    this.#remove(job);
  }

  async #storeAll(): Promise<void> {
    for (const job of this.#jobs.values()) await this.#store(job, false);
  }

  async #store(job: OpenJob, isDurable: boolean): Promise<void> {
    const { repository } = this.#options;
    let workers: TemplateJobWorkerRow[];
    do {
      workers = job.takeChanged(rowsPerTransaction);
      if (workers.length === 0 && !isDurable) return;
      try {
        await repository.save(job.row, workers, isDurable);
      } catch (error) {
        job.giveBack(workers);
        throw error;
      }
    } while (workers.length === rowsPerTransaction);
  }

  async #forget(): Promise<void> {
    await this.forgetOld().catch((error: unknown) => {
      this.#options.logger.error(`old jobs not deleted: ${messageOf(error)}`);
    });
  }

  #logFailure(error: unknown): void {
    this.#options.logger.error(`how far jobs are is not stored: ${messageOf(error)}`);
  }
}
