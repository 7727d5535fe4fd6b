/** Backups of the database: on demand and by a schedule, verified, listed, kept by rules (docs/backups.md). */
import type {
  Backup,
  BackupFailure,
  BackupJob,
  BackupList,
  RestoreOutcome,
} from '../../../contract/domain/backup.ts';
import { AppError, messageOf } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Schedule } from '../../kernel/schedule.ts';
import type { BackupFolder } from './backup-folder.ts';
import { BackupsBusy, type BackupJobs } from './backup-jobs.ts';
import type { ThreadWatch } from './backup-thread.ts';
import type { KeepRules } from './keep-backups.ts';
import { freeBytesOf, makeBackup, pruneBackups, requireSpace, sizeOfDatabase } from './make-backup.ts';
import { verifyBackup } from './verify-backup.ts';

export interface BackupsOptions {
  readonly databasePath: string;
  readonly folder: BackupFolder;
  readonly jobs: BackupJobs;
  readonly schedule: Schedule;
  readonly keep: KeepRules;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What became of the last restore. */
  readonly lastRestore: () => Promise<RestoreOutcome | undefined>;
  /** Told when the copying begins and ends: the writer's log can't be emptied meanwhile. */
  readonly copying: (isUnderWay: boolean) => void;
}

/** Figures since the start, for metrics. */
export interface BackupFigures {
  /** Unix seconds of the newest good backup; 0: none. */
  lastSuccessAt: number;
  lastSuccessBytes: number;
  lastDurationSec: number;
  /** Unix seconds of the last failure since the start; 0: none. */
  lastFailureAt: number;
  failures: number;
}

/** What is due, under way and wrong. */
export interface BackupOutlook {
  /** Cron expression; empty: none. */
  readonly expression: string;
  /** Unix seconds; undefined: never. */
  readonly nextRun: number | undefined;
  readonly running: BackupJob | undefined;
  /** Since the start, and nothing of its kind worked since. */
  readonly failure: BackupFailure | undefined;
}

const lookEveryMs = 10_000;

/** What was due while the platform was down is made up for a little after the start. */
const makeUpAfterMs = 60_000;

/** After a failure the schedule tries again so much later, and not only at its next time. */
const retryAfterMs = 3_600_000;

export class Backups implements Component {
  readonly name = 'backups';
  readonly #options: BackupsOptions;
  #stopTimer: (() => void) | undefined;
  #nextRunMs: number | undefined;
  /** Backups that this program made and did not come to verify. */
  #unverified: string[] = [];
  #failure: BackupFailure | undefined;
  /** When the folder was changed that was looked at last. */
  #notedChangeMs = 0;
  #figures: BackupFigures = noFigures();

  constructor(options: BackupsOptions) {
    this.#options = options;
  }

  get figures(): Readonly<BackupFigures> {
    return this.#figures;
  }

  /** What is due, under way and wrong, without a look at the folder. */
  get outlook(): BackupOutlook {
    const { schedule, jobs } = this.#options;
    return {
      expression: schedule.expression,
      nextRun: this.#nextRunMs === undefined ? undefined : toUnixSeconds(this.#nextRunMs),
      running: jobs.current,
      failure: this.#failure,
    };
  }

  /** Whether something is done with backups now. */
  get isBusy(): boolean {
    return this.#options.jobs.current !== undefined;
  }

  /** Removes what an interrupted backup left behind, and sees when the next one is due. */
  async start(): Promise<void> {
    const { clock, jobs } = this.#options;
    jobs.start();
    this.#failure = undefined;
    this.#figures = noFigures();
    const backups = await this.#takeStock();
    this.#note(backups);
    this.#nextRunMs = this.#firstRun(backups);
    this.#unverified = backups
      .filter(({ trigger, verification }) => trigger !== 'unknown' && verification === null)
      .map(({ name }) => name);
    this.#stopTimer = clock.every(lookEveryMs, () => this.#look());
  }

  async stop(): Promise<void> {
    this.#stopTimer?.();
    await this.#options.jobs.stop();
  }

