/** Moving the data to another folder: copied, started from there, and only then used; the old folder stays as it is. */
import { cp, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Words } from './words.ts';

/** Held by the system while something runs; not data. */
const notCopied = /\.(lock|partial)$|-shm$/;

/**
 * Why a folder can't take the data; empty when it can.
 *
 * @param from where the data lie now
 */
export async function refusalOf(from: string, to: string, words: Words['data']): Promise<string> {
  const [source, target] = [resolve(from), resolve(to)];
  if (source === target) return words.same;
  if (!relative(source, target).startsWith('..')) return words.inside;
  const found = await stat(target).catch(() => undefined);
  if (found && !found.isDirectory()) return words.noFolder(target);
  const entries = found ? await readdir(target) : [];
  return entries.length > 0 ? words.notEmpty(target) : '';
}

/**
 * Copies all data while nothing has them open.
 *
 * @throws what the file system says; nothing is left of the copy then
 */
export async function copyData(from: string, to: string): Promise<void> {
  const target = resolve(to);
  await mkdir(target, { recursive: true, mode: 0o700 });
  try {
    await cp(from, target, {
      recursive: true,
      preserveTimestamps: true,
      filter: (path) => !notCopied.test(path),
    });
    await requireSame(from, target);
  } catch (error) {
    await emptyFolder(target);
    throw error;
  }
}

/** Every file has to be there in full. */
async function requireSame(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || notCopied.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const copy = join(to, relative(from, path));
    const [before, after] = await Promise.all([stat(path), stat(copy)]);
    if (before.size !== after.size) throw new Error(`${copy} was not copied in full.`);
  }
}

/** Takes back what a failed copy left. */
export async function emptyFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) await rm(join(folder, name), { recursive: true, force: true });
}
