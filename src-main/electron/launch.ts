#!/usr/bin/env node
/**
 * `npm start`: the desktop program where this machine can show one, else the same platform without a window and a
 * paragraph that says why. Runs in Node, not in Electron.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { run } from '../cli/run.ts';
import { watchNpm } from '../cli/watch-npm.ts';
import { messageOf } from '../platform/kernel/app-error.ts';
import { findProgramRoot } from '../platform/http/resources.ts';
import { readProgramLine } from './program-line.ts';

/** A window that ends by itself within this time never came up. */
const tooSoonMs = 10_000;

const exitFailed = 1;

const signals = ['SIGINT', 'SIGTERM'] as const;

/** A window can't be had, with the reason in a sentence. */
class NoWindow extends Error {}

function requireDisplay(args: readonly string[]): void {
  if (process.platform !== 'linux') return;
  const { DISPLAY: x11 = '', WAYLAND_DISPLAY: wayland = '' } = process.env;
  if (x11 === '' && wayland === '')
    throw new NoWindow('this machine has no display (neither DISPLAY nor WAYLAND_DISPLAY is set)');
  if (process.getuid?.() === 0 && !args.includes('--no-sandbox'))
    throw new NoWindow('Electron does not run for root, who has no sandbox; start it as another user');
}

/** Where Electron is; downloads it when it was never used here. */
function findElectron(): string {
  try {
    // The package gives the path as its value; it is loaded only when a window is wanted, because it may download.
    const path = createRequire(import.meta.url)('electron') as string;
    if (existsSync(path)) return path;
    throw new Error(`there is no file ${path}`);
  } catch (error) {
    const [reason = ''] = messageOf(error).split('\n');
    throw new NoWindow(`Electron could not be downloaded or is not whole (${reason})`);
  }
}

/** Runs the window until it is closed. @throws NoWindow when it never came up */
async function runWindow(args: readonly string[]): Promise<void> {
  requireDisplay(args);
  const startedMs = performance.now();
  const child = spawn(findElectron(), [findProgramRoot(), ...args], { stdio: 'inherit' });
  const asked = new AbortController();
  const end = () => {
    asked.abort();
    child.kill('SIGTERM');
  };
  for (const signal of signals) process.on(signal, end);
  const stopWatching = watchNpm(end);
  const [code, signal] = (await once(child, 'close').catch((error: unknown) => {
    throw new NoWindow(`Electron could not be started (${messageOf(error)})`);
  })) as [number | null, NodeJS.Signals | null];
  stopWatching();
  for (const name of signals) process.off(name, end);
  const isBroken = signal !== null && !asked.signal.aborted && performance.now() - startedMs < tooSoonMs;
  if (isBroken) throw new NoWindow(`Electron ended by itself at its start (${signal})`);
  process.exitCode = code ?? exitFailed;
}

const args = process.argv.slice(2);
const { kind, args: platformArgs } = readProgramLine(args);
const insists = args.includes('--desktop');

if (kind !== 'window') await run(args);
else
  try {
    await runWindow(args);
  } catch (error) {
    if (!(error instanceof NoWindow)) throw error;
    if (insists) {
      process.stderr.write(
        `No window can be opened: ${error.message}. Start without --desktop to run without one.\n`,
      );
      process.exitCode = exitFailed;
    } else {
      process.stderr.write(
        `No window can be opened: ${error.message}. XenBlocks runs without one instead: open the dashboard's address ` +
          'below in a browser on this machine, or on another one that reaches it. --headless asks for this, --desktop ' +
          'insists on a window.\n',
      );
      await run(platformArgs);
    }
  }