  /** Everything about backups, for the operator. */
  async list(): Promise<BackupList> {
    const { folder, schedule, keep, jobs, lastRestore } = this.#options;
    return {
      items: await folder.list(),
      folder: folder.path,
      free_bytes: await freeBytesOf(folder.path),
      schedule: {
        expression: schedule.expression,
        next_run: this.#nextRunMs === undefined ? null : toUnixSeconds(this.#nextRunMs),
        keep_daily: keep.daily,
        keep_weekly: keep.weekly,
      },
      running: jobs.current ?? null,
      last_failure: this.#failure ?? null,
      last_restore: (await lastRestore()) ?? null,
    };
  }

  /**
   * Begins a backup and returns at once.
   *
   * @throws AppError `conflict` while something else is under way, `insufficient_storage`
   */
  async begin(trigger: 'manual' | 'scheduled'): Promise<BackupJob> {
    const { folder, clock, databasePath, jobs } = this.#options;
    const atMs = clock.nowMs();
    await folder.prepare();
    await requireSpace(folder.path, await sizeOfDatabase(databasePath));
    const name = await folder.newName(atMs);
    return jobs.begin({ kind: 'backup', name, phase: 'copying' }, (watch) =>
      this.#make(name, trigger, watch),
    );
  }

  /** Begins to verify a backup again. @throws AppError `not_found`, `conflict` */
  async beginVerification(name: string): Promise<BackupJob> {
    const backup = await this.require(name);
    return this.#options.jobs.begin({ kind: 'verify', name, phase: 'verifying' }, (watch) =>
      this.#verify(backup, watch),
    );
  }

  /**
   * Deletes a backup for good.
   *
   * @throws AppError `not_found`; `conflict` for a file that the program did not make, or that is in use
   */
  async remove(name: string): Promise<void> {
    const { folder, jobs } = this.#options;
    await this.require(name);
    if (!(await folder.isOwn(name)))
      throw new AppError('conflict', `${name} was not made by this program; delete the file by hand.`);
    if (jobs.current?.name === name)
      throw new AppError('conflict', `A ${jobs.current.kind} of ${name} is under way; wait for its end.`);
    await folder.remove(name);
  }

  /** Where the file of a backup lies. @throws AppError `not_found` */
  async fileOf(name: string): Promise<string> {
    await this.require(name);
    return this.#options.folder.fileOf(name);
  }

  /** @throws AppError `not_found` */
  async require(name: string): Promise<Backup> {
    const backup = await this.#options.folder.find(name);
    if (!backup)
      throw new AppError('not_found', `There is no backup ${name}; GET /api/admin/backups lists them.`);
    return backup;
  }

  /** Takes what failed into the list. */
  fail(kind: BackupFailure['kind'], name: string, reason: string): void {
    const { clock, logger } = this.#options;
    this.#failure = { at: toUnixSeconds(clock.nowMs()), kind, name, reason };
    logger.error({ backup: name }, `${kind} failed: ${reason}`);
    if (kind !== 'backup') return;
    this.#figures.lastFailureAt = this.#failure.at;
    this.#figures.failures += 1;
  }

  /** A folder that can't be used keeps no platform from starting: miners come first. */
  async #takeStock(): Promise<Backup[]> {
    const { folder, logger } = this.#options;
    try {
      await folder.prepare();
      const release = folder.lock();
      if (release) {
        const leftovers = await folder.removeLeftovers('').finally(release);
        if (leftovers.length > 0)
          logger.warn({ files: leftovers }, 'leftovers of interrupted backups removed');
      }
      return await folder.list();
    } catch (error) {
      this.fail('backup', '', messageOf(error));
      return [];
    }
  }

  async #make(name: string, trigger: 'manual' | 'scheduled', watch: ThreadWatch): Promise<void> {
    const { databasePath, folder, clock, logger, copying, keep } = this.#options;
    copying(true);
    try {
      const backup = await makeBackup({
        ...watch,
        ...{ databasePath, folder, name, trigger, emptiesLog: true },
        nowMs: () => clock.nowMs(),
        onProgress(phase, progress) {
          if (phase !== 'copying') copying(false);
          watch.onProgress(phase, progress);
        },
      });
      const { verification, size_bytes: bytes, duration_sec: seconds } = backup;
      if (verification?.ok !== true) this.fail('backup', name, (verification?.problems ?? []).join('; '));
      else {
        if (this.#failure?.kind === 'backup') this.#failure = undefined;
        this.#note([backup]);
        logger.info({ backup: name, bytes, seconds }, 'backup made and verified');
      }
      if (trigger === 'scheduled' && verification?.ok === true)
        for (const deleted of await pruneBackups(folder, keep))
          logger.info({ backup: deleted }, 'older backup of the schedule deleted');
    } catch (error) {
      // A stop of the platform is no failure: what is due is made up for after the next start.
      if (watch.signal.aborted) logger.warn({ backup: name }, 'backup stopped; nothing is left of it');
      else {
        this.fail('backup', name, messageOf(error));
        if (trigger === 'scheduled') this.#nextRunMs = this.#soonest(clock.nowMs() + retryAfterMs);
      }
    } finally {
      copying(false);
    }
  }

  async #verify(backup: Backup, watch: ThreadWatch): Promise<void> {
    const { folder, clock, logger } = this.#options;
    const { name } = backup;
    try {
      const { verification } = await verifyBackup(folder, backup, { ...watch, nowMs: () => clock.nowMs() });
      if (verification?.ok !== true)
        return this.fail('verify', name, (verification?.problems ?? []).join('; '));
      if (this.#failure?.kind === 'verify') this.#failure = undefined;
      logger.info({ backup: name }, 'backup verified');
    } catch (error) {
      if (!watch.signal.aborted) this.fail('verify', name, messageOf(error));
    }
  }

  /** Others make backups too: the command line, beside this process. */
  async #noteOthers(): Promise<void> {
    const { folder, logger } = this.#options;
    try {
      const changedAtMs = await folder.changedAtMs();
      if (changedAtMs === this.#notedChangeMs) return;
      this.#notedChangeMs = changedAtMs;
      this.#note(await folder.list());
    } catch (error) {
      logger.warn(`the folder of the backups can't be read: ${messageOf(error)}`);
    }
  }

  #note(backups: readonly Backup[]): void {
    const newest = backups.find(({ verification }) => verification?.ok === true);
    Object.assign(this.#figures, {
      lastSuccessAt: newest?.created_at ?? 0,
      lastSuccessBytes: newest?.size_bytes ?? 0,
      lastDurationSec: newest?.duration_sec ?? 0,
    });
  }

  #look(): void {
    const { clock, schedule, jobs } = this.#options;
    const nowMs = clock.nowMs();
    if (jobs.current) return;
    void this.#noteOthers();
    if (this.#nextRunMs === undefined || nowMs < this.#nextRunMs) return this.#verifyLeft();
    this.#nextRunMs = schedule.nextAfter(nowMs);
    this.begin('scheduled').catch((error: unknown) => {
      if (error instanceof BackupsBusy) return void (this.#nextRunMs = nowMs);
      this.fail('backup', '', messageOf(error));
      this.#nextRunMs = this.#soonest(clock.nowMs() + retryAfterMs);
    });
  }

  #verifyLeft(): void {
    const name = this.#unverified.pop();
    if (name === undefined) return;
    this.beginVerification(name).catch((error: unknown) => {
      this.#options.logger.warn({ backup: name }, `not verified: ${messageOf(error)}`);
    });
  }

  #soonest(atMs: number): number | undefined {
    return this.#nextRunMs === undefined ? undefined : Math.min(this.#nextRunMs, atMs);
  }

  /** A machine that is off at night gets its backups, too. */
  #firstRun(backups: readonly Backup[]): number | undefined {
    const { schedule, clock } = this.#options;
    const nowMs = clock.nowMs();
    const next = schedule.nextAfter(nowMs);
    const last = backups.find(({ trigger }) => trigger === 'scheduled');
    const due = last && schedule.nextAfter(last.created_at * 1000);
    return due !== undefined && due <= nowMs ? nowMs + makeUpAfterMs : next;
  }
}

function noFigures(): BackupFigures {
  return { lastSuccessAt: 0, lastSuccessBytes: 0, lastDurationSec: 0, lastFailureAt: 0, failures: 0 };
}
