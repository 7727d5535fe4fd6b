/** The only place where pages reach the program: each call is checked for who asks, from which page, and with what. */
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import type { z } from 'zod';
import { ipcCalls, type IpcCall } from '../contract/ipc/calls.ts';
import { messageOf } from '../platform/kernel/app-error.ts';
import type { Logger } from '../platform/kernel/logger.ts';
import { pageOf } from './pages.ts';

type Calls = typeof ipcCalls;

/** An answer for every call. */
export type IpcHandlers = {
  readonly [Name in keyof Calls]: (
    input: z.output<Calls[Name]['input']>,
  ) => Promise<z.output<Calls[Name]['output']>> | z.output<Calls[Name]['output']>;
};

export interface IpcGateOptions {
  /** The window's page; undefined while there is no window. */
  readonly contents: () => WebContents | undefined;
  /** Origin of the running platform; undefined while none runs. */
  readonly platformUrl: () => string | undefined;
  readonly logger: Logger;
}

/** Answers the pages' calls. A refused one is an error for the page and a warning in the log. */
export function openIpcGate(handlers: IpcHandlers, { contents, platformUrl, logger }: IpcGateOptions): void {
  for (const name of Object.keys(ipcCalls) as (keyof Calls)[]) {
    const definition: IpcCall = ipcCalls[name];
    const handle = handlers[name] as (input: unknown) => unknown;
    ipcMain.handle(definition.channel, async (event, input: unknown, ...more: unknown[]) => {
      const refusal = refusalOf(definition, event, input, more.length);
      if (refusal !== '') {
        logger.warn({ channel: definition.channel, url: event.senderFrame?.url ?? '' }, refusal);
        throw new Error(refusal);
      }
      try {
        return await handle(definition.input.parse(input));
      } catch (error) {
        logger.error(
          { err: error, channel: definition.channel },
          `a call of a page failed: ${messageOf(error)}`,
        );
        throw error;
      }
    });
  }

  function refusalOf(call: IpcCall, event: IpcMainInvokeEvent, input: unknown, more: number): string {
    const isWindow = event.sender === contents() && event.senderFrame === event.sender.mainFrame;
    const page = isWindow ? pageOf(event.senderFrame, platformUrl()) : undefined;
    if (page !== call.from) return `${call.channel}: this page may not ask for that.`;
    if (more > 0 || !call.input.safeParse(input).success) return `${call.channel}: wrong arguments.`;
    return '';
  }
}
