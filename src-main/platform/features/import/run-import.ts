/**
 * Takes a database of the earlier platform over: a verified copy first, then a new database beside it, checked, then the
 * new one in the place of the old one. The original is only read, until nothing but its replacement is left to do.
 */
import { existsSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { ImportReport } from '../../../contract/domain/import-report.ts';
import { messageOf, StartupError } from '../../kernel/app-error.ts';
import {
  decideReplacement,
  finishReplacement,
  renameDurably,
  syncToDisk,
} from '../../storage/replace-database.ts';
import { openReader, type SqliteHandle } from '../../storage/sqlite-connection.ts';
import { copyDatabase, sealDatabase } from '../../storage/copy-database.ts';
import { DatabaseOpenElsewhere, withSoleUse } from '../../storage/sole-use.ts';
import { buildDatabase } from './build-database.ts';
import { EarlierDatabase } from './earlier-database.repository.ts';
import {
  keepPrivate,
  placeFiles,
  removeDrafts,
  stateOf,
  takeRightsOf,
  type ImportFiles,
} from './import-files.ts';
import { ImportInterrupted, type ImportPace } from './import-pace.ts';
import { toReportText } from './report-text.ts';

export interface ImportJob {
  /** The database file. */
  readonly path: string;
  readonly nowMs: number;
  /** Only to see what would become of it: nothing is changed. */
  readonly isTrial: boolean;
}

/** @throws StartupError in one line, with the original as it was; ImportInterrupted */
export async function runImport(job: ImportJob, pace: ImportPace): Promise<ImportReport> {
  const original = realpathSync(job.path);
  let files: ImportFiles | undefined;
  try {
    files = placeFiles(original, job.nowMs, job.isTrial);
    // Of an import that was killed.
    removeDrafts({ ...files, trialFolder: undefined });
    return await takeOver(job, original, files, pace);
  } catch (error) {
    if (error instanceof ImportInterrupted || error instanceof StartupError) throw error;
    throw new StartupError(explain(job.path, error, pace), { cause: error });
  } finally {
    if (files) removeDrafts(files);
  }
}

async function takeOver(
  job: ImportJob,
  original: string,
  files: ImportFiles,
  pace: ImportPace,
): Promise<ImportReport> {
  const { isTrial } = job;
  pace.begin('look');
  if (!isTrial) requireSoleUse(job.path, original);
  const stateBefore = stateOf(original);
  await backUp(job.path, original, files, pace);
  const report = await buildDatabase(job, original, files, pace);
  if (isTrial) return report;
  pace.begin('place');
  takeRightsOf(original, files.draft);
  syncToDisk(files.draft);
  renameDurably(files.backupDraft, files.backup);
  try {
    replaceOriginal(job.path, original, stateBefore, files);
  } catch (error) {
    // The original is there: a second copy of it at each try would fill the disk.
    rmSync(files.backup, { force: true });
    throw error;
  }
  writeReports(report, original, files);
  return report;
}

function requireSoleUse(path: string, original: string): void {
  try {
    withSoleUse(original, () => undefined);
  } catch (error) {
    if (error instanceof DatabaseOpenElsewhere) throw inUse(path);
    throw error;
  }
}

function inUse(path: string): StartupError {
  return new StartupError(
    `The database ${path} of the earlier Python platform is in use by another program, probably that platform: stop it ` +
      '(Ctrl-C in its terminal, or systemctl stop with the name of its service) and start again. Nothing was changed.',
  );
}

/** The copy holds what the original's log holds, needs none itself, and is as good as the original. */
async function backUp(
  path: string,
  original: string,
  { backupDraft }: ImportFiles,
  pace: ImportPace,
): Promise<void> {
  pace.begin('backup');
  const [hadLog, hadIndex] = ['-wal', '-shm'].map((suffix) => existsSync(`${original}${suffix}`));
  let expected: string;
  try {
    const watch = (done: number, total: number) => pace.reach(done, total);
    const read = (handle: SqliteHandle) => new EarlierDatabase(handle).summary();
    expected = await copyDatabase(original, backupDraft, watch, read);
    sealDatabase(backupDraft);
  } finally {
    // Reading leaves an index of the log.
    if (hadLog && !hadIndex) rmSync(`${original}-shm`, { force: true });
  }
  keepPrivate(backupDraft, original);
  pace.begin('verify the backup');
  const { handle } = openReader(backupDraft);
  try {
    const copy = new EarlierDatabase(handle);
    const problem = copy.problems()[0];
    if (problem !== undefined) throw corrupt(path, problem);
    if (copy.summary() !== expected) throw new Error('the copy is not the same as the original');
  } finally {
    handle.close();
  }
  syncToDisk(backupDraft);
}

/** Nobody may have written to the original since it was copied, or may do so meanwhile. */
function replaceOriginal(path: string, original: string, stateBefore: string, files: ImportFiles): void {
  // Windows replaces no file that is open.
  const finishesAfterwards = process.platform === 'win32';
  try {
    withSoleUse(original, () => {
      if (stateOf(original) !== stateBefore)
        throw new StartupError(
          `The database ${path} was written to by another program while it was taken over; it was left as it is. ` +
            'Stop the earlier platform, and start again.',
        );
      decideReplacement(original, files.draft);
      if (!finishesAfterwards) finishReplacement(original);
    });
  } catch (error) {
    if (error instanceof DatabaseOpenElsewhere) throw inUse(path);
    throw error;
  }
  if (finishesAfterwards) finishReplacement(original);
}

/** The report is in the database; a full disk is no reason to fail now. */
function writeReports(report: ImportReport, original: string, files: ImportFiles): void {
  for (const [file, text] of [
    [files.reportText, toReportText(report)],
    [files.reportJson, `${JSON.stringify(report, undefined, 2)}\n`],
  ] as const) {
    try {
      writeFileSync(`${file}.tmp`, text, { mode: 0o600 });
      keepPrivate(`${file}.tmp`, original);
      renameSync(`${file}.tmp`, file);
    } catch {
      rmSync(`${file}.tmp`, { force: true });
    }
  }
}

function corrupt(path: string, detail: string): StartupError {
  return new StartupError(
    `The database ${path} of the earlier platform is corrupt (${detail.replace(/\s+/g, ' ')}); it was left as it is. ` +
      'Repair it with "sqlite3 OLD .recover | sqlite3 NEW", put a backup in its place, or choose another file with --db-path.',
  );
}

const advices: readonly (readonly [RegExp, string])[] = [
  [/SQLITE_FULL|ENOSPC|EDQUOT/, 'The disk is full: twice the size of the database has to be free beside it.'],
  [/EACCES|EPERM|EROFS|SQLITE_CANTOPEN|SQLITE_READONLY/, 'Check the rights of the file and its folder.'],
];

function explain(path: string, error: unknown, pace: ImportPace): string {
  const { code = '' } = error as { code?: string };
  const reason = messageOf(error).replace(/\s+/g, ' ');
  if (/SQLITE_CORRUPT|SQLITE_NOTADB/.test(code)) return corrupt(path, `${reason}, at ${pace.place}`).message;
  const advice = advices.find(([pattern]) => pattern.test(`${code} ${reason}`))?.[1];
  return (
    `The database ${path} of the earlier platform was not taken over; it is as it was. ` +
    `It stopped at ${pace.place}: ${reason}.${advice === undefined ? '' : ` ${advice}`} ` +
    'Or choose another file with --db-path.'
  );
}
