/** The files of an import: where they lie, whose they are, and what is left when it ends early. */
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { removeDatabase } from '../../storage/copy-database.ts';

export interface ImportFiles {
  /** The copy of the original, until everything else is done. */
  readonly backupDraft: string;
  /** The new database, until it is complete. */
  readonly draft: string;
  /** For good. */
  readonly backup: string;
  readonly reportText: string;
  readonly reportJson: string;
  /** A folder to be removed with all that is in it; undefined: the files lie beside the original. */
  readonly trialFolder: string | undefined;
}

/** What tells whether a database and its log were written to. */
export type FileState = string;

const ownerOnly = 0o600;

/**
 * @param path the original, no symbolic link
 * @param isTrial in a folder of its own, so that nothing appears beside the original
 */
export function placeFiles(path: string, nowMs: number, isTrial: boolean): ImportFiles {
  const trialFolder = isTrial ? mkdtempSync(join(tmpdir(), 'xenblocks-migrate-')) : undefined;
  const base = trialFolder === undefined ? path : join(trialFolder, basename(path));
  const moment = new Date(nowMs).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  let stamp = moment;
  for (let number = 2; existsSync(`${base}.before-import-${stamp}.bak`); number += 1)
    stamp = `${moment}-${number}`;
  return {
    backupDraft: `${base}.importing-backup`,
    draft: `${base}.importing`,
    backup: `${base}.before-import-${stamp}.bak`,
    reportText: `${base}.import-${stamp}.txt`,
    reportJson: `${base}.import-${stamp}.json`,
    trialFolder,
  };
}

/** Removes what is of no use without the end of the import; what can't be removed stays. */
export function removeDrafts({ backupDraft, draft, trialFolder }: ImportFiles): void {
  const removals = [
    () => removeDatabase(backupDraft),
    () => removeDatabase(draft),
    () => trialFolder !== undefined && rmSync(trialFolder, { recursive: true, force: true }),
  ];
  for (const remove of removals) {
    try {
      remove();
    } catch {
      // Whatever lies there stands in the way of the next step, which says so.
    }
  }
}

/** Changes with every write. */
export function stateOf(path: string): FileState {
  return [path, `${path}-wal`, `${path}-journal`]
    .map((file) => {
      const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
      return stat ? `${stat.ino} ${stat.size} ${stat.mtimeNs}` : '-';
    })
    .join(', ');
}

/** Bytes of a database with its log. */
export function sizeOf(path: string): number {
  return [path, `${path}-wal`].reduce(
    (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** Only its owner may read it, and the owner is the original's: a command of root must not lock the service out. */
export function keepPrivate(file: string, original: string): void {
  chmodSync(file, ownerOnly);
  giveToOwnerOf(original, file);
}

/** The new database may be read and written by whoever could before. */
export function takeRightsOf(original: string, file: string): void {
  giveToOwnerOf(original, file);
  chmodSync(file, statSync(original).mode & 0o777);
}

function giveToOwnerOf(original: string, file: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(original);
  chownSync(file, uid, gid);
}
