import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import BetterSqlite from 'better-sqlite3';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../support/ports.ts';
import { TestMiner } from '../support/test-miner.ts';
import { temporaryFolder } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { describeInElectron, electronPath, programFolder } from './electron.ts';
import { makePackage, packagedProgram } from './package.ts';

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exitCode: Promise<number | null>;
}

/** Starts a program of the platform. */
function start(program: string, args: readonly string[], environment: NodeJS.ProcessEnv): Started {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  onTestFinished(() => void child.kill('SIGKILL'));
  const exitCode = once(child, 'close').then(([code]) => code as number | null);
  return { child, output: () => output, exitCode };
}

const withoutDisplay = { PATH: process.env['PATH'], HOME: process.env['HOME'] };

/** What holds of the program from its sources and of the packaged one. */
function itRuns(name: string, program: () => string, first: readonly string[]): void {
  describe(name, () => {
    const args = (given: readonly string[]) => ['--no-sandbox', ...first, ...given];

    test('runs without a display: a miner over MQTT, REST, signals, and what was heard is on the disk', async () => {
      const [apiPort, mqttPort, dataFolder] = [await freePort(), await freePort(), temporaryFolder()];
      const listeners = [
        `--api-port=${apiPort}`,
        `--mqtt-port=${mqttPort}`,
        '--api-host=127.0.0.1',
        '--mqtt-host=127.0.0.1',
      ];
      const line = args(['--headless', ...listeners, '--data-dir', dataFolder]);
      const started = start(program(), line, withoutDisplay);
      await waitFor(() => started.output().includes('/dashboard'), 'its banner');
      const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: `mqtt://127.0.0.1:${mqttPort}` });
      await miner.introduce();
      const workers = (await (await fetch(`http://127.0.0.1:${apiPort}/api/workers`)).json()) as object[];
      expect(workers).toMatchObject([{ worker_id: 'rig-1' }]);
      expect((await fetch(`http://127.0.0.1:${apiPort}/dashboard`)).status).toBe(200);
      started.child.kill('SIGTERM');
      expect(await started.exitCode).toBe(0);
      const database = new BetterSqlite(join(dataFolder, 'marketplace.db'), { readonly: true });
      expect(database.prepare('select worker_id from workers').pluck().all()).toEqual(['rig-1']);
      database.close();
    });

    test('answers --version, --help and wrong flags without a display', async () => {
      const version = start(program(), args(['--version']), withoutDisplay);
      expect(await version.exitCode).toBe(0);
      expect(version.output()).toMatch(/^\d+\.\d+\.\d+$/m);
      const help = start(program(), args(['--help']), withoutDisplay);
      expect(await help.exitCode).toBe(0);
      expect(help.output()).toContain('--api-port');
      const wrong = start(program(), args(['--headless', '--api-port', 'x']), withoutDisplay);
      expect(await wrong.exitCode).toBe(2);
      expect(wrong.output()).toContain('--api-port: must be a whole number');
    });
  });
}

describeInElectron('the desktop program on its own', () => {
  itRuns('from the build', () => electronPath as string, [programFolder]);

  describe('packaged', () => {
    beforeAll(makePackage, 300_000);
    itRuns('headless', () => packagedProgram, []);

    test('shows the dashboard with live simulated workers, and is no Node for others', async () => {
      const [apiPort, debugPort] = [await freePort(), await freePort()];
      const user = temporaryFolder();
      const line = [
        ...[
          '--no-sandbox',
          '--disable-gpu',
          `--user-data-dir=${user}`,
          `--remote-debugging-port=${debugPort}`,
        ],
        ...[`--api-port=${apiPort}`, '--mqtt-port=0', '--api-host=127.0.0.1', '--mqtt-host=127.0.0.1'],
        ...['--simulate', '3', '--block-marker', 'X1', '--difficulty', '8'],
      ];
      const started = start(packagedProgram, line, {
        ...process.env,
        NODE_OPTIONS: '',
        ELECTRON_RUN_AS_NODE: '1',
      });
      const listed = `http://127.0.0.1:${debugPort}/json`;
      await waitFor(async () => (await (await fetch(listed)).text()).includes('/dashboard'), 'the dashboard');
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
      await page.getByRole('link', { name: 'Fleet' }).click();
      await page.getByText(/^sim-/).first().waitFor();
      await page.getByText('Operator').first().waitFor();
      expect(existsSync(join(user, 'data', 'marketplace.db'))).toBe(true);
      started.child.kill('SIGTERM');
      expect(await started.exitCode).toBe(0);
    });
  });
});
