import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { publicAdminKey } from '../src-main/contract/config.ts';
import { ConfigError, loadConfig } from '../src-main/platform/config/load-config.ts';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { admin, call, ok } from './support/accounts.ts';
import { readRows } from './support/platform-figures.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { hasTerminal, TerminalProcess } from './support/terminal-process.ts';
import { startTestPlatform, temporaryFolder } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const loopback = ['--headless', '--api-host', '127.0.0.1', '--mqtt-host', '127.0.0.1'];
const freePorts = ['--api-port=0', '--mqtt-port=0'];

type Reached = { apiUrl: string };

const opens = async (platform: Reached, key: string) =>
  (await call(platform, 'GET', '/api/accounts', { who: { key } })).status === 200;

const keyIn = (folder: string) => readFileSync(join(folder, 'admin-key'), 'utf8').trim();

describe('the first start', () => {
  test('keeps the key in a file for its owner alone, and out of every log', async () => {
    const dataDir = temporaryFolder();
    const program = PlatformProcess.spawn([...loopback, ...freePorts, '--data-dir', dataDir]);
    await waitFor(() => /Admin key +in .+admin-key/.test(program.stdout), 'the banner');
    expect(await program.end('SIGTERM')).toBe(0);
    const key = keyIn(dataDir);
    expect(key).toMatch(/^xb_[0-9a-f]{12}_[\w-]{43}$/);
    expect(program.stdout + program.stderr).not.toContain(key);
    expect(program.stdout).toContain(join(dataDir, 'admin-key'));
    expect(statSync(join(dataDir, 'admin-key')).mode & 0o777).toBe(0o600);
  });

  test.skipIf(!hasTerminal)(
    'shows the key once on a terminal' +
      (hasTerminal ? '' : ' (SKIPPED: script of util-linux is not installed)'),
    async () => {
      const dataDir = temporaryFolder();
      const start = async () => {
        const program = TerminalProcess.spawn([...loopback, ...freePorts, '--data-dir', dataDir]);
        await waitFor(() => /Access +standard/.test(program.screen), 'the banner');
        await waitFor(() => /\n\r?\n$/.test(program.screen), 'its end');
        await program.type('\x03');
        return program.screen;
      };
      const first = await start();
      const key = keyIn(dataDir);
      expect(first.split(key)).toHaveLength(2);
      expect(first).toContain(join(dataDir, 'admin-key'));
      expect(await start()).not.toContain(key);
    },
  );

  test('stores only a hash of the key in the database', async () => {
    const platform = await startTestPlatform();
    const key = keyIn(platform.dataDir);
    expect(await opens(platform, key)).toBe(true);
    await platform.stop();
    const rows = readRows(platform, "select key_hash, label from api_keys where account_id = 'admin'");
    expect(rows).toEqual([
      { key_hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string, label: 'operator' },
    ]);
    expect(readFileSync(platform.databasePath).includes(key)).toBe(false);
  });

  test('knows no default key', async () => {
    const platform = await startTestPlatform();
    for (const key of [publicAdminKey, 'admin', 'operator', ''])
      expect(await opens(platform, key), key).toBe(false);
    for (const api_key of [publicAdminKey, ''])
      expect(
        (await call(platform, 'POST', '/api/auth/login', { body: { account_id: 'admin', api_key } })).status,
      ).toBe(401);
  });
});

describe('a key from the configuration', () => {
  test.each([
    ['--admin-key', (key: string) => ['--admin-key', key]],
    [
      '--admin-key-file',
      (key: string) => {
        const file = join(temporaryFolder(), 'key');
        writeFileSync(file, `${key}\n`);
        return ['--admin-key-file', file];
      },
    ],
  ])('%s opens in the place of the generated one, and is changed only there', async (_flag, argsOf) => {
    const key = 'correct-horse-battery-staple';
    const first = await startTestPlatform();
    const generated = keyIn(first.dataDir);
    await first.stop();
    const platform = await startTestPlatform({ dataDir: first.dataDir, args: argsOf(key) });
    expect(await opens(platform, key)).toBe(true);
    expect(await opens(platform, generated)).toBe(false);
    const { status, body } = await call(platform, 'POST', '/api/admin/key', { who: { key } });
    expect(status).toBe(400);
    expect(body['detail']).toContain('--admin-key');
  });

  test('the key of the earlier platform that everybody knows is refused', () => {
    const file = join(temporaryFolder(), 'key');
    writeFileSync(file, publicAdminKey);
    const load = (args: string[], environment = {}) => {
      try {
        return loadConfig({ args, environment });
      } catch (error) {
        return error instanceof ConfigError ? error.message : error;
      }
    };
    for (const refused of [
      load(['--admin-key', publicAdminKey]),
      load(['--admin-key-file', file]),
      load([], { XENBLOCKS_ADMIN_KEY: ` ${publicAdminKey} ` }),
    ]) {
      expect(refused).toContain('everybody knows');
      expect(refused).not.toContain(publicAdminKey);
    }
  });
});

