/** What the tray shows and offers, as data. */
import type { MenuItemConstructorOptions } from 'electron';
import type { PlatformFigures } from '../platform/platform.ts';
import type { Words } from './words.ts';

type TrayWords = Words['tray'];

/** `ok`: all workers are online, and no alert is open; `warning`: otherwise; `offline`: none is, or the platform does not run. */
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
export function formatHashrate(hashrate: number, language = 'en'): string {
  const units = ['H/s', 'kH/s', 'MH/s', 'GH/s'];
  const step = hashrate < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(hashrate) / 3));
  const value = hashrate / 1000 ** step;
  return `${new Intl.NumberFormat(language, { maximumSignificantDigits: 3 }).format(value)} ${units[step]}`;
}

/**
 * The state of the platform for the tray.
 *
 * @param figures undefined while it does not run
 * @param language BCP 47 tag of the words, for numbers
 */
export function toTrayView(
  figures: PlatformFigures | undefined,
  words: TrayWords,
  language: string,
): TrayView {
  if (!figures)
    return {
      light: 'offline',
      sentence: words.notRunning,
      detail: '',
      isRunning: false,
      isSimulating: false,
    };
  const { workers, online, hashrate, activeLeases, openIncidents, isSimulating } = figures;
  const missing = workers - online;
  return {
    light: online === 0 ? 'offline' : missing > 0 || openIncidents > 0 ? 'warning' : 'ok',
    sentence: workers === 0 ? words.noWorkers : words.online(online, workers),
    detail: [
      formatHashrate(hashrate, language),
      ...(activeLeases > 0 ? [words.leases(activeLeases)] : []),
      ...(missing > 0 ? [words.offline(missing)] : []),
      ...(openIncidents > 0 ? [words.alerts(openIncidents)] : []),
    ].join(' · '),
    isRunning: true,
    isSimulating,
  };
}

/** The template of the tray's menu. */
export function trayTemplate(
  view: TrayView,
  actions: TrayActions,
  words: TrayWords,
): MenuItemConstructorOptions[] {
  const { isRunning, isSimulating } = view;
  return [
    { label: view.sentence, enabled: false },
    ...(view.detail === '' ? [] : [{ label: view.detail, enabled: false }]),
    { type: 'separator' },
    { label: words.open, click: () => actions.open() },
    { type: 'separator' },
    { label: words.pauseAll, enabled: isRunning, click: () => actions.pauseAll() },
    { label: words.resumeAll, enabled: isRunning, click: () => actions.resumeAll() },
    {
      label: isSimulating ? words.stopSimulator : words.startSimulator,
      enabled: isRunning,
      click: () => actions.toggleSimulator(),
    },
    { label: words.copyLanAddress, enabled: isRunning, click: () => actions.copyLanAddress() },
    { type: 'separator' },
    { label: words.quit, click: () => actions.quit() },
  ];
}
