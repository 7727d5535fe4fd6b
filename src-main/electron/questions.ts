/** What the program asks its person in a dialog of the system. */
import { dialog, type MessageBoxOptions } from 'electron';
import { ConfigStore } from '../platform/config/config-store.ts';
import { ConfigError } from '../platform/config/load-config.ts';
import { messageOf } from '../platform/kernel/app-error.ts';
import type { DesktopParts } from './desktop-app.ts';
import { mergeFlags } from './program-line.ts';

/** Asks in front of the window, where there is one. @returns the number of the button */
export async function ask(
  { window }: Pick<DesktopParts, 'window'>,
  options: MessageBoxOptions,
): Promise<number> {
  const { native } = window;
  const { response } = native
    ? await dialog.showMessageBox(native, options)
    : await dialog.showMessageBox(options);
  return response;
}

/** What closing the window shall do, which is asked once. */
export async function askOnClose(parts: DesktopParts): Promise<'tray' | 'quit' | undefined> {
  const words = parts.words.close;
  const response = await ask(parts, {
    type: 'question',
    message: words.question,
    detail: words.detail,
    buttons: [words.keep, words.quit, words.cancel],
    defaultId: 0,
    cancelId: 2,
  });
  return (['tray', 'quit'] as const)[response];
}

/**
 * Somebody started the program again with flags: they are put in force when that is wanted, by a restart of the
 * platform. What it does not start with is taken back.
 *
 * @param args of the second start
 */
export async function offerRestart(parts: DesktopParts, args: readonly string[]): Promise<void> {
  const { host } = parts;
  const words = parts.words.secondStart;
  const before = host.args;
  const wanted = mergeFlags(before, args);
  const problems = problemsOf(wanted);
  if (problems.length > 0) {
    dialog.showErrorBox(words.wrong, problems.join('\n'));
    return;
  }
  const response = await ask(parts, {
    type: 'question',
    message: words.question,
    detail: words.detail(args.join(' ')),
    buttons: [words.restart, words.leave],
    defaultId: 1,
    cancelId: 1,
  });
  if (response !== 0) return;
  await host.restartWith(wanted);
  const { state } = host;
  if (state.kind !== 'failed') return;
  await host.restartWith(before);
  dialog.showErrorBox(words.failed, words.failedDetail(messageOf(state.error)));
}

/** What is wrong with flags, before anything is stopped for them. */
function problemsOf(args: readonly string[]): readonly string[] {
  try {
    new ConfigStore({ args, environment: process.env });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
