/** Names of the IPC channels: apart from their schemas, so that the bridge needs no more than these. */

/** Questions of a page to the program, each with an answer. */
export const channels = {
  signIn: 'session:sign-in',
  readStart: 'start:read',
  actOnStart: 'start:act',
  readDesktop: 'desktop:read',
  savePreferences: 'desktop:save-preferences',
  setLooks: 'window:set-looks',
  find: 'window:find',
  chooseFolder: 'data:choose-folder',
  moveData: 'data:move',
  restoreFile: 'backup:restore-file',
  checkForUpdate: 'update:check',
  installUpdate: 'update:install',
} as const;

/** What the program tells a page by itself. */
export const events = {
  navigate: 'window:navigate',
  openFind: 'window:open-find',
  startChanged: 'start:changed',
  desktopChanged: 'desktop:changed',
} as const;
