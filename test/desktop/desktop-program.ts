/** The desktop program under Playwright: started on free loopback ports, with folders of its own. */
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { electronPath, programFolder } from './electron.ts';

export interface DesktopOptions {
  /** Flags of the program, beside ports and folders. */
  readonly args?: readonly string[];
  /** Where preferences lie; a new folder unless given. */
  readonly userFolder?: string;
  readonly dataFolder?: string;
  /** Ports as flags; free ones unless given. */
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Desktop {
  readonly app: ElectronApplication;
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

const anyPorts = ['--api-port=0', '--mqtt-port=0'];
const loopback = ['--api-host=127.0.0.1', '--mqtt-host=127.0.0.1'];

/** The line that starts the program from the build. */
export function desktopArguments(options: DesktopOptions & { userFolder: string; dataFolder: string }): string[] {
  const { userFolder, dataFolder, ports = anyPorts, args = [] } = options;
  return [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    `--user-data-dir=${userFolder}`,
    programFolder,
    ...[...loopback, ...ports, '--data-dir', dataFolder, ...args],
  ];
}

/** Starts it; it is ended with the test. */
export async function startDesktop(options: DesktopOptions = {}): Promise<Desktop> {
  const userFolder = options.userFolder ?? temporaryFolder();
  const dataFolder = options.dataFolder ?? join(temporaryFolder(), 'data');
  const app = await _electron.launch({
    executablePath: electronPath as string,
    args: desktopArguments({ ...options, userFolder, dataFolder }),
    env: { ...(process.env as Record<string, string>), XENBLOCKS_LOG_LEVEL: 'info', ...options.environment },
  });
  const child = app.process();
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await exit;
  });
  const window = () =>
    waitFor(() => app.windows().find((page) => /^(xenblocks-start|http):/.test(page.url())), 'the window');
  return {
    ...{ app, userFolder, dataFolder, window },
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
