import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import BetterSqlite from 'better-sqlite3';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../support/ports.ts';
import { TestMiner } from '../support/test-miner.ts';
import { temporaryFolder } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { describeInElectron, electronPath, programFolder } from './electron.ts';
import { makePackage, packagedProgram } from './package.ts';
import { startPackaged } from './packaged-window.ts';

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exitCode: Promise<number | null>;
}

/** Starts a program of the platform. */
function start(program: string, args: readonly string[], environment: NodeJS.ProcessEnv): Started {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment, detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  onTestFinished(() => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-(child.pid as number), 'SIGKILL');
  });
  const exitCode = once(child, 'close').then(([code]) => code as number | null);
  return { child, output: () => output, exitCode };
}

interface AsarFolder {
  readonly files?: Readonly<Record<string, AsarFolder>>;
}

/** Paths in an archive: it begins with its list, as JSON, whose length stands before it. */
function pathsIn(archive: string): string[] {
  const content = readFileSync(archive);
  const list = JSON.parse(content.toString('utf8', 16, 16 + content.readUInt32LE(12))) as AsarFolder;
  const walk = ({ files = {} }: AsarFolder, above: string): string[] =>
    Object.entries(files).flatMap(([name, entry]) =>
      entry.files ? walk(entry, `${above}${name}/`) : [`${above}${name}`],
    );
  return walk(list, '');
}

const withoutDisplay = { PATH: process.env['PATH'], HOME: process.env['HOME'] };

/** What holds of the program from its sources and of the packaged one. */
function itRuns(name: string, program: () => string, first: readonly string[]): void {
  describe(name, () => {
    const args = (given: readonly string[]) => ['--no-sandbox', ...first, ...given];

    // Windows has no signals.
    test.skipIf(process.platform === 'win32')(
      'runs without a display: a miner over MQTT, REST, signals, and what was heard is on the disk',
      async () => {
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
        // As a service's or the machine's stop does it: to all its processes at once.
        process.kill(-(started.child.pid as number), 'SIGTERM');
        expect(await started.exitCode, started.output()).toBe(0);
        expect(started.output()).not.toContain('FATAL');
        const database = new BetterSqlite(join(dataFolder, 'marketplace.db'), { readonly: true });
        expect(database.prepare('select worker_id from workers').pluck().all()).toEqual(['rig-1']);
        database.close();
      },
    );

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

    test.skipIf(process.platform === 'win32')(
      'shows the dashboard with live simulated workers, and is no Node for others',
      async () => {
        const started = await startPackaged({
          args: ['--simulate', '3', '--block-marker', 'X1', '--difficulty', '8'],
          environment: { NODE_OPTIONS: '', ELECTRON_RUN_AS_NODE: '1' },
        });
        const { page, userFolder } = started;
        await page.getByRole('link', { name: 'Fleet' }).click();
        await page.getByText(/^sim-/).first().waitFor();
        await page.getByText('Operator').first().waitFor();
        expect(existsSync(join(userFolder, 'data', 'marketplace.db'))).toBe(true);
        started.child.kill('SIGTERM');
        expect(await started.exitCode, started.output()).toBe(0);
        expect(started.output()).not.toContain('FATAL');
      },
    );

    test.runIf(process.platform === 'linux')(
      'holds what it needs and no more: its own code, the native code of this system, two languages',
      async () => {
        const resources = join(packagedProgram, '..', 'resources');
        const files = (await readdir(resources, { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile())
          .map(({ parentPath, name }) => relative(resources, join(parentPath, name)))
          .sort();
        const native = `${process.platform}-${process.arch}`;
        expect(files).toEqual([
          'app.asar',
          `app.asar.unpacked/node_modules/@node-rs/argon2-${native}-gnu/argon2.${native}-gnu.node`,
          `app.asar.unpacked/node_modules/better-sqlite3/prebuilds/${native}.node`,
        ]);
        const packed = pathsIn(join(resources, 'app.asar'));
        const tops = new Set(packed.map((path) => path.split('/')[0]));
        expect([...tops].sort()).toEqual(['node_modules', 'out', 'package.json', 'resources']);
        expect(packed.filter((path) => /\.(map|md|ts)$|\/deploy\/|\/docs\//.test(path))).toEqual([]);
        const languages = await readdir(join(packagedProgram, '..', 'locales'));
        expect(languages.sort()).toEqual(['de.pak', 'en-US.pak']);
        expect((await stat(join(resources, 'app.asar'))).size).toBeLessThan(20_000_000);
      },
    );

    test('has its fuses set: it runs nothing but itself', async () => {
      const fuses = await getCurrentFuseWire(packagedProgram);
      const isOn = (option: FuseV1Options) => fuses[option] === FuseState.ENABLE;
      expect({
        runAsNode: isOn(FuseV1Options.RunAsNode),
        cookies: isOn(FuseV1Options.EnableCookieEncryption),
        nodeOptions: isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
        inspect: isOn(FuseV1Options.EnableNodeCliInspectArguments),
        integrity: isOn(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
        onlyAsar: isOn(FuseV1Options.OnlyLoadAppFromAsar),
        filePrivileges: isOn(FuseV1Options.GrantFileProtocolExtraPrivileges),
      }).toEqual({
        runAsNode: false,
        cookies: true,
        nodeOptions: false,
        inspect: false,
        integrity: true,
        onlyAsar: true,
        filePrivileges: false,
      });
    });
  });
});
