/**
 * Restores: a backup is copied, verified and brought to this version while the platform runs; the exchange of the
 * files takes a restart, and what does not start with it is taken back (docs/backups.md).
 */
import { existsSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  restoreOutcomeSchema,
  type BackupJob,
  type RestoreOutcome,
} from '../../../contract/domain/backup.ts';
import type { RecordChange } from '../../http/mount.ts';
import { AppError, messageOf } from '../../kernel/app-error.ts';
import { anonymousCaller, type Caller } from '../../kernel/caller.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import { createLogger, type Logger } from '../../kernel/logger.ts';
import { writeWhole } from '../../kernel/whole-file.ts';
import { removeDatabase } from '../../storage/copy-database.ts';
import { identifyDatabase } from '../../storage/examine-database.ts';
import { lockDatabase } from '../../storage/instance-lock.ts';
import { version } from '../../version.ts';
import type { BackupFolder } from './backup-folder.ts';
import type { BackupJobs, JobWatch } from './backup-jobs.ts';
import type { Backups } from './backup.service.ts';
import { runBackupTask, type ThreadWatch } from './backup-thread.ts';
import { carryOver } from './carry-over.ts';
import { requireSpace } from './make-backup.ts';
import { preparedFileOf, removeJournal, settleRestore, type RestoreJournal } from './restore-journal.ts';
import { swapDatabase } from './swap-database.ts';

const silent = createLogger({ level: 'silent', format: 'json', write: () => undefined }).module('storage');

/** Where the outcome of the last restore is written down. */
function outcomeFileOf(folder: BackupFolder): string {
  return join(folder.path, 'last-restore.json');
}

/** Two names of one file (a symbolic link) are one database. */
export function realDatabasePath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

/** What became of the last restore; undefined when there was none. */
export async function readOutcome(folder: BackupFolder): Promise<RestoreOutcome | undefined> {
  try {
    return restoreOutcomeSchema.parse(JSON.parse(await readFile(outcomeFileOf(folder), 'utf8')));
  } catch {
    return undefined;
  }
}

export function writeOutcome(folder: BackupFolder, outcome: RestoreOutcome): Promise<void> {
  return writeWhole(outcomeFileOf(folder), `${JSON.stringify(outcome, null, 2)}\n`);
}

export interface PrepareRestore extends ThreadWatch {
  /** The file to restore; only read. */
  readonly source: string;
  readonly databasePath: string;
  /** What is known of it from when it was made. */
  readonly expected: { sha256?: string; rows?: Readonly<Record<string, number>> };
  /** Whether a file whose only fault is its ledger will do. */
  readonly acceptsWrongLedger?: boolean;
}

/**
 * Puts a verified copy, brought to this version, beside the database.
 *
 * @throws Error in words when the file is not what it should be; nothing is left of the copy then
 */
export async function prepareRestore(prepare: PrepareRestore): Promise<void> {
  const { source, databasePath, expected, acceptsWrongLedger = false } = prepare;
  const target = preparedFileOf(databasePath);
  removeDatabase(target);
  try {
    const content = await runBackupTask(
      { kind: 'prepare', source, target, expected, acceptsWrongLedger },
      prepare,
    );
    const isBad = content.problems.length > 0 && !(acceptsWrongLedger && content.isOnlyLedger);
    if (isBad) throw new Error(`${content.problems.join('; ')}. Nothing was changed.`);
  } catch (error) {
    removeDatabase(target);
    throw error;
  }
}

export interface ExchangeOptions {
  readonly databasePath: string;
  readonly folder: BackupFolder;
  readonly from: string;
  readonly by: string;
  readonly remoteAddress: string;
  readonly nowMs: number;
}

/** The database before becomes a backup like the others; the platform verifies it when it has time. */
export async function admitBefore(
  folder: BackupFolder,
  { before, atMs }: Pick<RestoreJournal, 'before' | 'atMs'>,
): Promise<void> {
  await folder.saveRecord(before, {
    created_at: toUnixSeconds(atMs),
    trigger: 'before_restore',
    program_version: version,
    duration_sec: 0,
    sha256: '',
    schema_version: '',
    rows: {},
    verification: null,
  });
}

/**
 * Exchanges the files while nothing has them open; the caller holds the lock of the database.
 *
 * @returns the name of the backup that the database before became (empty: there was none), and the way back
 */
export async function exchangeDatabase(options: ExchangeOptions) {
  const { databasePath, folder, from, by, remoteAddress, nowMs } = options;
  const before = await folder.newName(nowMs, 'before-restore');
  const undo = await swapDatabase({
    databasePath,
    folder,
    journal: { from, by, remoteAddress, atMs: nowMs, before },
    carryOver: () =>
      carryOver({
        presentPath: databasePath,
        restoredPath: preparedFileOf(databasePath),
        nowMs,
        logger: silent,
      }),
  });
  return { before: existsSync(folder.fileOf(before)) ? before : '', undo };
}

