/** The packaged program, made of this machine's Electron when a test first wants it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { waitFor } from '../support/wait-for.ts';
import { electronPath, programFolder } from './electron.ts';

const packages = join(programFolder, 'out/packages');

/** The folder that `electron-builder --dir` makes on this system, and the program in it. */
function unpacked(): { readonly folder: string; readonly program: string } {
  const isIntel = process.arch === 'x64';
  switch (process.platform) {
    case 'darwin': {
      const folder = join(packages, isIntel ? 'mac' : 'mac-arm64', 'XenBlocks.app');
      return { folder, program: join(folder, 'Contents/MacOS/XenBlocks') };
    }
    case 'win32': {
      const folder = join(packages, isIntel ? 'win-unpacked' : 'win-arm64-unpacked');
      return { folder, program: join(folder, 'XenBlocks.exe') };
    }
    default: {
      const folder = join(packages, isIntel ? 'linux-unpacked' : 'linux-arm64-unpacked');
      return { folder, program: join(folder, 'xenblocks') };
    }
  }
}

export const { folder: packageFolder, program: packagedProgram } = unpacked();

/** When the newest of the built files was written; 0 where there are none. */
function newestMs(folder: string): number {
  const times = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => statSync(join(folder, name)).mtimeMs);
  return Math.max(0, ...times);
}

function isCurrent(): boolean {
  const made = statSync(packagedProgram, { throwIfNoEntry: false })?.ctimeMs ?? 0;
  return made > Math.max(newestMs(join(programFolder, 'out/main')), newestMs(join(programFolder, 'build')));
}

/** A folder that only one of several test files can make; who was ended meanwhile left it. */
const lock = join(programFolder, 'out/packages.lock');
const lockOutlivesMs = 180_000;

function takeLock(): boolean {
  const heldSinceMs = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (heldSinceMs !== undefined && Date.now() - heldSinceMs > lockOutlivesMs)
    rmSync(lock, { recursive: true });
  try {
    mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
}

/** Packs what is built, unless that has been done. @throws Error with electron-builder's words */
export async function makePackage(): Promise<void> {
  await waitFor(takeLock, 'the end of another packing', 2 * lockOutlivesMs);
  try {
    if (!isCurrent()) await pack();
  } finally {
    rmSync(lock, { recursive: true });
  }
}

function pack(): Promise<void> {
  return build(['--dir', `--${process.arch}`]);
}

/** Runs electron-builder with the project's configuration. @throws Error with its words */
export async function build(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<void> {
  const require = createRequire(import.meta.url);
  const builder = join(dirname(require.resolve('electron-builder/package.json')), 'cli.js');
  const isMac = process.platform === 'darwin';
  const child = spawn(
    process.execPath,
    [builder, '--config', 'build/electron-builder.ts', '--publish', 'never', ...args],
    {
      cwd: programFolder,
      env: {
        ...process.env,
        CSC_IDENTITY_AUTO_DISCOVERY: 'false',
        GITHUB_REPOSITORY: '',
        // On macOS the program is a bundle, which electron-builder downloads.
        ...(isMac ? {} : { ELECTRON_OVERRIDE_DIST_PATH: dirname(electronPath as string) }),
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`electron-builder failed (${code}):\n${output}`);
}
