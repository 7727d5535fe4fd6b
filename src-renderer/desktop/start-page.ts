/** The page before the dashboard: tells how the start goes, and what can be done when it failed. */
import type { DesktopBridge } from '../../src-main/contract/ipc/bridge.ts';
import type { StartAction, StartFailure, StartState } from '../../src-main/contract/ipc/start-page.ts';

const bridge = (window as unknown as { xenblocks: DesktopBridge }).xenblocks;

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text = '',
  className = '',
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function byId(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement;
}

function button(label: string, action: StartAction, isPrimary = false): HTMLButtonElement {
  const made = element('button', label, isPrimary ? 'primary' : '');
  made.addEventListener('click', () => void act(action));
  return made;
}

async function act(action: StartAction): Promise<void> {
  const buttons = [...document.querySelectorAll('button')];
  const mayTakeLong = !['show_log', 'show_data_folder', 'open_existing'].includes(action.kind);
  if (mayTakeLong) for (const each of buttons) each.disabled = true;
  const { ok, detail } = await bridge.actOnStart(action);
  for (const each of buttons) each.disabled = false;
  if (!ok) byId('content').prepend(element('p', detail, 'refusal'));
}

function buttonsOf({ words, freePort, existing, backups }: StartFailure): HTMLElement {
  const row = element('div', '', 'buttons');
  if (freePort !== null) row.append(button(words.usePort, { kind: 'use_free_port' }, true));
  if (existing !== '') row.append(button(words.openExisting, { kind: 'open_existing' }));
  row.append(
    button(words.retry, { kind: 'retry' }, freePort === null && backups.length === 0),
    button(words.showLog, { kind: 'show_log' }),
    button(words.showDataFolder, { kind: 'show_data_folder' }),
    button(words.quit, { kind: 'quit' }),
  );
  return row;
}

function backupsOf({ backups, words, language }: StartFailure): HTMLElement[] {
  if (backups.length === 0) return [];
  const list = element('ul');
  for (const [index, { name, createdAt, sizeBytes }] of backups.entries()) {
    const row = element('li', '', 'backup');
    const at = new Date(createdAt * 1000).toLocaleString(language, {
      dateStyle: 'medium',
      timeStyle: 'short',
    });
    const size = `${(sizeBytes / 1_000_000).toLocaleString(language, { maximumFractionDigits: 1 })} MB`;
    row.append(
      element('span', `${at} · ${size}`),
      button(words.restore, { kind: 'restore', name }, index === 0),
    );
    row.title = name;
    list.append(row);
  }
  return [element('h2', words.backups), element('p', words.backupsHint), list];
}

function logOf({ log, words }: StartFailure): HTMLElement {
  const details = element('details');
  const text = element('pre', log.join('\n'));
  text.tabIndex = 0;
  details.append(element('summary', words.log), text);
  return details;
}

function show(state: StartState): void {
  const isFailed = state.kind === 'failed';
  document.documentElement.lang = state.language;
  byId('page').className = isFailed ? 'failed' : '';
  byId('progress').hidden = isFailed;
  byId('sentence').hidden = isFailed;
  byId('title').textContent = isFailed ? state.words.title : 'XenBlocks';
  document.title = isFailed ? `${state.words.title} · XenBlocks` : 'XenBlocks';
  if (!isFailed) {
    byId('sentence').textContent = state.sentence;
    byId('content').replaceChildren();
    return;
  }
  byId('content').replaceChildren(
    ...state.problems.map((problem) => element('p', problem, 'problem')),
    buttonsOf(state),
    ...backupsOf(state),
    logOf(state),
  );
}

bridge.on('startChanged', show);
void bridge.readStart().then(show);
