/** A real Electron with a real display, for tests of the desktop program; and how they say that there is none. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe } from 'vitest';

/** As the electron package finds it, without the download that it would begin. */
function findElectron(): string | undefined {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const pathFile = join(folder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron';
  const path = join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist'), name);
  return existsSync(path) ? path : undefined;
}

/** Electron's program; undefined when none is here. */
export const electronPath = findElectron();

/** The top of the project, which Electron starts. */
export const programFolder = join(import.meta.dirname, '../..');

const hasDisplay = process.platform !== 'linux' || (process.env['DISPLAY'] ?? '') !== '';
const virtualDisplay = ['/usr/bin/Xvfb', '/usr/local/bin/Xvfb'].find((path) => existsSync(path));

function reasonToSkip(): string {
  if (electronPath === undefined)
    return 'no Electron is here: "npx install-electron" downloads it, ELECTRON_OVERRIDE_DIST_PATH names one';
  return hasDisplay || virtualDisplay !== undefined ? '' : 'there is no display, and no Xvfb to make one';
}

let display: ChildProcess | undefined;

/** Starts a display where there is none. */
async function openDisplay(): Promise<void> {
  if (hasDisplay || virtualDisplay === undefined) return;
  display = spawn(virtualDisplay, ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [chunk] = (await once(display.stdio[3] as Readable, 'data')) as [Buffer];
  process.env['DISPLAY'] = `:${chunk.toString().trim()}`;
}

/** Tests that need Electron. Where there is none they are skipped, and their name says so. */
export function describeInElectron(name: string, tests: () => void): void {
  const reason = reasonToSkip();
  if (reason !== '') {
    describe.skip(`${name} (SKIPPED: ${reason})`, tests);
    return;
  }
  describe(name, () => {
    beforeAll(openDisplay);
    afterAll(() => {
      if (!display) return;
      display.kill();
      display = undefined;
      delete process.env['DISPLAY'];
    });
    tests();
  });
}
