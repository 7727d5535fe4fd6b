import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { takenPort } from '../support/ports.ts';
import { temporaryFolder } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { desktopArguments, startDesktop, type Desktop } from './desktop-program.ts';
import { describeInElectron, electronPath } from './electron.ts';

/** A second start of the program for the same person. */
async function startAgain({ userFolder, dataFolder }: Desktop, args: readonly string[]): Promise<string> {
  const line = desktopArguments({ userFolder, dataFolder });
  const child = spawn(electronPath as string, [...line.slice(0, 5), ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(0);
  return output;
}

/** Answers the next question of a dialog with a button. */
function answerDialog({ app }: Desktop, response: number): Promise<void> {
  return app.evaluate(({ dialog }, button) => {
    const { said } = globalThis as unknown as { said?: string[] };
    dialog.showMessageBox = (...given: unknown[]) => {
      said?.push((given.at(-1) as Electron.MessageBoxOptions).message);
      return Promise.resolve({ response: button, checkboxChecked: false });
    };
  }, response);
}

/** Notes what dialogs say from now on. */
async function noteDialogs({ app }: Desktop): Promise<() => Promise<string[]>> {
  await app.evaluate(({ dialog }) => {
    const said: string[] = [];
    Object.assign(globalThis, { said });
    dialog.showErrorBox = (title, text) => void said.push(`${title}: ${text}`);
  });
  return () => app.evaluate(() => (globalThis as unknown as { said: string[] }).said);
}

const closeWindow = ({ app }: Desktop) =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());

const windowCount = ({ app }: Desktop) =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

describeInElectron('the life of the window', () => {
  test('closing asks once; then the platform goes on in the tray, and the page is freed', async () => {
    const desktop = await startDesktop();
    const page = await desktop.dashboard();
    const url = new URL(page.url()).origin;
    const renderer = await desktop.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
    );
    await answerDialog(desktop, 0);
    await closeWindow(desktop);
    await waitFor(async () => (await windowCount(desktop)) === 0, 'the end of the window');
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await waitFor(() => {
      try {
        process.kill(renderer as number, 0);
        return false;
      } catch {
        return true;
      }
    }, 'the end of the page’s process');
    expect(JSON.parse(readFileSync(join(desktop.userFolder, 'desktop.json'), 'utf8'))).toMatchObject({
      onClose: 'tray',
    });
    await startAgain(desktop, []);
    await desktop.dashboard();
    await answerDialog(desktop, 2);
    await closeWindow(desktop);
    await waitFor(async () => (await windowCount(desktop)) === 0, 'a close that does not ask again');
    expect(await desktop.quit()).toBe(0);
  });

  test('cancelling the question keeps the window; quitting by it ends the program', async () => {
    const desktop = await startDesktop();
    await desktop.dashboard();
    const ended = once(desktop.app.process(), 'exit');
    await answerDialog(desktop, 2);
    await closeWindow(desktop);
    expect(await windowCount(desktop)).toBe(1);
    await answerDialog(desktop, 1);
    await closeWindow(desktop).catch(() => undefined);
    expect((await ended)[0]).toBe(0);
  });

  test('a second start opens the window of the first, at a link; another one ends it', async () => {
    const desktop = await startDesktop();
    const page = await desktop.dashboard();
    expect(await startAgain(desktop, ['xenblocks://worker/rig%2F1'])).toContain('is running already');
    await page.waitForURL(/\/dashboard\/fleet\/rig%2F1$/);
    const ended = once(desktop.app.process(), 'exit');
    expect(await startAgain(desktop, ['--quit'])).toContain('asked to quit');
    expect((await ended)[0]).toBe(0);
  });

  test('flags of a second start are put in force when that is wanted, and taken back when they do not work', async () => {
    const desktop = await startDesktop();
    await desktop.dashboard();
    const asked = await noteDialogs(desktop);
    const simulate = ['--simulate', '2', '--block-marker', 'X1', '--difficulty', '8'];
    const workers = async () => (await (await fetch(`${desktop.url}/api/workers`)).json()) as object[];

    await answerDialog(desktop, 1);
    expect(await startAgain(desktop, simulate)).toMatch(/asks there whether .* --simulate --block-marker/);
    await waitFor(async () => (await asked()).length === 1, 'the question');
    expect(await workers()).toEqual([]);

    await answerDialog(desktop, 0);
    await startAgain(desktop, simulate);
    await waitFor(async () => (await workers()).length === 2, 'the simulated workers');

    await startAgain(desktop, [`--mqtt-port=${await takenPort()}`]);
    await waitFor(
      async () => /did not start.*runs as before/s.test((await asked()).at(-1) ?? ''),
      'the reason',
    );
    await waitFor(async () => (await workers()).length === 2, 'what ran before');

    await startAgain(desktop, ['--no-such-flag']);
    await waitFor(async () => (await asked()).at(-1)?.includes('no-such-flag'), 'what is wrong');
    expect((await fetch(`${desktop.url}/readyz`)).status).toBe(200);
    expect(await desktop.quit()).toBe(0);
  });

  test('a page that crashes is loaded again; one that crashes again and again is told of', async () => {
    const desktop = await startDesktop();
    const crash = () =>
      desktop.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
      );
    const urlOf = () =>
      desktop.app.evaluate(({ BrowserWindow }) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        return contents?.isLoading() === false && !contents.isCrashed() ? contents.getURL() : '';
      });
    await desktop.dashboard();
    for (const _round of [1, 2]) {
      await crash();
      await waitFor(
        () => desktop.output().match(/page of the window ended/g)?.length === _round,
        'the crash',
      );
      await waitFor(async () => (await urlOf()).includes('/dashboard'), 'the page again');
    }
    await crash();
    await waitFor(async () => (await urlOf()).startsWith('xenblocks-start:'), 'the page that tells of it');
    const inPage = (code: string) =>
      desktop.app.evaluate(
        ({ BrowserWindow }, script) =>
          BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(script) as Promise<string>,
        code,
      );
    await waitFor(
      async () => (await inPage('document.body.innerText')).includes('The dashboard stopped'),
      'its words',
    );
    await inPage('document.querySelector("button.primary").click()');
    await waitFor(async () => (await urlOf()).includes('/dashboard'), 'the dashboard');
    expect(await inPage('document.title')).toContain('XenBlocks');
    expect(await desktop.quit()).toBe(0);
  });

  test('remembers its place, its size and its zoom', async () => {
    const userFolder = temporaryFolder();
    const bounds = { x: 60, y: 70, width: 900, height: 640 };
    const first = await startDesktop({ userFolder });
    await first.dashboard();
    await first.app.evaluate(
      ({ BrowserWindow }, place) => BrowserWindow.getAllWindows()[0]?.setBounds(place),
      bounds,
    );
    await first.app.evaluate(({ Menu }) => {
      const view = Menu.getApplicationMenu()?.items.find(({ label }) => label === '&View');
      view?.submenu?.items.find(({ label }) => label === 'Zoom in')?.click();
    });
    await first.quit();
    const second = await startDesktop({ userFolder });
    await second.dashboard();
    const seen = await second.app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      return { ...window?.getBounds(), zoom: window?.webContents.getZoomLevel() };
    });
    expect(seen).toEqual({ ...bounds, zoom: 0.5 });
  });
});
