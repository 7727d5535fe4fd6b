/** The menus of the window, as data. */
import type { MenuItemConstructorOptions } from 'electron';

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
  ['Overview', ''],
  ['Fleet', '/fleet'],
  ['Blocks', '/blocks'],
  ['Market', '/market'],
  ['Leases', '/leases'],
  ['Chain', '/chain'],
  ['System', '/system'],
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
  isDevelopment: boolean,
): MenuItemConstructorOptions[] {
  const isMac = system === 'darwin';
  const settings: MenuItemConstructorOptions = {
    label: 'Settings…',
    accelerator: 'CmdOrCtrl+,',
    click: () => actions.go('/desktop'),
  };
  const quit: MenuItemConstructorOptions = {
    label: 'Quit',
    accelerator: 'CmdOrCtrl+Q',
    click: () => actions.quit(),
  };
  return [
    ...(isMac ? [programMenu(actions, settings, quit)] : []),
    {
      label: '&File',
      submenu: [
        { label: 'Restore a backup…', click: () => actions.restoreBackup() },
        { label: 'Show data folder', click: () => actions.showDataFolder() },
        { label: 'Open in browser', click: () => actions.openInBrowser() },
        ...(isMac ? [] : [{ type: 'separator' } as const, settings]),
        { type: 'separator' },
        { role: 'close' },
        ...(isMac ? [] : [quit]),
      ],
    },
    editMenu(actions),
    viewMenu(actions, isDevelopment),
    {
      label: '&Go',
      submenu: places.map(([label, place], index) => ({
        label,
        accelerator: `CmdOrCtrl+${index + 1}`,
        click: () => actions.go(place),
      })),
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        { label: 'Show log', click: () => actions.showLog() },
        ...(isMac ? [] : [{ label: 'About XenBlocks', click: () => actions.about() }]),
      ],
    },
  ];
}

function programMenu(
  actions: MenuActions,
  settings: MenuItemConstructorOptions,
  quit: MenuItemConstructorOptions,
): MenuItemConstructorOptions {
  return {
    label: 'XenBlocks',
    submenu: [
      { label: 'About XenBlocks', click: () => actions.about() },
      { type: 'separator' },
      settings,
      { type: 'separator' },
      { role: 'services' },
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      quit,
    ],
  };
}

function editMenu(actions: MenuActions): MenuItemConstructorOptions {
  return {
    label: '&Edit',
    submenu: [
      { role: 'undo' },
      { role: 'redo' },
      { type: 'separator' },
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'selectAll' },
      { type: 'separator' },
      { label: 'Find…', accelerator: 'CmdOrCtrl+F', click: () => actions.find() },
    ],
  };
}

function viewMenu(actions: MenuActions, isDevelopment: boolean): MenuItemConstructorOptions {
  return {
    label: '&View',
    submenu: [
      { role: 'reload' },
      { type: 'separator' },
      { label: 'Actual size', accelerator: 'CmdOrCtrl+0', click: () => actions.zoom(0) },
      { label: 'Zoom in', accelerator: 'CmdOrCtrl+Plus', click: () => actions.zoom(0.5) },
      // The key of the plus sign without Shift.
      {
        label: 'Zoom in',
        accelerator: 'CmdOrCtrl+=',
        click: () => actions.zoom(0.5),
        visible: false,
        acceleratorWorksWhenHidden: true,
      },
      { label: 'Zoom out', accelerator: 'CmdOrCtrl+-', click: () => actions.zoom(-0.5) },
      { type: 'separator' },
      { role: 'togglefullscreen' },
      ...(isDevelopment ? [{ type: 'separator' } as const, { role: 'toggleDevTools' } as const] : []),
    ],
  };
}
