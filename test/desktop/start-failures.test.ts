import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { madeBackup } from '../support/backups.ts';
import { startTestPlatform, temporaryFolder } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { startDesktop, type Desktop } from './desktop-program.ts';
import { describeInElectron } from './electron.ts';

/** Another server on this machine that says it is well. */
async function otherServer(): Promise<number> {
  const server = createServer((_request, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Where the one window is. */
const urlOf = ({ app }: Desktop) =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL() ?? '');

/** Runs the page's own code; Playwright does not see a page that was there before it. */
const inPage = <Answer>({ app }: Desktop, code: string) =>
  app.evaluate(
    ({ BrowserWindow }, script) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(script) as Promise<Answer>,
    code,
  );

const textOf = (desktop: Desktop) => inPage<string>(desktop, 'document.body.innerText');

const press = (desktop: Desktop, label: string) =>
  inPage(
    desktop,
    `[...document.querySelectorAll('button')].find(({ textContent }) => textContent.startsWith(${JSON.stringify(label)})).click()`,
  );

const shows = (desktop: Desktop, text: string) =>
  waitFor(async () => (await textOf(desktop)).includes(text), `the page with “${text}”`);

describeInElectron('a start that fails', () => {
  test('for a taken port tells of it, and runs on the next free one when that is wanted', async () => {
    const dataFolder = temporaryFolder();
    const port = await otherServer();
    // As a person sets it: a flag would win over what the page writes.
    writeFileSync(join(dataFolder, 'settings.json'), JSON.stringify({ apiPort: port }));
    const desktop = await startDesktop({ isFailing: true, apiPort: 0, dataFolder });
    await shows(desktop, 'A port is taken');
    const text = await textOf(desktop);
    expect(text).toContain(`Port ${port}`);
    expect(text).toContain('Open what runs there');
    await press(desktop, 'Use port');
    await waitFor(async () => (await urlOf(desktop)).includes('/dashboard'), 'the dashboard');
    const { apiPort } = JSON.parse(readFileSync(join(dataFolder, 'settings.json'), 'utf8')) as {
      apiPort: number;
    };
    expect(new URL(await urlOf(desktop)).port).toBe(String(apiPort));
    expect(apiPort).not.toBe(port);
    expect(await desktop.quit()).toBe(0);
  });

  test('for a damaged database offers its backups, and runs from one', async () => {
    const platform = await startTestPlatform();
    const name = await madeBackup(platform);
    await platform.platform.stop();
    writeFileSync(
      join(platform.dataDir, 'marketplace.db'),
      'this is no database, and it is longer than a header of one, which has a hundred bytes: so it is refused',
    );
    const desktop = await startDesktop({ isFailing: true, dataFolder: platform.dataDir });
    await shows(desktop, 'The database can’t be used');
    expect(await textOf(desktop)).toContain('Backups');
    await press(desktop, 'Restore');
    await waitFor(
      async () =>
        (await urlOf(desktop)).includes('/dashboard') ||
        (await textOf(desktop)).includes('can’t be restored'),
      'the dashboard',
    );
    expect(await urlOf(desktop)).toContain('/dashboard');
    expect(existsSync(join(platform.dataDir, 'backups', name))).toBe(true);
    expect(readdirSync(join(platform.dataDir, 'backups')).length).toBeGreaterThan(1);
    expect(await desktop.quit()).toBe(0);
  });

  test('for wrong settings names each of them, and tries again when they are mended', async () => {
    const dataFolder = temporaryFolder();
    const file = join(dataFolder, 'settings.json');
    writeFileSync(file, JSON.stringify({ access: 'sometimes', nonsense: 1 }));
    const desktop = await startDesktop({ isFailing: true, dataFolder });
    await shows(desktop, 'The settings are not right');
    const text = await textOf(desktop);
    expect(text).toContain('access');
    expect(text).toContain('nonsense');
    writeFileSync(file, '{}');
    await press(desktop, 'Try again');
    await waitFor(async () => (await urlOf(desktop)).includes('/dashboard'), 'the dashboard');
    expect(await desktop.quit()).toBe(0);
  });
});
