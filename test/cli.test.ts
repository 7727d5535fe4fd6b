import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { tellsOfProcesses } from '../src-main/platform/kernel/processes.ts';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { commands } from '../src-main/cli/commands/index.ts';
import { configOptions } from '../src-main/contract/config.ts';
import { version } from '../src-main/platform/version.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { freePort, requireFree, takenPort } from './support/ports.ts';
import { sendRaw } from './support/raw-http.ts';
import { temporaryFolder } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const loopback = ['--headless', '--api-host', '127.0.0.1', '--mqtt-host', '127.0.0.1'];
const program = join(import.meta.dirname, '../out/main/cli.js');

describe('flags that only ask', () => {
  test('--help lists every flag with its default and exits 0', async () => {
    const folder = join(temporaryFolder(), 'data');
    const help = PlatformProcess.spawn(['--data-dir', folder, '--help']);
    expect(await help.exitCode()).toBe(0);
    const text = help.stdout.replace(/\n {30,}/g, '  ');
    for (const { flag, value, description, defaultText } of configOptions) {
      const line = text.split('\n').find((candidate) => candidate.trim().split(/\s/)[0] === flag) ?? '';
      expect(line, flag).toContain(description);
      if (value !== undefined) expect(line).toContain(`${flag} <${value}>`);
      else expect(line).toContain('[off]');
      if (defaultText !== '') expect(line).toContain(`[${defaultText}]`);
    }
    expect(text).toMatch(/--help .*\n.*--version /);
    expect(text).toContain('XENBLOCKS_API_PORT');
    expect(help.stderr).toBe('');
    expect(existsSync(folder)).toBe(false);
  });

  test('--version prints the version and exits 0', async () => {
    const asked = PlatformProcess.spawn(['--version']);
    expect(await asked.exitCode()).toBe(0);
    expect(asked.stdout).toBe(`${version}\n`);
  });
});

describe('wrong flags and settings', () => {
  test('are all told on stderr; the exit code is 2 and nothing is made', async () => {
    const folder = join(temporaryFolder(), 'data');
    const refused = PlatformProcess.spawn(
      ['--data-dir', folder, '--api-port', 'x', '--log-format=xml', '--unknown'],
      { XENBLOCKS_MQTT_PORT: '99999' },
    );
    expect(await refused.exitCode()).toBe(2);
    expect(refused.stdout).toBe('');
    expect(refused.stderr.trimEnd().split('\n')).toEqual([
      '--unknown: is not a known flag; see --help',
      '--api-port: must be a whole number from 0 to 65535, not "x"',
      'XENBLOCKS_MQTT_PORT (--mqtt-port): must be a whole number from 0 to 65535, not "99999"',
      '--log-format: must be text or json, not "xml"',
      'Nothing was started. --help shows every flag.',
    ]);
    expect(existsSync(folder)).toBe(false);
  });

  test('a corrupt settings file stops the start and stays alone in its folder', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'settings.json'), '{"jwtSecret": "a-secret-of-many-letters", apiPort: 1}');
    const refused = PlatformProcess.spawn(['--data-dir', folder]);
    expect(await refused.exitCode()).toBe(2);
    expect(refused.stderr).toContain('settings.json: is not JSON');
    expect(refused.stderr).not.toContain('a-secret');
    expect(readdirSync(folder)).toEqual(['settings.json']);
  });
});

