import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const start = join(import.meta.dirname, '../out/main/start.js');

/** `npm start` without npm, as somebody without a display. */
function launch(args: readonly string[]) {
  const child = spawn(process.execPath, [start, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    cwd: temporaryFolder(),
  });
  const seen = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (seen.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (seen.stderr += chunk.toString()));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, seen, exitCode: once(child, 'close').then(([code]) => code as number | null) };
}

const loopback = ['--api-host=127.0.0.1', '--mqtt-host=127.0.0.1', '--api-port=0', '--mqtt-port=0'];

describe.runIf(process.platform === 'linux')('npm start where there is no display', () => {
  test('says so in one paragraph, and runs without a window', async () => {
    const { child, seen, exitCode } = launch(loopback);
    await waitFor(() => seen.stdout.includes('/dashboard'), 'the address of the dashboard');
    expect(seen.stderr).toMatch(
      /^No window can be opened: this machine has no display .*--headless asks for this.*\n$/,
    );
    child.kill('SIGTERM');
    expect(await exitCode).toBe(0);
  });

  test('with --headless runs without a word about windows', async () => {
    const { child, seen, exitCode } = launch(['--headless', ...loopback]);
    await waitFor(() => seen.stdout.includes('/dashboard'), 'the address of the dashboard');
    child.kill('SIGINT');
    expect(await exitCode).toBe(0);
    expect(seen.stderr).toBe('');
  });

  test('with --desktop fails with the reason', async () => {
    const { seen, exitCode } = launch(['--desktop', ...loopback]);
    expect(await exitCode).toBe(1);
    expect(seen.stderr).toMatch(/^No window can be opened: this machine has no display .*\n$/);
    expect(seen.stdout).toBe('');
  });

  test('runs commands, and tells its version', async () => {
    const { seen, exitCode } = launch(['--version']);
    expect(await exitCode).toBe(0);
    expect(seen.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('refuses what it does not know, before anything starts', async () => {
    const { seen, exitCode } = launch(['--no-such-flag']);
    expect(await exitCode).toBe(2);
    expect(seen.stderr).toContain('--no-such-flag: is not a known flag');
  });
});
