import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeIcons } from '../build/make-icons.ts';
import { preferencesSchema } from '../src-main/contract/ipc/preferences.ts';
import { menuTemplate, type MenuActions } from '../src-main/electron/app-menu.ts';
import { copyData, refusalOf } from '../src-main/electron/data-folder.ts';
import { placeOfLink } from '../src-main/electron/links.ts';
import { NoticePace, quietMs, type Notice } from '../src-main/electron/notice-pace.ts';
import { PreferenceFile } from '../src-main/electron/preference-file.ts';
import { readProgramLine } from '../src-main/electron/program-line.ts';
import { toTrayView, trayTemplate, type TrayActions } from '../src-main/electron/tray-menu.ts';
import { boundsOn, windowPlaceSchema } from '../src-main/electron/window-place.ts';
import { ManualClock } from './support/manual-clock.ts';
import { temporaryFolder } from './support/test-platform.ts';

/** Actions that only note what was asked for. */
function noted(asked: string[]): TrayActions & MenuActions {
  return new Proxy({} as TrayActions & MenuActions, {
    get:
      (_target, name) =>
      (...given: unknown[]) =>
        asked.push([String(name), ...given].join(' ')),
  });
}

describe('the tray', () => {
  const figures = { workers: 10, online: 10, hashrate: 12_345, activeLeases: 0, isSimulating: false };

  test('tells the state in a light and a line', () => {
    expect(toTrayView(figures)).toMatchObject({
      light: 'ok',
      sentence: '10 of 10 workers online',
      detail: '12.3 kH/s',
    });
    expect(toTrayView({ ...figures, online: 9, activeLeases: 1 })).toMatchObject({
      light: 'warning',
      detail: '12.3 kH/s · 1 active lease · 1 worker offline',
    });
    expect(toTrayView({ ...figures, online: 0 }).light).toBe('offline');
    expect(toTrayView(undefined)).toMatchObject({
      light: 'offline',
      sentence: 'The platform is not running',
    });
  });

  test('offers what can be done now', () => {
    const asked: string[] = [];
    const press = (view: Parameters<typeof trayTemplate>[0], label: string) => {
      const item = trayTemplate(view, noted(asked)).find((entry) => entry.label === label);
      if (item?.enabled !== false) (item?.click as () => void)();
      return item?.enabled;
    };
    const running = toTrayView({ ...figures, isSimulating: true });
    press(running, 'Open XenBlocks');
    press(running, 'Pause all workers');
    press(running, 'Stop the simulator');
    press(running, 'Copy LAN address');
    press(running, 'Quit');
    expect(asked).toEqual(['open', 'pauseAll', 'toggleSimulator', 'copyLanAddress', 'quit']);
    expect(press(toTrayView(undefined), 'Pause all workers')).toBe(false);
  });
});

describe('the menus', () => {
  test.each(['linux', 'win32', 'darwin'])(
    'of %s reach every action, and name no shortcut twice',
    (system) => {
      const asked: string[] = [];
      const items = menuTemplate(system, noted(asked), false).flatMap(({ submenu }) =>
        Array.isArray(submenu) ? submenu : [],
      );
      for (const { click } of items) (click as (() => void) | undefined)?.();
      expect(new Set(asked.map((call) => call.split(' ')[0]))).toEqual(
        new Set([
          'go',
          'find',
          'zoom',
          'restoreBackup',
          'showDataFolder',
          'showLog',
          'openInBrowser',
          'about',
          'quit',
        ]),
      );
      const shortcuts = items.flatMap(({ accelerator }) => (accelerator === undefined ? [] : [accelerator]));
      expect(new Set(shortcuts).size).toBe(shortcuts.length);
      expect(items.some(({ role }) => role === 'toggleDevTools')).toBe(false);
    },
  );
});

