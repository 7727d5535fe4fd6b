/** What the desktop app remembers of its person; the platform's own settings are in `contract/config.ts`. */
import { z } from 'zod';

export const closeBehaviours = ['ask', 'tray', 'quit'] as const;
export const desktopThemes = ['system', 'light', 'dark'] as const;

/** Languages of the program; empty: as the system asks. */
export const desktopLanguages = ['', 'en', 'de'] as const;
export type DesktopLanguage = (typeof desktopLanguages)[number];

/** What a page may change by itself, each in force at once. */
const switches = {
  /** What closing the window does; `ask` until it was asked. */
  onClose: z.enum(closeBehaviours),
  startAtLogin: z.boolean(),
  notifyBlocks: z.boolean(),
  notifyLeases: z.boolean(),
  /** Alerts that the channel of the desktop lets through. */
  notifyAlerts: z.boolean(),
  checkForUpdates: z.boolean(),
};

export const preferencesSchema = z.object({
  onClose: switches.onClose.default('ask'),
  startAtLogin: switches.startAtLogin.default(false),
  notifyBlocks: switches.notifyBlocks.default(true),
  notifyLeases: switches.notifyLeases.default(true),
  notifyAlerts: switches.notifyAlerts.default(true),
  checkForUpdates: switches.checkForUpdates.default(true),
  /** Looks of program and dashboard; the dashboard takes them from here when it opens in the window. */
  theme: z.enum(desktopThemes).default('system'),
  language: z.enum(desktopLanguages).default(''),
  /** Where the data lie, when they were moved; empty: the usual folder. */
  dataFolder: z.string().max(4096).default(''),
});
export type Preferences = z.infer<typeof preferencesSchema>;

/** Changes of some; without defaults, which would change the others. The data folder is moved, not set. */
export const preferenceChangesSchema = z.strictObject(switches).partial();
export type PreferenceChanges = z.infer<typeof preferenceChangesSchema>;

/** How far an update is. */
export const updateStateSchema = z.discriminatedUnion('kind', [
  /** This copy can't update itself; the sentence says why. */
  z.object({ kind: z.literal('unavailable'), reason: z.string() }),
  z.object({ kind: z.literal('idle') }),
  z.object({ kind: z.literal('checking') }),
  z.object({ kind: z.literal('current') }),
  z.object({ kind: z.literal('downloading'), version: z.string(), percent: z.number() }),
  z.object({ kind: z.literal('ready'), version: z.string() }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);
export type UpdateState = z.infer<typeof updateStateSchema>;

/** Everything that the desktop's settings page shows beside the platform's settings. */
export const desktopStateSchema = z.object({
  version: z.string(),
  electronVersion: z.string(),
  dataFolder: z.string(),
  /** Why the data can't be moved from here; empty: they can. */
  moveRefusal: z.string(),
  preferences: preferencesSchema,
  update: updateStateSchema,
});
export type DesktopState = z.infer<typeof desktopStateSchema>;
