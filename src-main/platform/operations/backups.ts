/** Backups without a running platform, or beside one. */
import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Config } from '../../contract/config.ts';
import { backupNamePattern, type Backup, type BackupPhase } from '../../contract/domain/backup.ts';
import {
  admitBefore,
  BackupFolder,
  exchangeDatabase,
  makeBackup,
  prepareRestore,
  pruneBackups,
  readJournal,
  realDatabasePath,
  requireSpace,
  settleRestore,
  sizeOfDatabase,
  verifyBackup,
} from '../features/backup/index.ts';
import { StartupError } from '../kernel/app-error.ts';
import { systemClock } from '../kernel/clock.ts';
import { identifyDatabase } from '../storage/examine-database.ts';
import { DatabaseInUse, lockDatabase } from '../storage/instance-lock.ts';
import { backupFolderOf } from '../wiring/backups.ts';
import { databasePathOf } from '../wiring/parts.ts';

type Place = Pick<Config, 'dataDir' | 'dbPath' | 'backupDir'>;

/** How who asked sees and ends it. */
export interface Watch {
  readonly signal: AbortSignal;
  /** @param progress of the phase, 0 to 1 */
  readonly onProgress: (phase: BackupPhase, progress: number) => void;
}

const nowMs = () => systemClock.nowMs();

async function locked<Result>(folder: BackupFolder, work: () => Promise<Result>): Promise<Result> {
  await folder.prepare();
  const release = folder.lock();
  if (!release)
    throw new StartupError(`Another process makes or checks a backup in ${folder.path}; wait for its end.`);
  return work().finally(release);
}

function requireDatabase(config: Place): string {
  const path = realDatabasePath(databasePathOf(config));
  if (!existsSync(path))
    throw new StartupError(`There is no database ${path}; name it with --data-dir or --db-path.`);
  const { refusal } = identifyDatabase(path);
  if (refusal !== '') throw new StartupError(`The database ${path} can't be backed up: ${refusal}.`);
  return path;
}

/**
 * Makes a backup; a platform that runs on the database goes on meanwhile.
 *
 * @param keep given: it counts as one of the schedule, and older ones of it go by these rules
 * @returns the backup (its verification may have failed) and what was deleted
 * @throws StartupError, AppError in one line
 */
export async function backUp(
  config: Place,
  keep: { readonly daily: number; readonly weekly: number } | undefined,
  watch: Watch,
): Promise<{ backup: Backup; folder: string; deleted: string[] }> {
  const databasePath = requireDatabase(config);
  const folder = new BackupFolder(backupFolderOf(config));
  return locked(folder, async () => {
    await folder.removeLeftovers((await readJournal(databasePath))?.before ?? '');
    await requireSpace(folder.path, await sizeOfDatabase(databasePath));
    const name = await folder.newName(nowMs());
    const trigger = keep ? 'scheduled' : 'manual';
    const backup = await makeBackup({
      ...watch,
      ...{ databasePath, folder, name, trigger, nowMs },
      emptiesLog: false,
    });
    const deleted = keep && backup.verification?.ok ? await pruneBackups(folder, keep) : [];
    return { backup, folder: folder.path, deleted };
  });
}

/** All backups, newest first. */
export async function listBackups(config: Place): Promise<{ backups: Backup[]; folder: string }> {
  const folder = new BackupFolder(backupFolderOf(config));
  return { backups: await folder.list(), folder: folder.path };
}

/**
 * Verifies backups again, one after the other.
 *
 * @param name of one; undefined: all
 */
export async function verifyBackups(
  config: Place,
  name: string | undefined,
  watch: Watch,
): Promise<Backup[]> {
  const folder = new BackupFolder(backupFolderOf(config));
  const backups = (await folder.list()).filter((backup) => name === undefined || backup.name === name);
  if (name !== undefined && backups.length === 0)
    throw new StartupError(`There is no backup ${name} in ${folder.path}.`);
  return locked(folder, async () => {
    const verified: Backup[] = [];
    for (const backup of backups) verified.push(await verifyBackup(folder, backup, { ...watch, nowMs }));
    return verified;
  });
}

/** The file that somebody means: a backup by its name, or any file by its path. */
function findSource(folder: BackupFolder, given: string): string {
  const byName = folder.fileOf(given);
  if (backupNamePattern.test(given) && existsSync(byName)) return byName;
  const path = resolve(given);
  if (existsSync(path)) return path;
  throw new StartupError(`There is neither a backup ${given} in ${folder.path} nor a file ${path}.`);
}

/** Keeps a platform from starting, and finds out whether one runs. */
function lockOffline(databasePath: string): () => void {
  try {
    return lockDatabase(databasePath);
  } catch (error) {
    if (!(error instanceof DatabaseInUse)) throw error;
    throw new StartupError(
      `A running platform holds the database ${databasePath}: restore with POST /api/admin/backups/{name}/restore ` +
        'there, or stop it first.',
    );
  }
}

export interface RestoreRequest {
  /** Name of a backup, or path of a file. */
  readonly from: string;
  /** Whether a file whose only fault is its ledger will do. */
  readonly acceptsWrongLedger: boolean;
}

/**
 * Puts a backup, or any database file of this program, in the place of the database; the one before becomes a backup.
 * The next start of the platform tells it in the log and the audit log.
 *
 * @throws StartupError, AppError, Error in one line; nothing was changed then
 */
export async function restoreFile(
  config: Place,
  { from, acceptsWrongLedger }: RestoreRequest,
  watch: Watch,
): Promise<{ databasePath: string; source: string; before: string; folder: string }> {
  const databasePath = realDatabasePath(databasePathOf(config));
  const folder = new BackupFolder(backupFolderOf(config));
  const source = findSource(folder, from);
  const { refusal } = identifyDatabase(source);
  if (refusal !== '') throw new StartupError(`${source} can't be restored: ${refusal}.`);
  return locked(folder, async () => {
    const unlock = lockOffline(databasePath);
    try {
      await settleRestore(databasePath, folder);
      await requireSpace(dirname(databasePath), await sizeOfDatabase(source));
      const known = await new BackupFolder(dirname(source)).find(basename(source));
      const expected = known && known.sha256 !== '' ? { sha256: known.sha256, rows: known.rows } : {};
      await prepareRestore({ ...watch, source, databasePath, expected, acceptsWrongLedger });
      watch.signal.throwIfAborted();
      const by = 'command line';
      const exchange = { databasePath, folder, from, by, remoteAddress: by, nowMs: nowMs() };
      const { before } = await exchangeDatabase(exchange);
      if (before !== '') await admitBefore(folder, { before, atMs: exchange.nowMs });
      return { databasePath, source, before, folder: folder.path };
    } finally {
      unlock();
    }
  });
}
