/** Answers to the pages' calls. */
import { stat } from 'node:fs/promises';
import { app, dialog } from 'electron';
import type { Outcome } from '../contract/ipc/calls.ts';
import type { DesktopState, PreferenceChanges } from '../contract/ipc/preferences.ts';
import { messageOf } from '../platform/kernel/app-error.ts';
import { version } from '../platform/version.ts';
import { copyData, emptyFolder, refusalOf } from './data-folder.ts';
import type { DesktopParts } from './desktop-app.ts';
import type { IpcHandlers } from './ipc-gate.ts';
import { setStartAtLogin } from './login-item.ts';
import { ask } from './questions.ts';
import { restoreInPlace } from './restore-file.ts';

/** Everything that the desktop's settings page shows of the desktop itself. */
export function toDesktopState({ host, preferences, updates, words }: DesktopParts): DesktopState {
  return {
    version,
    electronVersion: process.versions.electron,
    dataFolder: host.dataFolder,
    moveRefusal: host.isFolderGiven ? words.data.folderGiven : '',
    preferences: preferences.value,
    update: updates.state,
  };
}

export function createHandlers(parts: DesktopParts): IpcHandlers {
  const { host, window, updates, desk } = parts;
  return {
    signIn() {
      const { platform } = host;
      if (!platform) throw new Error('The platform is not running.');
      return platform.operatorSignIn();
    },
    readStart: () => desk.state,
    actOnStart: (action) => desk.act(action),
    readDesktop: () => toDesktopState(parts),
    async savePreferences(changes) {
      await savePreferences(parts, changes);
      return toDesktopState(parts);
    },
    setLooks(looks) {
      parts.setLooks(looks);
    },
    find({ text, isForward, isNext }) {
      if (text === '') window.contents?.stopFindInPage('keepSelection');
      else window.contents?.findInPage(text, { forward: isForward, findNext: !isNext });
    },
    chooseFolder: () => chooseFolder(parts),
    moveData: ({ folder }) => moveData(parts, folder),
    restoreFile: ({ path }) => restoreDropped(parts, path),
    async checkForUpdate() {
      await updates.check();
      return toDesktopState(parts);
    },
    installUpdate() {
      parts.installUpdate();
    },
  };
}

async function savePreferences({ preferences }: DesktopParts, changes: PreferenceChanges): Promise<void> {
  const { startAtLogin } = changes;
  // First what can fail: a switch that shows what is not so would be worse than one that does not move.
  if (startAtLogin !== undefined && startAtLogin !== preferences.value.startAtLogin)
    await setStartAtLogin(startAtLogin);
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  await preferences.change(given);
}

async function chooseFolder({ window, words }: DesktopParts): Promise<string> {
  const options = {
    title: words.data.choose,
    properties: ['openDirectory' as const, 'createDirectory' as const],
  };
  const { native } = window;
  const { filePaths } = native
    ? await dialog.showOpenDialog(native, options)
    : await dialog.showOpenDialog(options);
  return filePaths[0] ?? '';
}

async function moveData(parts: DesktopParts, folder: string): Promise<Outcome> {
  const { host, preferences } = parts;
  const words = parts.words.data;
  const from = host.dataFolder;
  if (host.isFolderGiven) return refused(words.folderGiven);
  const refusal = await refusalOf(from, folder, words);
  if (refusal !== '') return refused(refusal);
  const before = preferences.value.dataFolder;
  try {
    await host.stopped(async () => {
      await copyData(from, folder);
      await preferences.change({ dataFolder: folder });
    });
  } catch (error) {
    return refused(words.notMoved(messageOf(error), from));
  }
  if (host.state.kind !== 'failed') return { ok: true, detail: words.moved(folder, from) };
  const reason = messageOf(host.state.error);
  await preferences.change({ dataFolder: before });
  await host.start();
  await emptyFolder(folder);
  return refused(words.notStarted(folder, reason, from));
}

async function restoreDropped(parts: DesktopParts, path: string): Promise<Outcome> {
  const { host } = parts;
  const words = parts.words.restore;
  const config = host.settings?.inForce.config;
  const found = await stat(path).catch(() => undefined);
  if (!config || !found?.isFile()) return refused(words.noFile(path));
  const response = await ask(parts, {
    type: 'warning',
    message: words.question,
    detail: words.detail(path),
    buttons: [words.restore, words.cancel],
    defaultId: 1,
    cancelId: 1,
  });
  if (response !== 0) return refused('');
  try {
    return { ok: true, detail: await host.stopped(() => restoreInPlace(config, path, words)) };
  } catch (error) {
    return refused(words.failed(messageOf(error)));
  }
}

function refused(detail: string): Outcome {
  return { ok: false, detail };
}

/** Lets the person choose a file to restore, from the menu. */
export async function chooseAndRestore(parts: DesktopParts): Promise<void> {
  const words = parts.words.restore;
  const { filePaths } = await dialog.showOpenDialog({
    title: words.title,
    properties: ['openFile'],
    filters: [{ name: words.backups, extensions: ['db'] }],
  });
  const [path] = filePaths;
  if (path === undefined) return;
  const { ok, detail } = await restoreDropped(parts, path);
  if (!ok && detail !== '') dialog.showErrorBox(words.refused, detail);
}

/** Name, version and licence. */
export function showAbout(words: DesktopParts['words']['about']): void {
  app.setAboutPanelOptions({
    applicationName: words.name,
    applicationVersion: version,
    copyright: words.licence,
  });
  app.showAboutPanel();
}