describe('replacing the key', () => {
  test('on a running platform shows the new one once, and the old one ends at once', async () => {
    const platform = await startTestPlatform();
    const old = keyIn(platform.dataDir);
    const { api_key: next } = await ok<{ api_key: string }>(platform, 'POST', '/api/admin/key', {
      who: admin(platform),
    });
    expect(await opens(platform, old)).toBe(false);
    expect(await opens(platform, next)).toBe(true);
    expect(keyIn(platform.dataDir)).toBe(next);
    expect(statSync(join(platform.dataDir, 'admin-key')).mode & 0o777).toBe(0o600);
    await platform.stop();
    const again = await startTestPlatform({ dataDir: platform.dataDir });
    expect([await opens(again, old), await opens(again, next)]).toEqual([false, true]);
  });

  test('is for the operator alone', async () => {
    const platform = await startTestPlatform({ args: ['--access', 'open'] });
    const old = keyIn(platform.dataDir);
    expect((await call(platform, 'POST', '/api/admin/key')).status).toBe(401);
    expect(await opens(platform, old)).toBe(true);
  });

  test('with the command prints the new one, and the old one is refused from then on', async () => {
    const platform = await startTestPlatform();
    const old = keyIn(platform.dataDir);
    await platform.stop();
    const command = PlatformProcess.spawn(['rotate-admin-key', '--data-dir', platform.dataDir]);
    expect(await command.exitCode()).toBe(0);
    expect(command.stderr).toBe('');
    const next = command.stdout.trim();
    expect(command.stdout).toBe(`${keyIn(platform.dataDir)}\n`);
    expect(next).not.toBe(old);
    const again = await startTestPlatform({ dataDir: platform.dataDir });
    expect([await opens(again, old), await opens(again, next)]).toEqual([false, true]);
  });

  test('with the command is refused in one line while a platform runs, which keeps its key', async () => {
    const platform = await startTestPlatform();
    const command = PlatformProcess.spawn(['rotate-admin-key', '--data-dir', platform.dataDir]);
    expect(await command.exitCode()).toBe(1);
    expect(command.stdout).toBe('');
    expect(command.stderr).toMatch(/^A running platform holds the database .*POST \/api\/admin\/key.*\n$/);
    expect(await opens(platform, keyIn(platform.dataDir))).toBe(true);
  });

  test('with the command is refused when the configuration gives the key', async () => {
    const platform = await startTestPlatform();
    await platform.stop();
    const command = PlatformProcess.spawn(['rotate-admin-key', '--data-dir', platform.dataDir], {
      XENBLOCKS_ADMIN_KEY: 'correct-horse-battery-staple',
    });
    expect(await command.exitCode()).toBe(1);
    expect(command.stderr).toMatch(/^The key is given by .*XENBLOCKS_ADMIN_KEY.*\n$/);
    expect(command.stderr).not.toContain('correct-horse');
  });
});

test.each(['text', 'json'] as const)(
  'neither the old nor the new key is ever in the %s log',
  async (format) => {
    const lines: string[] = [];
    const loggers = createLogger({ level: 'trace', format, write: (line) => lines.push(line) });
    const platform = await startTestPlatform({ loggers });
    const old = keyIn(platform.dataDir);
    const { api_key: next } = await ok<{ api_key: string }>(platform, 'POST', '/api/admin/key', {
      who: { key: old },
    });
    expect(await opens(platform, old)).toBe(false);
    await platform.stop();
    const log = lines.join('');
    expect(log).toContain('/api/admin/key');
    for (const key of [old, next]) expect(log).not.toContain(key);
  },
);
