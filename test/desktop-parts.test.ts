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
import { mergeFlags, readProgramLine } from '../src-main/electron/program-line.ts';
import { toTrayView, trayTemplate, type TrayActions } from '../src-main/electron/tray-menu.ts';
import { Updates, type Updater } from '../src-main/electron/updates.ts';
import { boundsOn, windowPlaceSchema } from '../src-main/electron/window-place.ts';
import { chooseLanguage, wordsOf } from '../src-main/electron/words.ts';
import { ManualClock } from './support/manual-clock.ts';
import { temporaryFolder } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const words = wordsOf('en');

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
  const figures = {
    workers: 10,
    online: 10,
    hashrate: 12_345,
    activeLeases: 0,
    openIncidents: 0,
    isSimulating: false,
  };

  test('tells the state in a light and a line', () => {
    expect(toTrayView(figures, words.tray, 'en')).toMatchObject({
      light: 'ok',
      sentence: '10 of 10 workers online',
      detail: '12.3 kH/s',
    });
    expect(toTrayView({ ...figures, online: 9, activeLeases: 1 }, words.tray, 'en')).toMatchObject({
      light: 'warning',
      detail: '12.3 kH/s · 1 active lease · 1 worker offline',
    });
    expect(toTrayView({ ...figures, openIncidents: 2 }, words.tray, 'en')).toMatchObject({
      light: 'warning',
      detail: '12.3 kH/s · 2 alerts',
    });
    expect(toTrayView({ ...figures, online: 0 }, words.tray, 'en').light).toBe('offline');
    expect(toTrayView(undefined, words.tray, 'en')).toMatchObject({
      light: 'offline',
      sentence: 'The platform is not running',
    });
  });

  test('offers what can be done now', () => {
    const asked: string[] = [];
    const press = (view: Parameters<typeof trayTemplate>[0], label: string) => {
      const item = trayTemplate(view, noted(asked), words.tray).find((entry) => entry.label === label);
      if (item?.enabled !== false) (item?.click as () => void)();
      return item?.enabled;
    };
    const running = toTrayView({ ...figures, isSimulating: true }, words.tray, 'en');
    press(running, 'Open XenBlocks');
    press(running, 'Pause all workers');
    press(running, 'Stop the simulator');
    press(running, 'Copy LAN address');
    press(running, 'Quit');
    expect(asked).toEqual(['open', 'pauseAll', 'toggleSimulator', 'copyLanAddress', 'quit']);
    expect(press(toTrayView(undefined, words.tray, 'en'), 'Pause all workers')).toBe(false);
  });
});

