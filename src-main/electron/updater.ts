/** Whether and how this copy of the program can be replaced by a newer one. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';
import type { Updater } from './updates.ts';
import type { Words } from './words.ts';

/** Files that electron-builder puts beside the program: where newer ones are, and what kind of package this is. */
const [placeFile, kindFile] = ['app-update.yml', 'package-type'] as const;

/** Why this copy can't update itself; empty when it can. */
export function updateRefusal(words: Words['updates']): string {
  if (!app.isPackaged) return words.fromSources;
  if (!existsSync(join(process.resourcesPath, placeFile))) return words.noPlace;
  const isUnpacked = process.platform === 'linux' && !isAppImage() && packageKind() === '';
  return isUnpacked ? words.unpacked : '';
}

function isAppImage(): boolean {
  return process.env['APPIMAGE'] !== undefined;
}

/** `deb` or `rpm`; empty: neither. */
function packageKind(): string {
  try {
    return readFileSync(join(process.resourcesPath, kindFile), 'utf8').trim();
  } catch {
    return '';
  }
}

/** A package of the system asks for a password when it is put in: never while somebody only wanted to quit. */
export function installsOnQuit(): boolean {
  return process.platform !== 'linux' || isAppImage();
}

/** Loaded when it is first needed: the start does not wait for it. */
export async function loadUpdater(): Promise<Updater> {
  const { default: library } = await import('electron-updater');
  return library.autoUpdater;
}
