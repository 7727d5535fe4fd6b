/** What the tray shows and offers, as data. */
import type { MenuItemConstructorOptions } from 'electron';
import type { PlatformFigures } from '../platform/platform.ts';

/** `ok`: all workers are online; `warning`: some are not; `offline`: none is, or the platform does not run. */
export const trayLights = ['ok', 'warning', 'offline'] as const;
export type TrayLight = (typeof trayLights)[number];

export interface TrayView {
  readonly light: TrayLight;
  /** The state in a line. */
  readonly sentence: string;
  /** Text of the tool tip, and of the second line of the menu. */
  readonly detail: string;
  readonly isRunning: boolean;
  readonly isSimulating: boolean;
}

export interface TrayActions {
  open(): void;
  pauseAll(): void;
  resumeAll(): void;
  toggleSimulator(): void;
  copyLanAddress(): void;
  quit(): void;
}

/** H/s with three digits that matter, as the dashboard shows it. */
export function formatHashrate(hashrate: number): string {
  const units = ['H/s', 'kH/s', 'MH/s', 'GH/s'];
  const step = hashrate < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(hashrate) / 3));
  const value = hashrate / 1000 ** step;
  return `${new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(value)} ${units[step]}`;
}

/**
 * The state of the platform for the tray.
 *
 * @param figures undefined while it does not run
 */
export function toTrayView(figures: PlatformFigures | undefined): TrayView {
  if (!figures)
    return {
      light: 'offline',
      sentence: 'The platform is not running',
      detail: '',
      isRunning: false,
      isSimulating: false,
    };
  const { workers, online, hashrate, activeLeases, isSimulating } = figures;
  const missing = workers - online;
  return {
    light: online === 0 ? 'offline' : missing > 0 ? 'warning' : 'ok',
    sentence: workers === 0 ? 'No workers yet' : `${online} of ${workers} workers online`,
    detail: [
      formatHashrate(hashrate),
      ...(activeLeases > 0 ? [counted(activeLeases, 'active lease')] : []),
      ...(missing > 0 ? [`${counted(missing, 'worker')} offline`] : []),
    ].join(' · '),
    isRunning: true,
    isSimulating,
  };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** The template of the tray's menu. */
export function trayTemplate(view: TrayView, actions: TrayActions): MenuItemConstructorOptions[] {
  const { isRunning, isSimulating } = view;
  return [
    { label: view.sentence, enabled: false },
    ...(view.detail === '' ? [] : [{ label: view.detail, enabled: false }]),
    { type: 'separator' },
    { label: 'Open XenBlocks', click: () => actions.open() },
    { type: 'separator' },
    { label: 'Pause all workers', enabled: isRunning, click: () => actions.pauseAll() },
    { label: 'Resume all workers', enabled: isRunning, click: () => actions.resumeAll() },
    {
      label: isSimulating ? 'Stop the simulator' : 'Start the simulator',
      enabled: isRunning,
      click: () => actions.toggleSimulator(),
    },
    { label: 'Copy LAN address', enabled: isRunning, click: () => actions.copyLanAddress() },
    { type: 'separator' },
    { label: 'Quit', click: () => actions.quit() },
  ];
}
