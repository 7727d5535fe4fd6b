import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { programFolder } from './electron.ts';
import { startDesktop, type Desktop } from './desktop-program.ts';
import { describeInElectron } from './electron.ts';

/** A page of somebody else, on this machine. */
async function foreignPage(): Promise<string> {
  const server = createServer((_request, response) =>
    response.setHeader('Content-Type', 'text/html').end('<title>Foreign</title><p>Foreign'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/dashboard`;
}

/** Counts what is opened in the browser instead of opening it. */
function watchBrowser({ app }: Desktop): Promise<void> {
  return app.evaluate(({ shell }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { opened });
    shell.openExternal = (url) => {
      opened.push(url);
      return Promise.resolve();
    };
  });
}
const openedIn = ({ app }: Desktop) =>
  app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened);

const windowCount = ({ app }: Desktop) =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

describeInElectron('a page that somebody was tricked into', () => {
  test('is not shown in the window: not by a link, a script, a frame, a file or a new window', async () => {
    const foreign = await foreignPage();
    const desktop = await startDesktop();
    const page = await desktop.dashboard();
    const home = page.url();
    await watchBrowser(desktop);
    for (const url of [foreign, 'file:///etc/passwd', 'data:text/html,x', 'chrome://gpu']) {
      await page.evaluate((to) => {
        location.href = to;
      }, url);
      expect(await page.evaluate((to) => window.open(to) === null, url)).toBe(true);
    }
    await page.evaluate((to) => {
      const frame = document.createElement('iframe');
      frame.src = to;
      document.body.append(frame);
    }, foreign);
    await waitFor(async () => (await openedIn(desktop)).length >= 2, 'the browser');
    expect(new Set(await openedIn(desktop))).toEqual(new Set([foreign]));
    expect(page.url()).toBe(home);
    expect(
      page
        .frames()
        .map((frame) => frame.url())
        .filter((url) => url.startsWith(foreign)),
    ).toEqual([]);
    expect(await windowCount(desktop)).toBe(1);
  });

  test('has no Node, no Electron, no webview, and none of the machine’s abilities', async () => {
    const desktop = await startDesktop();
    const page = await desktop.dashboard();
    const found = await page.evaluate(async () => {
      const webview = document.createElement('webview') as HTMLElement & { getURL?: unknown };
      document.body.append(webview);
      const denied = async (ask: () => Promise<unknown>) =>
        ask().then(
          () => false,
          () => true,
        );
      return {
        globals: ['require', 'process', 'module', 'ipcRenderer', 'Buffer'].filter((name) => name in window),
        webview: webview.getURL !== undefined,
        camera: await denied(() => navigator.mediaDevices.getUserMedia({ video: true })),
        notifications: Notification.permission,
        eval: await denied(() => Promise.resolve().then(() => (0, eval)('1') as unknown)),
      };
    });
    expect(found).toEqual({ globals: [], webview: false, camera: true, notifications: 'denied', eval: true });
    const preferences = await desktop.app.evaluate(({ BrowserWindow }) =>
      (
        BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
          getLastWebPreferences(): Record<string, unknown>;
        }
      ).getLastWebPreferences(),
    );
    expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
  });

  test('gets nothing from the program, even with its bridge', async () => {
    const foreign = await foreignPage();
    const desktop = await startDesktop();
    const page = await desktop.dashboard();
    const preload = join(programFolder, 'out/preload/bridge.cjs');
    const answers = await desktop.app.evaluate(
      async ({ BrowserWindow }, { url, script, home }) => {
        const tried: Record<string, string> = {};
        for (const [name, address] of Object.entries({ foreign: url, otherWindow: home })) {
          const window = new BrowserWindow({
            show: false,
            webPreferences: { preload: script, sandbox: true },
          });
          await window.loadURL(address);
          tried[name] = (await window.webContents.executeJavaScript(
            'xenblocks.signIn().then(() => "signed in", (error) => String(error))',
          )) as string;
          window.destroy();
        }
        return tried;
      },
      { url: foreign, script: preload, home: page.url() },
    );
    expect(answers['foreign']).toContain('this page may not ask for that');
    expect(answers['otherWindow']).toContain('this page may not ask for that');
  });

  test('of its own may only make its own calls, with the right arguments', async () => {
    const desktop = await startDesktop();
    const page = await desktop.dashboard();
    const answers = await page.evaluate(async () => {
      const bridge = (
        window as unknown as { xenblocks: Record<string, (input?: unknown) => Promise<unknown>> }
      ).xenblocks;
      const ask = (name: string, input?: unknown) =>
        bridge[name]!(input).then(
          () => 'answered',
          (error: unknown) => String(error),
        );
      return {
        start: await ask('actOnStart', { kind: 'quit' }),
        wrong: await ask('savePreferences', { onClose: 'explode' }),
        unknown: await ask('savePreferences', { dataFolder: '/tmp' }),
        theme: await ask('setLooks', { theme: 'dark', language: '' }),
      };
    });
    expect(answers.start).toContain('this page may not ask for that');
    expect(answers.wrong).toContain('wrong arguments');
    expect(answers.unknown).toContain('wrong arguments');
    expect(answers.theme).toBe('answered');
    expect(await desktop.app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('dark');
  });
});