describe('the menus', () => {
  test.each(['linux', 'win32', 'darwin'])(
    'of %s reach every action, and name no shortcut twice',
    (system) => {
      const asked: string[] = [];
      const items = menuTemplate(system, noted(asked), words.menu, false).flatMap(({ submenu }) =>
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
  const pace = new NoticePace(
    clock,
    (notice) => shown.push(notice),
    () => words.notices,
  );
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

test('flags of a second start win over those of the first, and the others stay', () => {
  const first = ['--api-port', '9000', '--simulate=5', '--no-chain', '--mqtt-host=127.0.0.1'];
  expect(mergeFlags(first, ['--simulate', '20', '--chain'])).toEqual([
    '--api-port',
    '9000',
    '--mqtt-host=127.0.0.1',
    '--simulate',
    '20',
    '--chain',
  ]);
  expect(mergeFlags([], ['--simulate', '1'])).toEqual(['--simulate', '1']);
  expect(mergeFlags(first, [])).toEqual(first);
});

describe('the language of the program', () => {
  test.each([
    ['', ['de-AT', 'en'], 'de'],
    ['', ['fr-FR', 'de'], 'de'],
    ['', ['fr_FR'], 'en'],
    ['', [], 'en'],
    ['en', ['de-DE'], 'en'],
    ['de', ['en-US'], 'de'],
  ] as const)('chosen %j, the system asks for %j: %s', (chosen, system, expected) =>
    expect(chooseLanguage(chosen, system)).toBe(expected),
  );

  test('is that of menus and tray', () => {
    const german = wordsOf('de');
    const figures = {
      workers: 10,
      online: 9,
      hashrate: 12_345,
      activeLeases: 1,
      openIncidents: 0,
      isSimulating: false,
    };
    const view = toTrayView(figures, german.tray, 'de');
    expect([view.sentence, view.detail]).toEqual([
      '9 von 10 Workern online',
      '12,3 kH/s · 1 laufender Mietvertrag · 1 Worker offline',
    ]);
    const labels = (entries: readonly { label?: string; type?: string }[]) =>
      entries.filter(({ type }) => type !== 'separator').map(({ label = '' }) => label);
    expect(labels(trayTemplate(view, noted([]), german.tray))).toContain('Alle Worker anhalten');
    for (const system of ['linux', 'darwin']) {
      const menus = menuTemplate(system, noted([]), german.menu, true);
      const all = menus.flatMap(({ submenu }) => (Array.isArray(submenu) ? labels(submenu) : []));
      const english = new Set(Object.values(words.menu));
      const same = new Set(['XenBlocks', 'System']);
      // Electron's own labels are English wherever one is missing.
      expect(
        [...labels(menus), ...all].filter(
          (label) => label === '' || (english.has(label) && !same.has(label)),
        ),
      ).toEqual([]);
    }
  });
});

describe('updates', () => {
  const checkEveryMs = 6 * 3600 * 1000;

  /** An updater that only counts; the real one asks a real server in the tests of the package. */
  function counting(isWanted: () => boolean, refusal = '') {
    const clock = new ManualClock();
    let checks = 0;
    const updater = {
      autoInstallOnAppQuit: true,
      checkForUpdates: () => {
        checks += 1;
        return Promise.resolve(null);
      },
      quitAndInstall: () => undefined,
      on: () => undefined,
    } as unknown as Updater;
    const updates = new Updates({
      refusal: () => refusal,
      installsOnQuit: false,
      load: () => Promise.resolve(updater),
      isWanted,
      onChange: () => undefined,
      clock,
      logger: { warn: () => undefined } as never,
    });
    updates.start();
    return { clock, updates, updater, checks: () => checks };
  }

  test('are looked for a minute after the start, and then every six hours', async () => {
    const { clock, updates, updater, checks } = counting(() => true);
    clock.advance(59_000);
    expect(updates.state.kind).toBe('idle');
    clock.advance(1000);
    await waitFor(() => updates.state.kind === 'current', 'the answer');
    expect(updater.autoInstallOnAppQuit).toBe(false);
    clock.advance(checkEveryMs - 60_000);
    expect(checks()).toBe(1);
    clock.advance(60_000);
    await waitFor(() => checks() === 2, 'the second look');
    updates.stop();
    expect(clock.activeTimers).toBe(0);
  });

  test('are never asked for while the setting is off, until it is on', async () => {
    let isWanted = false;
    const { clock, updates, checks } = counting(() => isWanted);
    clock.advance(4 * checkEveryMs);
    expect([checks(), updates.state.kind]).toEqual([0, 'idle']);
    isWanted = true;
    clock.advance(60_000);
    await waitFor(() => checks() === 1, 'the first look');
  });

  test('are not asked for by a copy that can not put them in', async () => {
    const { clock, updates, checks } = counting(() => true, 'This copy runs from its sources.');
    clock.advance(checkEveryMs);
    await updates.check();
    expect(checks()).toBe(0);
    expect(updates.state).toEqual({ kind: 'unavailable', reason: 'This copy runs from its sources.' });
  });
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
    expect(await refusalOf(from, from, words.data)).toContain('already');
    expect(await refusalOf(from, join(from, 'inside'), words.data)).toContain('inside');
    expect(await refusalOf(from, full, words.data)).toContain('not empty');
    expect(await refusalOf(from, join(full, 'x'), words.data)).toContain('not a folder');
    expect(await refusalOf(from, join(full, 'new'), words.data)).toBe('');
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
