/** What the preload script puts into the program's own pages as `window.xenblocks`. */
import type { z } from 'zod';
import type { ipcCalls, ipcEvents } from './calls.ts';

type InputOf<Name extends keyof typeof ipcCalls> = z.input<(typeof ipcCalls)[Name]['input']>;
type OutputOf<Name extends keyof typeof ipcCalls> = z.output<(typeof ipcCalls)[Name]['output']>;
type DataOf<Name extends keyof typeof ipcEvents> = z.output<(typeof ipcEvents)[Name]['data']>;

type Calls = {
  readonly [Name in keyof typeof ipcCalls]: InputOf<Name> extends undefined
    ? () => Promise<OutputOf<Name>>
    : (input: InputOf<Name>) => Promise<OutputOf<Name>>;
};

/** Each call is answered by the main process, or refused: it looks who asks, and with what. */
export interface DesktopBridge extends Omit<Calls, 'restoreFile'> {
  /** Hears an event until the returned function is called. */
  on<Name extends keyof typeof ipcEvents>(name: Name, listener: (data: DataOf<Name>) => void): () => void;
  /** A file that was dropped on the page or chosen there. */
  restoreFile(file: unknown): Promise<OutputOf<'restoreFile'>>;
  /** The operating system as Node names it. */
  readonly system: string;
}

/** Its name in `window`. */
export const bridgeName = 'xenblocks';
