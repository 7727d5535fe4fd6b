/**
 * Pictures of the desktop program on a real Electron: its window, the pages of its start, its settings, and the menus
 * of tray and window, which are drawn by the system, as their templates. All go to `out/screenshots`, those that the
 * docs show to `docs/screenshots`, too.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished, test } from 'vitest';
import { madeBackup } from '../support/backups.ts';
import { freePort } from '../support/ports.ts';
import { startTestPlatform, temporaryFolder } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  environmentOf,
  startDesktop,
  type Desktop,
  type DesktopOptions,
} from '../desktop/desktop-program.ts';
import { describeInElectron, programFolder } from '../desktop/electron.ts';
import { menuPage } from './menu-page.ts';

const all = join(programFolder, 'out/screenshots');
const shown = join(programFolder, 'docs/screenshots');

/** Names of the pictures that the docs show. */
const inDocs = new Set([
  'desktop-window',
  'desktop-settings',
  'desktop-start-failed',
  'desktop-database-failed',
  'desktop-tray-menu',
]);

const size = { width: 1360, height: 860 };

/** Takes what the window shows, as it is drawn. */
async function take(desktop: Desktop, name: string): Promise<void> {
  mkdirSync(all, { recursive: true });
  const base64 = await desktop.app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    // What moves comes to rest: fonts, entrances, the bar of a start.
    await contents?.executeJavaScript(
      'document.fonts.ready.then(() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 600)))',
    );
    return (await contents?.capturePage())?.toPNG().toString('base64');
  });
  const file = join(all, `${name}.png`);
  writeFileSync(file, Buffer.from(base64 ?? '', 'base64'));
  if (inDocs.has(name)) copyFileSync(file, join(shown, `${name}.png`));
}

/** The window's size is that of every picture; the page's own theme is chosen. */
async function arrange({ app }: Desktop, theme: 'dark' | 'light', bounds = size): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow, nativeTheme }, [wanted, contentSize]) => {
      nativeTheme.themeSource = wanted;
      BrowserWindow.getAllWindows()[0]?.setContentSize(contentSize.width, contentSize.height);
    },
    [theme, bounds] as const,
  );
}

const textOf = ({ app }: Desktop) =>
  app.evaluate(
    ({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
        'document.body.innerText',
      ) as Promise<string>,
  );

/** A start that fails, in two themes and two languages. */
async function failedStart(
  name: string,
  words: readonly [string, string],
  options: () => DesktopOptions,
): Promise<void> {
  for (const [language, word, suffix] of [
    ['en_US.UTF-8', words[0], ''],
    ['de_DE.UTF-8', words[1], '-de'],
  ] as const) {
    const desktop = await startDesktop({
      ...options(),
      isFailing: true,
      environment: environmentOf(language),
    });
    await waitFor(async () => (await textOf(desktop)).includes(word), 'the page');
    for (const theme of ['light', 'dark'] as const) {
      await arrange(desktop, theme, { width: 960, height: 640 });
      await take(desktop, `${name}${suffix}${theme === 'dark' ? '' : '-light'}`);
    }
    await desktop.quit();
  }
}

describeInElectron('pictures of the desktop program', () => {
  test('of its window and its settings', async () => {
    const apiPort = await freePort();
    const desktop = await startDesktop({
      args: ['--simulate', '24', '--block-marker', 'XEN1', '--difficulty', '8'],
      isFolderRemembered: true,
      apiPort,
      settings: { apiPort, mqttPort: await freePort(), apiHost: '127.0.0.1', mqttHost: '127.0.0.1' },
    });
    const page = await desktop.dashboard();
    await page.getByText('Operator').first().waitFor();
    for (const theme of ['light', 'dark'] as const) {
      await page.getByRole('link', { name: 'This program' }).click();
      await page.getByRole('radio', { name: theme === 'dark' ? 'Dark' : 'Light' }).click();
      await arrange(desktop, theme);
      await page.getByText('Electron').first().waitFor();
      await take(desktop, `desktop-settings${theme === 'dark' ? '' : '-light'}`);
      await page.getByRole('link', { name: 'Fleet' }).click();
      await page.getByText(/^sim-/).first().waitFor();
      await take(desktop, `desktop-window${theme === 'dark' ? '' : '-light'}`);
    }
    await page.getByRole('link', { name: 'This program' }).click();
    await arrange(desktop, 'dark', { width: 400, height: 860 });
    await take(desktop, 'desktop-settings-narrow');
    await desktop.quit();
  });

  test('of the page while it starts', async () => {
    const desktop = await startDesktop();
    await desktop.dashboard();
    await desktop.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.loadURL('xenblocks-start://page/'),
    );
    await waitFor(async () => (await textOf(desktop)).includes('Starting the platform'), 'the page');
    for (const theme of ['light', 'dark'] as const) {
      await arrange(desktop, theme, { width: 960, height: 640 });
      await take(desktop, `desktop-starting${theme === 'dark' ? '' : '-light'}`);
    }
    await desktop.quit();
  });

  test('of a start that a taken port keeps from its way', async () => {
    const server = createServer((_request, response) => response.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const apiPort = (server.address() as AddressInfo).port;
    await failedStart('desktop-start-failed', ['A port is taken', 'Ein Port ist belegt'], () => {
      const dataFolder = temporaryFolder();
      writeFileSync(join(dataFolder, 'settings.json'), JSON.stringify({ apiPort }));
      return { dataFolder, apiPort: 0 };
    });
  });

  test('of a start that a damaged database keeps from its way', async () => {
    const platform = await startTestPlatform();
    await madeBackup(platform);
    await madeBackup(platform);
    await platform.platform.stop();
    writeFileSync(join(platform.dataDir, 'marketplace.db'), 'this is no database '.repeat(20));
    const words = ['The database can’t be used', 'Die Datenbank lässt sich nicht verwenden'] as const;
    await failedStart('desktop-database-failed', words, () => ({ dataFolder: platform.dataDir }));
  });

  test('of the tray’s menu and the window’s menus, as their templates', async () => {
    const desktop = await startDesktop();
    const page = await desktop.dashboard();
    await arrange(desktop, 'dark', { width: 760, height: 420 });
    for (const language of ['en', 'de'] as const) {
      const path = join(temporaryFolder(), 'menu.html');
      writeFileSync(path, menuPage(language));
      // Not in the program's own window, which shows nothing from a file.
      const base64 = await desktop.app.evaluate(async ({ BrowserWindow }, file) => {
        const window = new BrowserWindow({ show: false, width: 860, height: 400, useContentSize: true });
        window.webContents.removeAllListeners('will-frame-navigate');
        await window.loadFile(file);
        const picture = (await window.webContents.capturePage()).toPNG().toString('base64');
        window.destroy();
        return picture;
      }, path);
      const name = `desktop-tray-menu${language === 'en' ? '' : '-de'}`;
      writeFileSync(join(all, `${name}.png`), Buffer.from(base64, 'base64'));
      if (inDocs.has(name)) copyFileSync(join(all, `${name}.png`), join(shown, `${name}.png`));
    }
    await page.getByText('Operator').first().waitFor();
    await desktop.quit();
  });
});
