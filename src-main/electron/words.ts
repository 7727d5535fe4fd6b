/** Every text that the program itself shows, in English; `words-de.ts` has the same in German. */
import type { AlertKind } from '../contract/domain/alert.ts';
import type { DesktopLanguage } from '../contract/ipc/preferences.ts';
import { de } from './words-de.ts';

/** `1 worker`, `2 workers`. */
const counted = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export const en = {
  menu: {
    file: '&File',
    restoreBackup: 'Restore a backup…',
    showDataFolder: 'Show data folder',
    openInBrowser: 'Open in browser',
    settings: 'Settings…',
    close: 'Close window',
    quit: 'Quit',
    edit: '&Edit',
    undo: 'Undo',
    redo: 'Redo',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    selectAll: 'Select all',
    find: 'Find…',
    view: '&View',
    reload: 'Reload',
    actualSize: 'Actual size',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    fullScreen: 'Full screen',
    developerTools: 'Developer tools',
    go: '&Go',
    overview: 'Overview',
    fleet: 'Fleet',
    blocks: 'Blocks',
    market: 'Market',
    leases: 'Leases',
    chain: 'Chain',
    system: 'System',
    window: '&Window',
    minimize: 'Minimise',
    maximize: 'Zoom',
    toFront: 'Bring all to front',
    help: '&Help',
    saveDiagnostics: 'Save diagnostics…',
    showLog: 'Show log',
    about: 'About XenBlocks',
    services: 'Services',
    hide: 'Hide XenBlocks',
    hideOthers: 'Hide others',
    showAll: 'Show all',
  },
  tray: {
    notRunning: 'The platform is not running',
    noWorkers: 'No workers yet',
    online: (online: number, workers: number) => `${online} of ${counted(workers, 'worker')} online`,
    leases: (count: number) => counted(count, 'active lease'),
    offline: (count: number) => `${counted(count, 'worker')} offline`,
    alerts: (count: number) => counted(count, 'alert'),
    open: 'Open XenBlocks',
    pauseAll: 'Pause all workers',
    resumeAll: 'Resume all workers',
    startSimulator: 'Start the simulator',
    stopSimulator: 'Stop the simulator',
    copyLanAddress: 'Copy LAN address',
    quit: 'Quit',
  },
  actions: {
    notPaused: 'Workers were not paused',
    notResumed: 'Workers were not resumed',
    noSimulator: 'The simulator did not obey',
  },
  notices: {
    superblock: 'Superblock found',
    block: 'Block found',
    leaseStarted: 'Lease started',
    leaseFor: (worker: string, minutes: number) => `${worker} for ${minutes} min`,
    leaseCancelled: 'Lease cancelled',
    leaseEnded: 'Lease ended',
    alerts: {
      worker_offline: (count: number, worker: string) =>
        count === 1 ? `Worker ${worker} is offline` : `${count} workers are offline`,
      hashrate_drop: (count: number, worker: string) =>
        count === 1 ? `Hashrate of ${worker} dropped` : `Hashrate of ${count} workers dropped`,
      gpu_lost: (count: number, worker: string) =>
        count === 1 ? `${worker} lost a GPU` : `${count} workers lost GPUs`,
      worker_error: (count: number, worker: string) =>
        count === 1 ? `Worker ${worker} reports an error` : `${count} workers report errors`,
      lease_no_blocks: (count: number, worker: string) =>
        count === 1 ? `A lease of ${worker} finds no blocks` : `Leases of ${count} workers find no blocks`,
      honesty: (count: number, worker: string) =>
        count === 1 ? `${worker} claims more than it proves` : `${count} workers claim more than they prove`,
      disk_low: () => 'The disk is almost full',
      backup: () => 'A backup failed or is overdue',
      broker_limit: () => 'The MQTT broker is at its limit',
      certificate: () => 'A certificate ends soon',
      ledger: () => 'The ledger is wrong',
    } satisfies Record<AlertKind, (count: number, worker: string) => string>,
    alertOver: 'Over',
    many: {
      block: (count: number) => `${count} more blocks`,
      lease: (count: number) => `${count} more changes of leases`,
      alert: (count: number) => `${count} more alerts`,
    },
  },
  close: {
    question: 'Keep the platform running?',
    detail:
      'Without the window it goes on in the tray: miners stay connected, leases run. The settings can change this later.',
    keep: 'Keep running',
    quit: 'Quit',
    cancel: 'Cancel',
  },
  secondStart: {
    question: 'Restart the platform with other flags?',
    detail: (flags: string) =>
      `XenBlocks runs already, and was started again with ${flags}. The platform can restart with that; the other flags of its first start stay. Miners reconnect by themselves.`,
    restart: 'Restart with them',
    leave: 'Leave as it is',
    wrong: 'XenBlocks was started again with wrong flags',
    failed: 'The platform did not start with the other flags',
    failedDetail: (reason: string) => `${reason} It runs as before.`,
  },
  restore: {
    title: 'Restore a backup',
    backups: 'Backups',
    question: 'Restore this file?',
    detail: (path: string) =>
      `${path} takes the place of the database. It is verified before, and the present database is kept as a backup. Miners reconnect by themselves.`,
    restore: 'Restore',
    cancel: 'Cancel',
    noFile: (path: string) => `${path} is not a file.`,
    refused: 'Nothing was restored',
    failed: (reason: string) => `Nothing was restored: ${reason}`,
    done: (source: string) => `${source} was restored.`,
    kept: (name: string, folder: string) => ` The database before is kept as ${name} in ${folder}.`,
  },
  data: {
    choose: 'Folder for the data',
    folderGiven:
      'The folder was named when the program was started (--data-dir): start it without, to move the data here.',
    same: 'The data lie in that folder already.',
    inside: 'A folder inside of the present one can not take the data.',
    noFolder: (folder: string) => `${folder} is not a folder.`,
    notEmpty: (folder: string) => `${folder} is not empty. Choose an empty folder, or a new one.`,
    moved: (to: string, from: string) =>
      `The data lie in ${to} now. ${from} was left as it is: delete it when you like.`,
    notMoved: (reason: string, from: string) =>
      `The data were not moved: ${reason}. They are where they were: ${from}.`,
    notStarted: (to: string, reason: string, from: string) =>
      `The platform did not start from ${to}: ${reason} It runs from ${from} as before.`,
  },
  updates: {
    fromSources: 'This copy runs from its sources: update it with git.',
    unpacked: 'This copy runs from a folder that was unpacked: unpack the new version in its place.',
    noPlace: 'This copy was built without a place to look for newer ones.',
  },
  about: { name: 'XenBlocks control center', licence: 'MIT licence' },
  start: {
    starting: 'Starting the platform',
    titles: {
      port_taken: 'A port is taken',
      database: 'The database can’t be used',
      settings: 'The settings are not right',
      renderer: 'The dashboard stopped',
      other: 'The platform did not start',
    },
    apiPortTaken: (port: number) =>
      `Port ${port}, where the dashboard and the API are to listen, is taken by another program.`,
    mqttPortTaken: (port: number) =>
      `Port ${port}, where miners are to connect (MQTT), is taken by another program.`,
    pageEnded: (reason: string) =>
      `The dashboard’s page ended by itself several times (${reason}). The platform goes on; the dashboard can be opened in a browser meanwhile.`,
    noBackupFolder: 'The settings can not be read, so it is not known where the backups are.',
    usePort: (port: number) => `Use port ${port}`,
    openExisting: 'Open what runs there',
    openInBrowser: 'Open in browser',
    retry: 'Try again',
    reopen: 'Open the dashboard again',
    showLog: 'Show log',
    showDataFolder: 'Show data folder',
    quit: 'Quit',
    backups: 'Backups',
    backupsHint: 'A backup is verified before it takes the place of the database, which is kept.',
    restore: 'Restore',
    log: 'Log',
  },
};

/** The shape that every language fills. */
export type Words = typeof en;

/** What there is, beside the empty word for “as the system asks”. */
export type SpokenLanguage = Exclude<DesktopLanguage, ''>;

const languages: Readonly<Record<SpokenLanguage, Words>> = { en, de };

/**
 * The language to speak: the one that was chosen, or the first of the system's that is here.
 *
 * @param system BCP 47 tags, the most wanted first
 */
export function chooseLanguage(chosen: DesktopLanguage, system: readonly string[]): SpokenLanguage {
  const wished = [chosen, ...system].map((tag) => tag.split(/[-_]/)[0] as string);
  return wished.find((tag): tag is SpokenLanguage => Object.hasOwn(languages, tag)) ?? 'en';
}

/** The texts of a language. */
export function wordsOf(language: SpokenLanguage): Words {
  return languages[language];
}
