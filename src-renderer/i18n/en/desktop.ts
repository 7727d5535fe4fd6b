/** Settings that only the desktop program has. */
export const desktop = {
  subtitle: 'How this program behaves on this machine, and where the platform listens.',
  none: {
    title: 'Only in the desktop program',
    text: 'These settings belong to the program on the machine of the platform. The platform’s own settings are on the System page.',
  },
  network: {
    title: 'Network',
    apiPort: 'Port of the dashboard and the API',
    mqttPort: 'Port of the MQTT broker',
    mqttOpen: 'Miners on the network may connect',
    mqttOpenHint: 'Off: only miners on this machine.',
    apiOpen: 'Dashboard and API on the network',
    apiOpenHint: 'Off: only this machine sees them.',
    warning:
      'Everyone on your network reaches what is on. Sign-in and keys protect what changes something, but the connection is not encrypted: never forward these ports to the Internet.',
    apply: 'Apply and restart the platform',
    applyHint: 'Miners reconnect by themselves. If the platform does not start so, it goes on as before.',
    applied: 'The platform runs with the new settings.',
  },
  data: {
    title: 'Data folder',
    hint: 'Database, settings, keys and backups. Moving copies everything, checks the copy and starts from there; the old folder stays.',
    move: 'Move the data',
    moveTitle: 'Move the data to {folder}',
    moveText:
      'The platform stops for the time of the copy. Miners reconnect by themselves; nothing is deleted.',
  },
  program: {
    title: 'Behaviour',
    onClose: {
      label: 'When the window is closed',
      ask: 'Ask',
      tray: 'Keep running in the tray',
      quit: 'Quit',
    },
    startAtLogin: 'Start when you sign in to this machine',
    notifyBlocks: 'Notify of blocks',
    notifyLeases: 'Notify of leases that start and end',
    notifyAlerts: 'Notify of alerts',
  },
  update: {
    title: 'Updates',
    version: 'Version {version}, Electron {electron}',
    idle: 'Not looked for yet.',
    checking: 'Looking for a newer version',
    current: 'This is the newest version.',
    downloading: 'Version {version} is being downloaded: {percent} %',
    ready: 'Version {version} is ready. It is put in when the program quits.',
    automatic: 'Look for updates by itself',
    check: 'Look now',
    install: 'Restart with the new version',
  },
  find: { label: 'Find in page', previous: 'Previous', next: 'Next', close: 'Close' },
  drop: {
    notABackup: '{name} is not a backup: those end with .db.',
    restored: 'The backup was restored',
  },
} as const;
