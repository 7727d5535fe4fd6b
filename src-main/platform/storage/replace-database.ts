/**
 * Putting a finished database in the place of another one, so that whatever ends the process in the middle, the next
 * start finds either the old one with its log, or the new one.
 *
 * The moment at which the new one counts is a rename to a name of its own: from then on the old log is removed, because
 * SQLite would apply it to the new file, and the file moves to its place. Each step can be done again.
 */
import { closeSync, existsSync, fsyncSync, openSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** What SQLite puts beside a database. */
const companions = ['-wal', '-shm', '-journal'] as const;

const pendingSuffix = '.replacing';

/** The file behind a path that may be a symbolic link; the path itself while there is no file. */
export function realFile(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

/** Writes to disk what the operating system holds of a file or a folder. */
export function syncToDisk(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Renames a file; on disk when it returns. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  // Windows knows no sync of a folder, and needs none.
  if (process.platform !== 'win32') syncToDisk(dirname(to));
}

/** Whether a replacement was decided and perhaps not finished. */
export function isReplacementPending(path: string): boolean {
  return existsSync(`${realFile(path)}${pendingSuffix}`);
}

/**
 * Decides that `next`, closed and on disk, is the database from now on; `finishReplacement` moves it there. Nobody else
 * may have the database open.
 *
 * @param next in the same folder, without a log
 */
export function decideReplacement(path: string, next: string): void {
  renameDurably(next, `${realFile(path)}${pendingSuffix}`);
}

/** Finishes a replacement that was decided, now or by a process that is gone. */
export function finishReplacement(path: string): void {
  const file = realFile(path);
  for (const suffix of companions) rmSync(`${file}${suffix}`, { force: true });
  renameDurably(`${file}${pendingSuffix}`, file);
}
