import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from './support/test-platform.ts';

const deployFolder = join(import.meta.dirname, '../resources/deploy');
const unit = readFileSync(join(deployFolder, 'xenblocks.service'), 'utf8');
const program = '/opt/xenblocks/node_modules/.bin/node';

/** Units can be examined without a running systemd since 250. */
const versionLine = String(spawnSync('systemd-analyze', ['--version']).stdout);
const [, version = '0'] = /^systemd (\d+)/.exec(versionLine) ?? [];
const canExamine = Number(version) >= 250;
const skipped = canExamine ? '' : ' (SKIPPED: systemd-analyze of systemd 250 or newer is not installed)';

/** The shipped unit and its drop-in, with a program that is there. */
function installUnit(): string {
  const folder = temporaryFolder();
  const path = join(folder, 'xenblocks.service');
  expect(unit).toContain(`ExecStart=${program} `);
  writeFileSync(path, unit.replaceAll(program, process.execPath));
  mkdirSync(`${path}.d`);
  cpSync(join(deployFolder, 'secrets.conf'), join(`${path}.d`, 'secrets.conf'));
  return path;
}

/** The value that counts: of a key that is given twice, the last. */
function setting(name: string): string | undefined {
  return [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].at(-1)?.[1];
}

describe.skipIf(!canExamine)('systemd' + skipped, () => {
  test('understands every line of the unit and of the drop-in for secrets', () => {
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', installUnit()], {
      encoding: 'utf8',
    });
    expect(stdout + stderr).toBe('');
    expect(status).toBe(0);
  });

  test('sees the service exposed by no more than it needs', () => {
    // On a scale from 0 to 10; an ordinary service has 9.6.
    const { status, stdout } = spawnSync(
      'systemd-analyze',
      ['security', '--offline=true', '--threshold=15', '--no-pager', installUnit()],
      { encoding: 'utf8' },
    );
    expect(stdout).toMatch(/Overall exposure level for xenblocks\.service: \d/);
    expect(status, stdout).toBe(0);
  });
});

test('the unit gives the platform the time to stop, and does not start it again with wrong settings', () => {
  const run = readFileSync(join(deployFolder, '../../src-main/cli/run.ts'), 'utf8');
  const [, stopMs] = /const maxStopMs = (\d+);/.exec(run) ?? [];
  expect(Number(setting('TimeoutStopSec'))).toBeGreaterThan(Number(stopMs) / 1000);
  const [, wrongUsage] = /const exitWrongUsage = (\d+);/.exec(run) ?? [];
  expect(setting('RestartPreventExitStatus')).toBe(wrongUsage);
  expect(setting('Restart')).toBe('on-failure');
});

test('the unit lets Node compile while it runs, and hold a connection for each worker that may register', () => {
  expect(unit).not.toMatch(/^MemoryDenyWriteExecute=/m);
  expect(Number(setting('LimitNOFILE'))).toBeGreaterThan(20_000);
});

test('the unit starts the program with the flags of Node with which it is measured', () => {
  const { config } = JSON.parse(readFileSync(join(deployFolder, '../../package.json'), 'utf8')) as {
    config: { nodeFlags: string };
  };
  expect(setting('ExecStart')).toContain(
    `node ${config.nodeFlags} /opt/xenblocks/out/main/cli.js --headless`,
  );
});