describe('commands', () => {
  test('are listed by --help, and each has its own, which names what it takes and how it ends', async () => {
    const help = PlatformProcess.spawn(['--help']);
    expect(await help.exitCode()).toBe(0);
    expect(commands.length).toBeGreaterThan(0);
    for (const { name, summary } of commands) {
      expect(help.stdout.replace(/\n {30,}/g, '  ')).toMatch(new RegExp(`^ {2}${name} +${summary}$`, 'm'));
      const own = PlatformProcess.spawn([name, '--help']);
      expect(await own.exitCode()).toBe(0);
      expect(own.stderr).toBe('');
      expect(own.stdout).toContain(`Usage: xenblocks ${name} [flags]`);
      expect(own.stdout).toContain(summary);
      expect(own.stdout).toMatch(/--help +Show this text/);
      expect(own.stdout).toMatch(/Exit codes: 0 done, 1 .+, 2 wrong flags or settings, 130 interrupted\.\n$/);
    }
  });

  test('that are not known are refused with the ones that are', async () => {
    const refused = PlatformProcess.spawn(['frobnicate', '--data-dir', join(temporaryFolder(), 'data')]);
    expect(await refused.exitCode()).toBe(2);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toMatch(
      /^frobnicate: is not a command; the commands are .*rotate-admin-key.*--help.*\n$/,
    );
  });

  test('tell every wrong flag, but not the value behind an unknown one', async () => {
    const refused = PlatformProcess.spawn(
      ['rotate-admin-key', '--frobnicate', 's3cr3t', 'stray', '--data-dir', 'a', '--data-dir=b', '--db-path'],
      { XENBLOCKS_API_PORT: 'x' },
    );
    expect(await refused.exitCode()).toBe(2);
    expect(refused.stdout).toBe('');
    expect(refused.stderr.trimEnd().split('\n')).toEqual([
      '--frobnicate: is not a flag of rotate-admin-key',
      'stray: is not a flag of rotate-admin-key',
      '--data-dir: is given twice',
      '--db-path: needs a value',
      'Nothing was done. xenblocks rotate-admin-key --help shows every flag.',
    ]);
  });

  test('read the settings that a start would read, and refuse wrong ones', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'settings.json'), JSON.stringify({ dbPath: join(folder, 'other.db') }));
    const missing = PlatformProcess.spawn(['rotate-admin-key', '--data-dir', folder]);
    expect(await missing.exitCode()).toBe(1);
    expect(missing.stderr).toBe(
      `There is no database ${join(folder, 'other.db')}: the first start makes the operator's key.\n`,
    );
    const wrong = PlatformProcess.spawn(['rotate-admin-key'], {
      XENBLOCKS_DATA_DIR: folder,
      XENBLOCKS_API_PORT: 'x',
    });
    expect(await wrong.exitCode()).toBe(2);
    expect(wrong.stderr).toContain('XENBLOCKS_API_PORT (--api-port): must be a whole number');
    expect(readdirSync(folder)).toEqual(['settings.json']);
  });
});

describe('a start that fails', () => {
  test.each([
    ['REST API', '--api-port', '--mqtt-port'],
    ['MQTT broker', '--mqtt-port', '--api-port'],
  ])(
    'because the port of the %s is taken says so in one line and leaves nothing',
    async (what, flag, other) => {
      const dataDir = temporaryFolder();
      const taken = await takenPort();
      const free = await freePort();
      const args = [...loopback, '--data-dir', dataDir, `${other}=${free}`];
      const refused = PlatformProcess.spawn([...args, `${flag}=${taken}`]);
      const user = tellsOfProcesses
        ? `by ${basename(realpathSync(process.execPath))} (process ${process.pid})`
        : 'probably by another instance of this program or another server';
      expect(await refused.exitCode()).toBe(1);
      expect(refused.stderr).toBe(
        `Port ${taken} for the ${what} is already in use, ${user}; stop it or choose another port with ${flag}.\n`,
      );
      await requireFree(free);
      const next = await PlatformProcess.start(dataDir);
      expect((await fetch(`http://127.0.0.1:${next.ready.api_port}/healthz`)).status).toBe(200);
    },
  );

  test.each([
    ['api-host', '192.0.2.1', 'REST API'],
    ['mqtt-host', 'no-such-host.invalid', 'MQTT broker'],
  ])('because of the address of --%s names that flag', async (flag, host, what) => {
    const hosts = { 'api-host': '127.0.0.1', 'mqtt-host': '127.0.0.1', [flag]: host };
    const refused = PlatformProcess.spawn([
      ...Object.entries(hosts).map(([name, value]) => `--${name}=${value}`),
      ...['--api-port=0', '--mqtt-port=0', '--data-dir', temporaryFolder()],
    ]);
    expect(await refused.exitCode()).toBe(1);
    expect(refused.stderr.trimEnd()).not.toContain('\n');
    expect(refused.stderr).toContain(`${what} `);
    expect(refused.stderr).toContain(host);
    expect(refused.stderr).toContain(`--${flag}`);
  });

  test('because another instance has the database does not disturb that one', async () => {
    const dataDir = temporaryFolder();
    const first = await PlatformProcess.start(dataDir);
    const second = PlatformProcess.spawn([
      ...loopback,
      ...['--data-dir', dataDir, '--api-port', '0', '--mqtt-port', '0'],
    ]);
    expect(await second.exitCode()).toBe(1);
    expect(second.stderr).toMatch(
      /^The database .* is in use by another running instance\. .*--db-path\.\n$/,
    );
    expect((await fetch(`http://127.0.0.1:${first.ready.api_port}/readyz`)).status).toBe(200);
    expect(await first.end('SIGTERM')).toBe(0);
  });

  test('because the data folder is a file says where', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'text');
    const refused = PlatformProcess.spawn([...loopback, '--data-dir', join(file, 'below')]);
    expect(await refused.exitCode()).toBe(1);
    expect(refused.stderr).toMatch(
      /^The database .* can't be written: ENOTDIR.*--data-dir or --db-path\.\n$/,
    );
  });
});

