/** Files that are there whole or not at all. */
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Ends the name of a file that is being written. */
export const partialSuffix = '.partial';

/** Only for its owner. */
export const ownerOnly = 0o600;

/** Replaces a file such that it is there whole or not at all, also after a power cut; only its owner may read it. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const partial = `${path}${partialSuffix}`;
  const file = await open(partial, 'w', ownerOnly);
  try {
    // A leftover of an interrupted write keeps the rights that it had.
    await file.chmod(ownerOnly);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, path);
  await syncFolder(dirname(path));
}

/** Makes renames in a folder durable; where a folder can't be opened, the system does it by itself. */
export async function syncFolder(folder: string): Promise<void> {
  const file = await open(folder, 'r').catch(() => undefined);
  await file?.sync().catch(() => undefined);
  await file?.close();
}