export interface RestoresOptions {
  readonly databasePath: string;
  readonly folder: BackupFolder;
  readonly jobs: BackupJobs;
  readonly backups: Pick<Backups, 'require' | 'fail'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly recordChange: RecordChange;
  /** Stops the platform, runs the work, and starts it again. */
  readonly restart: (work: () => Promise<() => Promise<void>>) => Promise<void>;
}

export class Restores implements Component {
  readonly name = 'restores';
  readonly #options: RestoresOptions;

  constructor(options: RestoresOptions) {
    this.#options = options;
  }

  /** Brings to an end what was interrupted; nothing may have the database open. */
  async recover(): Promise<void> {
    const { databasePath, folder } = this.#options;
    await settleRestore(realDatabasePath(databasePath), folder);
  }

  /** Tells in the log, in the audit log and in the list what became of a restore, once. */
  async start(): Promise<void> {
    const { databasePath, folder } = this.#options;
    const path = realDatabasePath(databasePath);
    const journal = await settleRestore(path, folder);
    if (!journal) return;
    if (journal.state === 'swapped' && journal.before !== '') await admitBefore(folder, journal);
    await this.#tell(journal);
    await removeJournal(path);
  }

  stop(): void {
    // What is under way is ended by the jobs.
  }

  /**
   * Begins a restore and returns at once; the list shows what becomes of it.
   *
   * @throws AppError `not_found`; `conflict` when it can't be restored at all, or something else is under way;
   *   `insufficient_storage`
   */
  async begin(name: string, caller: Caller, remoteAddress: string): Promise<BackupJob> {
    const { backups, folder, jobs, databasePath } = this.#options;
    const backup = await backups.require(name);
    const { refusal } = identifyDatabase(folder.fileOf(name));
    if (refusal !== '') throw new AppError('conflict', `${name} can't be restored: ${refusal}.`);
    if (backup.verification && !backup.verification.ok)
      throw new AppError(
        'conflict',
        `${name} failed its verification and can't be restored: ${backup.verification.problems.join('; ')}.`,
      );
    await requireSpace(dirname(databasePath), backup.size_bytes);
    return jobs.begin({ kind: 'restore', name, phase: 'copying' }, (watch) =>
      this.#restore(name, caller.accountId, remoteAddress, watch),
    );
  }

  async #restore(name: string, by: string, remoteAddress: string, watch: JobWatch): Promise<void> {
    const { folder, backups, clock, logger, restart } = this.#options;
    const databasePath = realDatabasePath(this.#options.databasePath);
    const { sha256, rows } = await backups.require(name);
    const from = name;
    try {
      await prepareRestore({
        ...watch,
        ...{ source: folder.fileOf(name), databasePath },
        expected: sha256 === '' ? {} : { sha256, rows },
      });
      watch.enter('restarting');
      logger.warn({ backup: name, by }, 'restarting with a backup in the place of the database');
      await restart(async () => {
        const nowMs = clock.nowMs();
        const unlock = lockDatabase(databasePath);
        const exchange = { databasePath, folder, from, by, remoteAddress, nowMs };
        const { undo } = await exchangeDatabase(exchange).finally(unlock);
        // The next life of the platform finds the folder free.
        watch.release();
        return undo;
      });
    } catch (error) {
      removeDatabase(preparedFileOf(databasePath));
      const detail = messageOf(error);
      backups.fail('restore', name, detail);
      const at = toUnixSeconds(clock.nowMs());
      await writeOutcome(folder, { ok: false, at, from, by, before: '', detail }).catch(() => undefined);
    }
  }

  async #tell(journal: RestoreJournal): Promise<void> {
    const { logger, recordChange, folder } = this.#options;
    const { from, by, before, detail, atMs, remoteAddress, state } = journal;
    const isDone = state === 'swapped';
    if (isDone) logger.warn({ from, by, before, detail }, `restored from ${from} by ${by}`);
    else logger.error({ from, by, detail }, `not restored from ${from}: ${detail}`);
    await recordChange({
      caller: { ...anonymousCaller, accountId: by },
      remoteAddress,
      action: 'backup.restored',
      target: from,
      result: isDone ? 'ok' : 'failed',
      reason: isDone ? '' : detail,
      body: { before, detail, restored_at: toUnixSeconds(atMs) },
    });
    const outcome = { ok: isDone, at: toUnixSeconds(atMs), from, by, before: isDone ? before : '', detail };
    await writeOutcome(folder, outcome);
  }
}
