/** The page before the dashboard: tells how the start goes, and what can be done when it failed. */
import type { DesktopBridge } from '../../src-main/contract/ipc/bridge.ts';
import type { StartAction, StartFailure, StartState } from '../../src-main/contract/ipc/start-page.ts';

const bridge = (window as unknown as { xenblocks: DesktopBridge }).xenblocks;

const titles: Readonly<Record<StartFailure['failure'], string>> = {
  port_taken: 'A port is taken',
  database: 'The database can’t be used',
  settings: 'The settings are not right',
  renderer: 'The dashboard stopped',
  other: 'The platform did not start',
};

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

function buttonsOf({ failure, freePort, existing }: StartFailure): HTMLElement {
  const row = element('div', '', 'buttons');
  if (freePort !== null) row.append(button(`Use port ${freePort}`, { kind: 'use_free_port' }, true));
  if (existing !== '') row.append(button('Open what runs there', { kind: 'open_existing' }));
  const again = failure === 'renderer' ? 'Open the dashboard again' : 'Try again';
  row.append(
    button(again, { kind: 'retry' }, freePort === null),
    button('Show log', { kind: 'show_log' }),
    button('Show data folder', { kind: 'show_data_folder' }),
    button('Quit', { kind: 'quit' }),
  );
  return row;
}

function backupsOf({ backups }: StartFailure): HTMLElement[] {
  if (backups.length === 0) return [];
  const list = element('ul');
  for (const { name, createdAt, sizeBytes } of backups) {
    const row = element('li', '', 'backup');
    const at = new Date(createdAt * 1000).toLocaleString();
    const size = `${(sizeBytes / 1_000_000).toLocaleString(undefined, { maximumFractionDigits: 1 })} MB`;
    row.append(element('span', `${at} · ${size}`), button('Restore', { kind: 'restore', name }));
    row.title = name;
    list.append(row);
  }
  return [
    element('h2', 'Backups'),
    element('p', 'A backup is verified before it takes the place of the database, which is kept.'),
    list,
  ];
}

function logOf({ log }: StartFailure): HTMLElement {
  const details = element('details');
  const text = element('pre', log.join('\n'));
  text.tabIndex = 0;
  details.append(element('summary', 'Log'), text);
  return details;
}

function show(state: StartState): void {
  const isFailed = state.kind === 'failed';
  byId('page').className = isFailed ? 'failed' : '';
  byId('progress').hidden = isFailed;
  byId('sentence').hidden = isFailed;
  byId('title').textContent = isFailed ? titles[state.failure] : 'XenBlocks';
  document.title = isFailed ? `${titles[state.failure]} · XenBlocks` : 'XenBlocks';
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
