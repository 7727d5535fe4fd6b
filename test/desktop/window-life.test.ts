import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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
    dialog.showMessageBox = () => Promise.resolve({ response: button, checkboxChecked: false });
  }, response);
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

  test('a second start opens the window of the first, at a link, and tells of flags that it does not use', async () => {
    const desktop = await startDesktop();
    const page = await desktop.dashboard();
    expect(await startAgain(desktop, ['xenblocks://worker/rig%2F1'])).toContain('is running already');
    await page.waitForURL(/\/dashboard\/fleet\/rig%2F1$/);
    expect(await startAgain(desktop, ['--api-port', '9999'])).toMatch(/Not used: --api-port\..*--quit/);
    const ended = once(desktop.app.process(), 'exit');
    expect(await startAgain(desktop, ['--quit'])).toContain('asked to quit');
    expect((await ended)[0]).toBe(0);
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
