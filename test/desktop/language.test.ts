import { expect, test } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { environmentOf, startDesktop, type Desktop } from './desktop-program.ts';
import { describeInElectron } from './electron.ts';
import { seenTray, watchSystem } from './system-watch.ts';

const menuLabels = ({ app }: Desktop) =>
  app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label) ?? []);

const english = ['&File', '&Edit', '&View', '&Go', '&Window', '&Help'];
const german = ['&Datei', '&Bearbeiten', '&Ansicht', '&Gehe zu', '&Fenster', '&Hilfe'];

describeInElectron('the language of the program', () => {
  test('is the system’s, until another one is chosen in the dashboard', async () => {
    const desktop = await startDesktop({ environment: environmentOf('de_DE.UTF-8') });
    const page = await desktop.dashboard();
    await page.getByRole('link', { name: 'Flotte' }).waitFor();
    expect(await menuLabels(desktop)).toEqual(german);
    await watchSystem(desktop);
    await page.getByRole('button', { name: 'Betreiber' }).first().click();
    await page.getByRole('menuitem', { name: 'English' }).click();
    await page.getByRole('link', { name: 'Fleet' }).waitFor();
    await waitFor(async () => (await menuLabels(desktop)).join() === english.join(), 'the English menus');
    await waitFor(async () => (await seenTray(desktop))?.labels[0] === 'No workers yet', 'the English tray');
    const { userFolder } = desktop;
    expect(await desktop.quit()).toBe(0);

    const again = await startDesktop({ userFolder, environment: environmentOf('de_DE.UTF-8') });
    await (await again.dashboard()).getByRole('link', { name: 'Fleet' }).waitFor();
    expect(await menuLabels(again)).toEqual(english);
    expect(await again.quit()).toBe(0);
  });

  test('is that of the page of a start that failed', async () => {
    const settings = { access: 'sometimes' };
    const desktop = await startDesktop({
      isFailing: true,
      settings,
      environment: environmentOf('de_DE.UTF-8'),
    });
    const inPage = (code: string) =>
      desktop.app.evaluate(
        ({ BrowserWindow }, script) =>
          BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(script) as Promise<string>,
        code,
      );
    const text = await waitFor(async () => {
      const seen = await inPage('document.body.innerText');
      return seen.includes('Die Einstellungen stimmen nicht') && seen;
    }, 'the page');
    for (const label of ['Noch einmal versuchen', 'Protokoll zeigen', 'Datenordner zeigen', 'Beenden'])
      expect(text).toContain(label);
    expect(await inPage('document.documentElement.lang')).toBe('de');
    expect(await desktop.quit()).toBe(0);
  });
});
