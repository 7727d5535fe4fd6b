/**
 * What a restore writes down beside the database before it touches it, so that whoever starts next, after whatever
 * end, knows what was done, finishes it or takes it back, and tells it in the audit log.
 */
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf, StartupError } from '../../kernel/app-error.ts';
import { syncFolder, writeWhole } from '../../kernel/whole-file.ts';
import { removeDatabase } from '../../storage/copy-database.ts';
import type { BackupFolder } from './backup-folder.ts';

const journalSchema = z.object({
  /** `swapping`: the files are being exchanged; `swapped`: they are; `undone`: they were, and are back again. */
  state: z.enum(['swapping', 'swapped', 'undone']),
  from: z.string(),
  by: z.string(),
  remoteAddress: z.string(),
  atMs: z.number(),
  /** Name of the backup that the database before becomes; empty: there was none. */
  before: z.string(),
  /** What was taken over from it, in words. */
  detail: z.string(),
});
export type RestoreJournal = z.infer<typeof journalSchema>;

/** The restored database until it takes its place. */
export function preparedFileOf(databasePath: string): string {
  return `${databasePath}.restoring`;
}

function journalFileOf(databasePath: string): string {
  return `${databasePath}.restore.json`;
}

export function writeJournal(databasePath: string, journal: RestoreJournal): Promise<void> {
  return writeWhole(journalFileOf(databasePath), `${JSON.stringify(journal, null, 2)}\n`);
}

export async function removeJournal(databasePath: string): Promise<void> {
  await rm(journalFileOf(databasePath), { force: true });
}

/** Undefined when no restore was begun. @throws StartupError when it can't be read */
export async function readJournal(databasePath: string): Promise<RestoreJournal | undefined> {
  const path = journalFileOf(databasePath);
  if (!existsSync(path)) return undefined;
  try {
    return journalSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new StartupError(
      `The file ${path}, in which a restore wrote down what it did, can't be read: ${messageOf(error)}. ` +
        'Look at the database and its backups, then remove that file.',
      { cause: error },
    );
  }
}

/**
 * Brings a restore to an end that did not come to one itself. Nothing may have the database open.
 *
 * @returns what became of it, to be told; undefined when there was none, or nothing had been exchanged yet
 */
export async function settleRestore(
  databasePath: string,
  folder: BackupFolder,
): Promise<RestoreJournal | undefined> {
  const journal = await readJournal(databasePath);
  const prepared = preparedFileOf(databasePath);
  if (!journal) {
    if (existsSync(prepared)) removeDatabase(prepared);
    return undefined;
  }
  const { before } = journal;
  if (journal.state === 'swapping' && existsSync(prepared)) {
    // The exchange is one rename, and it did not happen.
    removeDatabase(prepared);
    if (before !== '') await rm(folder.partialOf(before), { force: true });
    const untouched: RestoreJournal = {
      ...journal,
      state: 'undone',
      detail: 'interrupted; nothing was changed',
    };
    await writeJournal(databasePath, untouched);
    return untouched;
  }
  if (before !== '' && existsSync(folder.partialOf(before))) {
    await rename(folder.partialOf(before), folder.fileOf(before));
    await syncFolder(folder.path);
  }
  if (journal.state === 'undone') return journal;
  const isBack = before !== '' && !existsSync(folder.fileOf(before));
  const settled: RestoreJournal = { ...journal, state: isBack ? 'undone' : 'swapped' };
  await writeJournal(databasePath, settled);
  return settled;
}