describe('the banner', () => {
  test('says what runs where, with the real ports', async () => {
    const dataDir = temporaryFolder();
    const started = PlatformProcess.spawn([
      ...loopback,
      ...['--api-port', '0', '--mqtt-port', '0', '--data-dir', dataDir],
    ]);
    const banner = await waitFor(
      () => /\n(XenBlocks control center .*\n( {2}.*\n)+)\n/.exec(started.stdout)?.[1],
      'the banner',
    );
    expect(banner).toContain(version);
    const apiPort = /REST API +http:\/\/127\.0\.0\.1:([1-9]\d*)\/api\/docs/.exec(banner)?.[1];
    expect(banner).toContain(`http://127.0.0.1:${apiPort}/dashboard`);
    expect(banner).toMatch(/MQTT broker +mqtt:\/\/127\.0\.0\.1:[1-9]\d*\n/);
    expect(banner).toMatch(new RegExp(`Database +${dataDir}/marketplace\\.db\\n`));
    expect(banner).toMatch(/Access +standard\n/);
    expect((await fetch(`http://127.0.0.1:${apiPort}/healthz`)).status).toBe(200);
    expect(await started.end('SIGINT')).toBe(0);
  });

  test('warns when access is open', async () => {
    const started = PlatformProcess.spawn([
      ...loopback,
      ...['--api-port=0', '--mqtt-port=0', '--access=open', '--data-dir', temporaryFolder()],
    ]);
    await waitFor(() => started.stdout.includes('WARNING access is open'), 'the warning');
    expect(started.stdout).toContain('anyone who reaches this machine may do anything');
  });
});

function findOldNode(): string | undefined {
  const listed = spawnSync('which', ['-a', 'node'], { encoding: 'utf8' }).stdout;
  return [...listed.split('\n'), '/usr/local/bin/node'].find((path) => {
    if (path === '' || !existsSync(path)) return false;
    const major = /^v(\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' }))?.[1];
    return Number(major) < 24;
  });
}

const oldNode = findOldNode();

test.skipIf(oldNode === undefined)(
  'an old Node is told what to do (skipped where no Node before 24 is installed)',
  () => {
    const { status, stdout, stderr } = spawnSync(oldNode ?? '', [program, '--headless'], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^This program needs Node 24 or newer; this is \d+\..*npm run headless.*\n$/);
  },
);

test('the built program refuses a malformed path, as its source says', async () => {
  const { ready } = await PlatformProcess.start(temporaryFolder());
  const request = 'GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  expect(await sendRaw(`http://127.0.0.1:${ready.api_port}`, request)).toMatchObject({ status: 400 });
});

test('a stopped npm leaves no platform behind', async () => {
  const flags = ['--api-host=127.0.0.1', '--mqtt-host=127.0.0.1', '--api-port=0', '--mqtt-port=0'];
  const npm = spawn(
    'npm',
    ['start', '--ignore-scripts', '--', ...flags, '--data-dir', temporaryFolder(), '--log-format', 'json'],
    { cwd: join(import.meta.dirname, '..'), stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let output = '';
  npm.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const pid = await waitFor(
    () => Number(/"event":"ready".*"pid":(\d+)/.exec(output)?.[1]) || undefined,
    'the platform',
  );
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  npm.kill('SIGTERM');
  await waitFor(() => !isAlive(pid), 'the end of the platform');
  expect(output).toContain('"msg":"stopped"');
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
