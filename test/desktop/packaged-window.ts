/** The packaged program with a window: it has no door for a driver but the debugging port of its pages. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, cpSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { freePort } from '../support/ports.ts';
import { temporaryFolder } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { packagedProgram, packageFolder } from './package.ts';

export interface PackagedWindow {
  readonly child: ChildProcess;
  readonly page: Page;
  readonly url: string;
  readonly userFolder: string;
  readonly output: () => string;
  readonly exitCode: Promise<number | null>;
}

export interface PackagedOptions {
  readonly program?: string;
  readonly args?: readonly string[];
  readonly userFolder?: string;
  /** A free one that nobody needs to know, unless given. */
  readonly mqttPort?: number;
  readonly environment?: NodeJS.ProcessEnv;
  /** A user of this machine who runs it; else who runs the test, who as root has no sandbox. */
  readonly user?: string;
}

/** Starts it and waits for the dashboard. */
export async function startPackaged(options: PackagedOptions = {}): Promise<PackagedWindow> {
  const { program = packagedProgram, args = [], user, mqttPort = 0 } = options;
  const userFolder = options.userFolder ?? temporaryFolder();
  const [apiPort, debugPort] = [await freePort(), await freePort()];
  const line = [
    ...(user === undefined ? ['--no-sandbox'] : []),
    ...['--disable-gpu', `--user-data-dir=${userFolder}`, `--remote-debugging-port=${debugPort}`],
    ...[`--api-port=${apiPort}`, `--mqtt-port=${mqttPort}`, '--api-host=127.0.0.1', '--mqtt-host=127.0.0.1'],
    ...args,
  ];
  const [command, ...rest] = user === undefined ? [program] : ['runuser', '-u', user, '--', program];
  const child = spawn(command, [...rest, ...line], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.environment },
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exitCode = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-(child.pid as number), 'SIGKILL');
    await exitCode;
  });
  const listed = `http://127.0.0.1:${debugPort}/json`;
  await waitFor(
    async () => (await (await fetch(listed)).text()).includes('/dashboard'),
    'the dashboard',
  ).catch((error: unknown) => {
    throw new Error(`the packaged program showed no dashboard:\n${output}`, { cause: error });
  });
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${debugPort}`);
  onTestFinished(() => browser.close());
  const page = await waitFor(
    () =>
      browser
        .contexts()
        .flatMap((context) => context.pages())
        .find((each) => each.url().includes('/dashboard')),
    'the page',
  );
  const url = `http://127.0.0.1:${apiPort}`;
  return { child, page, url, userFolder, output: () => output, exitCode };
}

/** A copy of the package whose files may be changed, in a folder that everybody may read. Returns the program. */
export function copyPackage(): string {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const copy = join(folder, 'XenBlocks');
  if (process.platform === 'linux') execFileSync('cp', ['-a', '--reflink=auto', packageFolder, copy]);
  else cpSync(packageFolder, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, relative(packageFolder, packagedProgram));
}

/** As an installed package has it: the program that makes Chromium's sandbox belongs to root, and runs as root. */
export function grantSandbox(program: string): void {
  const helper = join(program, '..', 'chrome-sandbox');
  // Not the file of the package itself, which a copy may share.
  copyFileSync(helper, `${helper}.own`);
  rmSync(helper);
  copyFileSync(`${helper}.own`, helper);
  rmSync(`${helper}.own`);
  execFileSync('chown', ['root:root', helper]);
  chmodSync(helper, 0o4755);
}
