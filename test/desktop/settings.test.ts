import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort, takenPort } from '../support/ports.ts';
import { temporaryFolder } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { startDesktop, type Desktop } from './desktop-program.ts';
import { describeInElectron } from './electron.ts';

/** What the program remembers of how it looks. */
const lookOf = ({ userFolder }: Desktop) =>
  JSON.parse(readFileSync(join(userFolder, 'desktop.json'), 'utf8')) as { theme: string; language: string };

async function settingsPage(desktop: Desktop) {
  const page = await desktop.dashboard();
  await page.getByRole('link', { name: 'This program' }).click();
  await page.getByRole('heading', { name: 'Network' }).waitFor();
  return page;
}

describeInElectron('the settings of the desktop program', () => {
  test('change a port with a restart, and go back where the platform does not start so', async () => {
    const desktop = await startDesktop({ settings: { mqttPort: await freePort() } });
    const page = await settingsPage(desktop);
    const field = page.getByLabel('Port of the MQTT broker');
    const apply = page.getByRole('button', { name: 'Apply and restart the platform' });
    const before = await field.inputValue();
    const taken = await takenPort();
    await field.fill(String(taken));
    await apply.click();
    await page
      .getByRole('alert')
      .filter({ hasText: String(taken) })
      .waitFor();
    expect((await fetch(`${desktop.url}/readyz`)).status).toBe(200);
    const free = await freePort();
    await field.fill(String(free));
    await apply.click();
    await page.getByText('The platform runs with the new settings.').waitFor();
    const status = await page.evaluate(
      async () => (await fetch('/api/admin/settings')).json() as Promise<object>,
    );
    expect(JSON.stringify(status)).toContain(`"value":${free}`);
    expect(before).not.toBe(String(free));
    await field.fill('70000');
    await apply.click();
    await page.getByRole('alert').filter({ hasText: '65535' }).waitFor();
    expect(await desktop.quit()).toBe(0);
  });

  test('change the port of the dashboard: the window follows, to the same place and with the same looks', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const desktop = await startDesktop({ settings: { apiPort: first }, apiPort: first });
    const page = await settingsPage(desktop);
    await page.getByRole('radio', { name: 'Dark' }).click();
    await waitFor(() => lookOf(desktop).theme === 'dark', 'the choice in the file');
    await page.getByLabel('Port of the dashboard and the API').fill(String(second));
    await page.getByRole('button', { name: 'Apply and restart the platform' }).click();
    await page.waitForURL(`http://127.0.0.1:${second}/dashboard/desktop`);
    await page.getByRole('heading', { name: 'Network' }).waitFor();
    await page.getByText('Operator').first().waitFor();
    expect(await page.getByLabel('Port of the dashboard and the API').inputValue()).toBe(String(second));
    expect(await page.getByRole('radio', { name: 'Dark' }).isChecked()).toBe(true);
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    expect(lookOf(desktop).theme).toBe('dark');
    await expect(fetch(`http://127.0.0.1:${first}/readyz`)).rejects.toThrow();
    expect(await desktop.quit()).toBe(0);
  });

  test('of the program itself are in force at once, and kept', async () => {
    const home = temporaryFolder();
    const desktop = await startDesktop({ environment: { XDG_CONFIG_HOME: home } });
    const page = await settingsPage(desktop);
    const entry = join(home, 'autostart', 'xenblocks-control-center.desktop');
    await page.getByText('Start when you sign in to this machine').click();
    await waitFor(() => existsSync(entry), 'the entry that starts it');
    expect(readFileSync(entry, 'utf8')).toMatch(/^Exec=".*" "--hidden"$/m);
    await page.getByLabel('When the window is closed').selectOption('quit');
    await page.getByRole('radio', { name: 'Dark' }).click();
    await waitFor(
      () => desktop.app.evaluate(({ nativeTheme }) => nativeTheme.themeSource === 'dark'),
      'the dark frame of the window',
    );
    expect(await page.getByText('--data-dir').isVisible()).toBe(true);
    expect(await desktop.quit()).toBe(0);
    expect(JSON.parse(readFileSync(join(desktop.userFolder, 'desktop.json'), 'utf8'))).toMatchObject({
      startAtLogin: true,
      onClose: 'quit',
      theme: 'dark',
    });
  });

  test('move the data to another folder, and run from there', async () => {
    const folder = join(temporaryFolder(), 'elsewhere');
    const desktop = await startDesktop({ isFolderRemembered: true });
    const page = await settingsPage(desktop);
    await desktop.app.evaluate(({ dialog }, to) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [to] });
    }, folder);
    await page.getByRole('button', { name: 'Move the data' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Move the data' }).click();
    await page.getByText(`The data lie in ${folder} now.`).waitFor();
    expect(existsSync(join(folder, 'marketplace.db'))).toBe(true);
    expect(existsSync(join(desktop.dataFolder, 'marketplace.db'))).toBe(true);
    expect((await fetch(`${desktop.url}/readyz`)).status).toBe(200);
    expect(await desktop.quit()).toBe(0);
  });

  test('are there again after another page was seen', async () => {
    const desktop = await startDesktop();
    const page = await settingsPage(desktop);
    await page.getByRole('link', { name: 'Fleet' }).click();
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    await settingsPage(desktop);
    await page.getByRole('radio', { name: 'Dark' }).waitFor();
    expect(await page.getByLabel('Port of the dashboard and the API').inputValue()).toBe(
      new URL(desktop.url).port,
    );
    expect(await desktop.quit()).toBe(0);
  });

  test('have a window that finds text, and menus that go to a place', async () => {
    const desktop = await startDesktop();
    const page = await desktop.dashboard();
    const choose = (menu: string, label: string) =>
      desktop.app.evaluate(
        ({ Menu }, [first, second]) => {
          const found = Menu.getApplicationMenu()?.items.find((item) => item.label === first);
          found?.submenu?.items.find((item) => item.label === second)?.click();
        },
        [menu, label],
      );
    await choose('&Go', 'Fleet');
    await page.waitForURL(/\/dashboard\/fleet$/);
    await choose('&Edit', 'Find…');
    const field = page.getByRole('textbox', { name: 'Find in page' });
    await field.fill('Fleet');
    await field.press('Enter');
    // A page that opens takes the focus, late on a busy machine.
    await field.press('Escape');
    await field.waitFor({ state: 'detached' });
    expect(await desktop.quit()).toBe(0);
  });
});
