/** Answers to the pages' calls. */
import { stat } from 'node:fs/promises';
import { app, dialog, nativeTheme } from 'electron';
import type { Outcome } from '../contract/ipc/calls.ts';
import type { DesktopState, PreferenceChanges } from '../contract/ipc/preferences.ts';
import { messageOf } from '../platform/kernel/app-error.ts';
import { version } from '../platform/version.ts';
import { copyData, emptyFolder, refusalOf } from './data-folder.ts';
import type { DesktopParts } from './desktop-app.ts';
import type { IpcHandlers } from './ipc-gate.ts';
import { setStartAtLogin } from './login-item.ts';
import { restoreInPlace } from './restore-file.ts';

/** Everything that the desktop's settings page shows of the desktop itself. */
export function toDesktopState({ host, preferences, updates }: DesktopParts): DesktopState {
  return {
    version,
    electronVersion: process.versions.electron,
    dataFolder: host.dataFolder,
    moveRefusal: host.isFolderGiven
      ? 'The folder was named when the program was started (--data-dir): start it without, to move the data here.'
      : '',
    preferences: preferences.value,
    update: updates.state,
  };
}

export function createHandlers(parts: DesktopParts): IpcHandlers {
  const { host, window, preferences, updates, desk } = parts;
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
    setTheme(theme) {
      nativeTheme.themeSource = theme;
      void preferences.change({ theme }).catch(() => undefined);
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

async function chooseFolder({ window }: DesktopParts): Promise<string> {
  const options = {
    title: 'Folder for the data',
    properties: ['openDirectory' as const, 'createDirectory' as const],
  };
  const { native } = window;
  const { filePaths } = native
    ? await dialog.showOpenDialog(native, options)
    : await dialog.showOpenDialog(options);
  return filePaths[0] ?? '';
}

async function moveData({ host, preferences }: DesktopParts, folder: string): Promise<Outcome> {
  const from = host.dataFolder;
  if (host.isFolderGiven) return refused('The folder was named when the program was started (--data-dir).');
  const refusal = await refusalOf(from, folder);
  if (refusal !== '') return refused(refusal);
  const before = preferences.value.dataFolder;
  try {
    await host.stopped(async () => {
      await copyData(from, folder);
      await preferences.change({ dataFolder: folder });
    });
  } catch (error) {
    return refused(`The data were not moved: ${messageOf(error)}. They are where they were: ${from}.`);
  }
  if (host.state.kind !== 'failed')
    return {
      ok: true,
      detail: `The data lie in ${folder} now. ${from} was left as it is: delete it when you like.`,
    };
  const reason = messageOf(host.state.error);
  await preferences.change({ dataFolder: before });
  await host.start();
  await emptyFolder(folder);
  return refused(`The platform did not start from ${folder}: ${reason} It runs from ${from} as before.`);
}

async function restoreDropped({ host, window }: DesktopParts, path: string): Promise<Outcome> {
  const config = host.settings?.inForce.config;
  const found = await stat(path).catch(() => undefined);
  if (!config || !found?.isFile()) return refused(`${path} is not a file.`);
  const question = {
    type: 'warning' as const,
    message: 'Restore this file?',
    detail: `${path} takes the place of the database. It is verified before, and the present database is kept as a backup. Miners reconnect by themselves.`,
    buttons: ['Restore', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
  };
  const { native } = window;
  const { response } = native
    ? await dialog.showMessageBox(native, question)
    : await dialog.showMessageBox(question);
  if (response !== 0) return refused('');
  try {
    return { ok: true, detail: await host.stopped(() => restoreInPlace(config, path)) };
  } catch (error) {
    return refused(`Nothing was restored: ${messageOf(error)}`);
  }
}

function refused(detail: string): Outcome {
  return { ok: false, detail };
}

/** Lets the person choose a file to restore, from the menu. */
export async function chooseAndRestore(parts: DesktopParts): Promise<void> {
  const { filePaths } = await dialog.showOpenDialog({
    title: 'Restore a backup',
    properties: ['openFile'],
    filters: [{ name: 'Backups', extensions: ['db'] }],
  });
  const [path] = filePaths;
  if (path === undefined) return;
  const { ok, detail } = await restoreDropped(parts, path);
  if (!ok && detail !== '') dialog.showErrorBox('Nothing was restored', detail);
}

/** Name, version and licence. */
export function showAbout(): void {
  app.setAboutPanelOptions({
    applicationName: 'XenBlocks control center',
    applicationVersion: version,
    copyright: 'MIT licence',
  });
  app.showAboutPanel();
}