describe('links into the program', () => {
  test.each([
    ['xenblocks://worker/rig-1', '/fleet/rig-1'],
    ['xenblocks://worker/rig%2F1', '/fleet/rig%2F1'],
    ['xenblocks://lease/lease-1', '/leases/lease-1'],
    ['xenblocks://fleet', '/fleet'],
    ['xenblocks://open', ''],
  ])('%s leads to %s', (link, place) => expect(placeOfLink(link)).toBe(place));

  test.each([
    'https://worker/rig-1',
    'xenblocks://worker/a/b',
    'xenblocks://evil/x',
    'xenblocks://desktop',
    `xenblocks://worker/${'x'.repeat(600)}`,
  ])('%s leads nowhere', (link) => expect(placeOfLink(link)).toBeUndefined());

  test('hold no more than a name', () =>
    expect(placeOfLink('xenblocks://worker/%2e%2e%2f?x=1#y')).toMatch(/^\/fleet\/[^/?#]+$/));
});

test('notifications never flood: after one of a kind, the next stands for all that came meanwhile', () => {
  const clock = new ManualClock();
  const shown: Notice[] = [];
  const pace = new NoticePace(clock, (notice) => shown.push(notice));
  pace.start();
  const block = (worker: string): Notice => ({
    kind: 'block',
    title: 'Block found',
    body: worker,
    place: `/fleet/${worker}`,
  });
  for (let count = 1; count <= 500; count += 1) pace.add(block(`rig-${count}`));
  pace.add({ kind: 'lease', title: 'Lease started', body: 'rig-1', place: '/leases/1' });
  expect(shown.map(({ title }) => title)).toEqual(['Block found', 'Lease started']);
  clock.advance(quietMs);
  expect(shown.slice(2)).toEqual([
    { kind: 'block', title: '499 more blocks', body: 'rig-2, rig-3, rig-4, …', place: '/blocks' },
  ]);
  pace.stop();
  expect(clock.activeTimers).toBe(0);
});

describe('the line of the program', () => {
  test.each([
    [['--api-port', '9000'], { kind: 'window', args: ['--api-port', '9000'] }],
    [['--headless', '--no-sandbox'], { kind: 'headless', args: ['--headless'] }],
    [['--version'], { kind: 'command' }],
    [['backup', '--data-dir', 'x'], { kind: 'command', args: ['backup', '--data-dir', 'x'] }],
    [
      ['--hidden', 'xenblocks://fleet'],
      { kind: 'window', isHidden: true, link: 'xenblocks://fleet', args: [] },
    ],
    [
      ['--user-data-dir=/x', '--remote-debugging-port=0', '--quit'],
      { kind: 'window', isQuit: true, args: [] },
    ],
    [['--no-chain'], { kind: 'window', args: ['--no-chain'] }],
  ])('%j', (argv, expected) => expect(readProgramLine(argv)).toMatchObject(expected));
});

describe('the window', () => {
  const screens = [
    { x: 0, y: 0, width: 1600, height: 1000 },
    { x: 1600, y: 0, width: 1000, height: 800 },
  ];
  const place = (given: object) => windowPlaceSchema.parse({ width: 900, height: 700, ...given });

  test('opens where it was, never where nobody sees it, never larger than the screen', () => {
    expect(boundsOn(screens, place({ x: 1700, y: 20 }))).toEqual({ x: 1700, y: 20, width: 900, height: 700 });
    expect(boundsOn(screens.slice(0, 1), place({ x: 1700, y: 20 }))).toEqual({ width: 900, height: 700 });
    expect(boundsOn(screens, place({ x: 0, y: -400 }))).toEqual({ width: 900, height: 700 });
    expect(boundsOn(screens, place({ width: 5000 }))).toEqual({ width: 1600, height: 700 });
  });
});

describe('preferences', () => {
  test('that can not be read are put aside, never overwritten', async () => {
    const path = join(temporaryFolder(), 'desktop.json');
    writeFileSync(path, '{"onClose":"explode"}');
    const file = new PreferenceFile(path, preferencesSchema);
    expect(file.value.onClose).toBe('ask');
    await file.change({ onClose: 'tray' });
    expect(readFileSync(file.putAside, 'utf8')).toBe('{"onClose":"explode"}');
    expect(new PreferenceFile(path, preferencesSchema).value.onClose).toBe('tray');
  });
});

describe('moving the data', () => {
  test('refuses a folder that has something in it, or lies inside', async () => {
    const [from, full] = [temporaryFolder(), temporaryFolder()];
    writeFileSync(join(full, 'x'), '');
    expect(await refusalOf(from, from)).toContain('already');
    expect(await refusalOf(from, join(from, 'inside'))).toContain('inside');
    expect(await refusalOf(from, full)).toContain('not empty');
    expect(await refusalOf(from, join(full, 'x'))).toContain('not a folder');
    expect(await refusalOf(from, join(full, 'new'))).toBe('');
  });

  test('copies everything but what only a running platform needs', async () => {
    const [from, to] = [temporaryFolder(), join(temporaryFolder(), 'new')];
    mkdirSync(join(from, 'backups'));
    for (const name of ['marketplace.db', 'marketplace.db.lock', 'backups/a.db'])
      writeFileSync(join(from, name), name);
    await copyData(from, to);
    expect(readdirSync(to, { recursive: true }).sort()).toEqual([
      'backups',
      'backups/a.db',
      'marketplace.db',
    ]);
  });
});

test('every icon is made from the one drawing', () => {
  for (const [path, content] of makeIcons())
    expect(readFileSync(join(import.meta.dirname, '..', path)).equals(content), path).toBe(true);
});
