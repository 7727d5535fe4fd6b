/** The menus of the window, as data. */
import type { MenuItemConstructorOptions } from 'electron';
import type { Words } from './words.ts';

type MenuWords = Words['menu'];

/** What the menus do beside what the system does by itself. */
export interface MenuActions {
  /** Goes to a place of the dashboard. */
  go(place: string): void;
  find(): void;
  zoom(step: number): void;
  restoreBackup(): void;
  showDataFolder(): void;
  showLog(): void;
  openInBrowser(): void;
  about(): void;
  quit(): void;
}

/** Places of the dashboard that have an entry, in the order of its sidebar. */
const places = [
  ['overview', ''],
  ['fleet', '/fleet'],
  ['blocks', '/blocks'],
  ['market', '/market'],
  ['leases', '/leases'],
  ['chain', '/chain'],
  ['system', '/system'],
] as const;

/**
 * The template of the menu bar.
 *
 * @param system as Node names it: macOS has a menu of the program and its own shortcuts
 * @param isDevelopment adds the developer tools
 */
export function menuTemplate(
  system: string,
  actions: MenuActions,
  words: MenuWords,
  isDevelopment: boolean,
): MenuItemConstructorOptions[] {
  const isMac = system === 'darwin';
  const settings: MenuItemConstructorOptions = {
    label: words.settings,
    accelerator: 'CmdOrCtrl+,',
    click: () => actions.go('/desktop'),
  };
  const quit: MenuItemConstructorOptions = {
    label: words.quit,
    accelerator: 'CmdOrCtrl+Q',
    click: () => actions.quit(),
  };
  return [
    ...(isMac ? [programMenu(actions, words, settings, quit)] : []),
    {
      label: words.file,
      submenu: [
        { label: words.restoreBackup, click: () => actions.restoreBackup() },
        { label: words.showDataFolder, click: () => actions.showDataFolder() },
        { label: words.openInBrowser, click: () => actions.openInBrowser() },
        ...(isMac ? [] : [{ type: 'separator' } as const, settings]),
        { type: 'separator' },
        { role: 'close', label: words.close },
        ...(isMac ? [] : [quit]),
      ],
    },
    editMenu(actions, words),
    viewMenu(actions, words, isDevelopment),
    {
      label: words.go,
      submenu: places.map(([name, place], index) => ({
        label: words[name],
        accelerator: `CmdOrCtrl+${index + 1}`,
        click: () => actions.go(place),
      })),
    },
    windowMenu(words, isMac),
    {
      role: 'help',
      label: words.help,
      submenu: [
        { label: words.saveDiagnostics, click: () => actions.go('/system/self-check') },
        { label: words.showLog, click: () => actions.showLog() },
        ...(isMac ? [] : [{ label: words.about, click: () => actions.about() }]),
      ],
    },
  ];
}

function programMenu(
  actions: MenuActions,
  words: MenuWords,
  settings: MenuItemConstructorOptions,
  quit: MenuItemConstructorOptions,
): MenuItemConstructorOptions {
  return {
    label: 'XenBlocks',
    submenu: [
      { label: words.about, click: () => actions.about() },
      { type: 'separator' },
      settings,
      { type: 'separator' },
      { role: 'services', label: words.services },
      { type: 'separator' },
      { role: 'hide', label: words.hide },
      { role: 'hideOthers', label: words.hideOthers },
      { role: 'unhide', label: words.showAll },
      { type: 'separator' },
      quit,
    ],
  };
}

function editMenu(actions: MenuActions, words: MenuWords): MenuItemConstructorOptions {
  return {
    label: words.edit,
    submenu: [
      { role: 'undo', label: words.undo },
      { role: 'redo', label: words.redo },
      { type: 'separator' },
      { role: 'cut', label: words.cut },
      { role: 'copy', label: words.copy },
      { role: 'paste', label: words.paste },
      { role: 'selectAll', label: words.selectAll },
      { type: 'separator' },
      { label: words.find, accelerator: 'CmdOrCtrl+F', click: () => actions.find() },
    ],
  };
}

function viewMenu(
  actions: MenuActions,
  words: MenuWords,
  isDevelopment: boolean,
): MenuItemConstructorOptions {
  return {
    label: words.view,
    submenu: [
      { role: 'reload', label: words.reload },
      { type: 'separator' },
      { label: words.actualSize, accelerator: 'CmdOrCtrl+0', click: () => actions.zoom(0) },
      { label: words.zoomIn, accelerator: 'CmdOrCtrl+Plus', click: () => actions.zoom(0.5) },
      // The key of the plus sign without Shift.
      {
        label: words.zoomIn,
        accelerator: 'CmdOrCtrl+=',
        click: () => actions.zoom(0.5),
        visible: false,
        acceleratorWorksWhenHidden: true,
      },
      { label: words.zoomOut, accelerator: 'CmdOrCtrl+-', click: () => actions.zoom(-0.5) },
      { type: 'separator' },
      { role: 'togglefullscreen', label: words.fullScreen },
      ...(isDevelopment
        ? [{ type: 'separator' } as const, { role: 'toggleDevTools', label: words.developerTools } as const]
        : []),
    ],
  };
}

function windowMenu(words: MenuWords, isMac: boolean): MenuItemConstructorOptions {
  const more: MenuItemConstructorOptions[] = [
    { role: 'zoom', label: words.maximize },
    { type: 'separator' },
    { role: 'front', label: words.toFront },
  ];
  return {
    role: 'windowMenu',
    label: words.window,
    submenu: [{ role: 'minimize', label: words.minimize }, ...(isMac ? more : [])],
  };
}
