/** The desktop program under Playwright: started on free loopback ports, with folders of its own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { freePort } from '../support/ports.ts';
import { temporaryFolder } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { programFolder } from './electron.ts';

export interface DesktopOptions {
  /** Flags of the program, beside ports and folders. */
  readonly args?: readonly string[];
  /** Where preferences lie; a new folder unless given. */
  readonly userFolder?: string;
  readonly dataFolder?: string;
  /** The port of the dashboard; a free one unless given. */
  readonly apiPort?: number;
  /** The start is meant to fail: the window opens by itself and tells of it. */
  readonly isFailing?: boolean;
  /** What the settings file holds; a setting that is in it is not given as a flag. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The data folder is remembered by the program, not given as a flag. */
  readonly isFolderRemembered?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Desktop {
  readonly app: ElectronApplication;
  /** Where its platform listens. */
  readonly url: string;
  readonly userFolder: string;
  readonly dataFolder: string;
  /** What it wrote so far. */
  readonly output: () => string;
  /** The one window's page. */
  window(): Promise<Page>;
  /** The window's page, at the dashboard of the running platform. */
  dashboard(): Promise<Page>;
  /** Quits as a person does; returns the exit code. */
  quit(): Promise<number | null>;
}

/** This process's environment, in a language of the system. */
export function environmentOf(language: string): Record<string, string> {
  const names = new Set(['LANGUAGE', 'LC_ALL', 'LC_MESSAGES', 'LANG']);
  const rest = Object.entries(process.env).filter(([name]) => !names.has(name)) as [string, string][];
  return { ...Object.fromEntries(rest), LANG: language };
}

/** Loopback only, each as a flag unless the settings file of a test says it. */
const listeners = [
  ['apiHost', '--api-host=127.0.0.1'],
  ['mqttHost', '--mqtt-host=127.0.0.1'],
  ['mqttPort', '--mqtt-port=0'],
] as const;

/** The line that starts the program from the build. */
export function desktopArguments(
  options: DesktopOptions & { userFolder: string; dataFolder: string },
): string[] {
  const { userFolder, dataFolder, apiPort = 0, args = [], settings = {} } = options;
  const isGiven = (flag: string) => args.some((given) => given.startsWith(flag));
  return [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    `--user-data-dir=${userFolder}`,
    programFolder,
    ...listeners
      .filter(([key, flag]) => !(key in settings) && !isGiven(flag.split('=', 1)[0] as string))
      .map(([, flag]) => flag),
    ...(apiPort === 0 || 'apiPort' in settings ? [] : [`--api-port=${apiPort}`]),
    ...(options.isFolderRemembered ? [] : ['--data-dir', dataFolder]),
    ...args,
  ];
}

/** Starts it; it is ended with the test. */
export async function startDesktop(options: DesktopOptions = {}): Promise<Desktop> {
  const userFolder = options.userFolder ?? temporaryFolder();
  const dataFolder = options.dataFolder ?? join(temporaryFolder(), 'data');
  const { isFailing = false, settings, isFolderRemembered = false } = options;
  mkdirSync(dataFolder, { recursive: true });
  if (settings) writeFileSync(join(dataFolder, 'settings.json'), JSON.stringify(settings));
  if (isFolderRemembered) writeFileSync(join(userFolder, 'desktop.json'), JSON.stringify({ dataFolder }));
  // Without a flag where the start is to fail by what the settings file says.
  const apiPort = options.apiPort ?? (await freePort());
  const url = `http://127.0.0.1:${apiPort}`;
  const args = desktopArguments({ ...options, userFolder, dataFolder, apiPort });
  const app = await _electron.launch({
    // Without a path of its own Playwright finds Electron as the package does, and holds the start until it watches.
    cwd: programFolder,
    // As the program chooses it: Playwright would show every page in light.
    colorScheme: null,
    // In the tray at first: Playwright loses a page that goes from one address to another while it begins to watch.
    args: isFailing ? args : [...args, '--hidden'],
    env: { ...environmentOf('en_US.UTF-8'), XENBLOCKS_LOG_LEVEL: 'info', ...options.environment },
  });
  const child = app.process();
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // With its helpers, which would write to a folder that is just removed: Playwright made a group of them.
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-(child.pid as number), 'SIGKILL');
    await exit;
  });
  if (!isFailing) {
    await waitFor(async () => (await fetch(`${url}/readyz`)).ok, 'the platform');
    await app.evaluate(({ app: program }) => void program.emit('activate'));
  }
  const window = () =>
    waitFor(() => app.windows().find((page) => /^(xenblocks-start|http):/.test(page.url())), 'the window');
  return {
    ...{ app, url, userFolder, dataFolder, window },
    output: () => output,
    async dashboard() {
      const page = await window();
      await page.waitForURL(/\/dashboard/);
      await page.locator('#content').waitFor();
      return page;
    },
    async quit() {
      await app.evaluate(({ app: program }) => setImmediate(() => program.quit())).catch(() => undefined);
      return exit;
    },
  };
}
