/** Every IPC call and event: which page may make it, with what, and what it gets. The main process checks all three. */
import { z } from 'zod';
import { channels, events } from './channels.ts';
import {
  desktopLanguages,
  desktopStateSchema,
  desktopThemes,
  preferenceChangesSchema,
} from './preferences.ts';
import { startActionSchema, startStateSchema } from './start-page.ts';

/** The two pages of the program: the platform's own dashboard, and the one that is shown before it. */
export type DesktopPage = 'dashboard' | 'start';

export interface IpcCall<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly channel: string;
  /** Pages that may ask; others are refused. */
  readonly from: DesktopPage;
  readonly input: Input;
  readonly output: Output;
}

export interface IpcEvent<Data extends z.ZodType = z.ZodType> {
  readonly channel: string;
  readonly data: Data;
}

const nothing = z.undefined();

/** A path on this machine. */
const localPath = z.string().min(1).max(4096);

function call<Input extends z.ZodType, Output extends z.ZodType>(definition: IpcCall<Input, Output>) {
  return definition;
}

/** What a long action on files came to; a refusal has the reason for people. */
export const outcomeSchema = z.object({ ok: z.boolean(), detail: z.string() });
export type Outcome = z.infer<typeof outcomeSchema>;

export const ipcCalls = {
  /** A token that opens the operator's session once (`POST /api/auth/session/one-time`). */
  signIn: call({ channel: channels.signIn, from: 'dashboard', input: nothing, output: z.string() }),
  readStart: call({ channel: channels.readStart, from: 'start', input: nothing, output: startStateSchema }),
  actOnStart: call({
    channel: channels.actOnStart,
    from: 'start',
    input: startActionSchema,
    output: outcomeSchema,
  }),
  readDesktop: call({
    channel: channels.readDesktop,
    from: 'dashboard',
    input: nothing,
    output: desktopStateSchema,
  }),
  savePreferences: call({
    channel: channels.savePreferences,
    from: 'dashboard',
    input: preferenceChangesSchema,
    output: desktopStateSchema,
  }),
  /** Theme and language, as they were chosen in the dashboard; kept for its next time and for the program itself. */
  setLooks: call({
    channel: channels.setLooks,
    from: 'dashboard',
    input: z.strictObject({ theme: z.enum(desktopThemes), language: z.enum(desktopLanguages) }),
    output: nothing,
  }),
  /** Looks for text in the page; empty text ends it. */
  find: call({
    channel: channels.find,
    from: 'dashboard',
    input: z.strictObject({ text: z.string().max(256), isForward: z.boolean(), isNext: z.boolean() }),
    output: nothing,
  }),
  /** Lets the person choose a folder; empty: none was chosen. */
  chooseFolder: call({
    channel: channels.chooseFolder,
    from: 'dashboard',
    input: nothing,
    output: z.string(),
  }),
  /** Copies the data to a folder and runs from there; nothing is lost when it fails. */
  moveData: call({
    channel: channels.moveData,
    from: 'dashboard',
    input: z.strictObject({ folder: localPath }),
    output: outcomeSchema,
  }),
  /** Puts a file that was dropped on the window in the place of the database, after the person agreed. */
  restoreFile: call({
    channel: channels.restoreFile,
    from: 'dashboard',
    input: z.strictObject({ path: localPath }),
    output: outcomeSchema,
  }),
  checkForUpdate: call({
    channel: channels.checkForUpdate,
    from: 'dashboard',
    input: nothing,
    output: desktopStateSchema,
  }),
  installUpdate: call({
    channel: channels.installUpdate,
    from: 'dashboard',
    input: nothing,
    output: nothing,
  }),
} as const;

export const ipcEvents = {
  /** Go to a place of the dashboard, such as `/fleet/rig-1`. */
  navigate: { channel: events.navigate, data: z.string() },
  openFind: { channel: events.openFind, data: nothing },
  startChanged: { channel: events.startChanged, data: startStateSchema },
  desktopChanged: { channel: events.desktopChanged, data: desktopStateSchema },
} as const satisfies Record<string, IpcEvent>;
