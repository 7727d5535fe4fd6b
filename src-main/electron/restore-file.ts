/** Restores from the window: a backup by its name, or a file that was dropped on it. */
import type { Config } from '../contract/config.ts';
import { restoreFile } from '../platform/operations/backups.ts';
import type { Words } from './words.ts';

/**
 * Puts a backup or a database file in the place of the database, while nothing runs. It is verified before, and the
 * present database becomes a backup.
 *
 * @returns what happened, for people
 * @throws Error in one line; nothing was changed then
 */
export async function restoreInPlace(config: Config, from: string, words: Words['restore']): Promise<string> {
  const watch = { signal: new AbortController().signal, onProgress: () => undefined };
  const { source, before, folder } = await restoreFile(config, { from, acceptsWrongLedger: false }, watch);
  return `${words.done(source)}${before === '' ? '' : words.kept(before, folder)}`;
}
