import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { configOptions, type ConfigKey } from '../src-main/contract/config.ts';
import type { HealthReport } from '../src-main/contract/domain/health.ts';
import type { SettingsView, SettingView } from '../src-main/contract/domain/setting.ts';
import { loadConfig } from '../src-main/platform/config/load-config.ts';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { createPlatform } from '../src-main/platform/platform.ts';
import { admin, call, ok } from './support/accounts.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { freePort, takenPort } from './support/ports.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

/** Where it is reached now: a restart may have moved it. */
const reached = ({ platform, dataDir }: TestPlatform) => ({
  apiUrl: `http://127.0.0.1:${platform.addresses.apiPort}`,
  dataDir,
});

const settingsOf = (platform: TestPlatform) =>
  ok<SettingsView>(reached(platform), 'GET', '/api/admin/settings', { who: admin(platform) });

const settingOf = (view: SettingsView, name: ConfigKey): SettingView =>
  view.groups.flatMap(({ options }) => options).find((option) => option.name === name)!;

const change = (platform: TestPlatform, changes: Record<string, unknown>) =>
  call<{ restart_needed?: string[]; detail?: string }>(reached(platform), 'PUT', '/api/admin/settings', {
    body: { changes },
    who: admin(platform),
  });

const restart = (platform: TestPlatform) =>
  call<{ changes?: string[]; detail?: string }>(reached(platform), 'POST', '/api/admin/restart', {
    who: admin(platform),
  });

const fileOf = ({ dataDir }: TestPlatform) => join(dataDir, 'settings.json');
const contentOf = (platform: TestPlatform) =>
  JSON.parse(readFileSync(fileOf(platform), 'utf8')) as Record<string, unknown>;

/** Waits until a setting is in force. */
const inForce = (platform: TestPlatform, name: ConfigKey, value: unknown) =>
  waitFor(
    async () => {
      const view = await settingsOf(platform);
      return settingOf(view, name).value === value && view;
    },
    `${name} to be ${String(value)}`,
  );

describe('the list of settings', () => {
  test('has every setting of the program, as the schema and the command line know it', async () => {
    const platform = await startTestPlatform();
    const view = await settingsOf(platform);
    const all = view.groups.flatMap(({ options }) => options);
    expect(all.map(({ name }) => name).toSorted()).toEqual(configOptions.map(({ key }) => key).toSorted());
    for (const option of configOptions) {
      expect(settingOf(view, option.key), option.key).toMatchObject({
        flag: option.flag,
        environment: option.environmentName,
        description: option.description,
        needs_restart: true,
        secret: option.secret ?? false,
      });
    }
    expect(settingOf(view, 'apiPort')).toMatchObject({ kind: 'number', min: 0, max: 65_535, default: 8080 });
    expect(settingOf(view, 'access')).toMatchObject({
      kind: 'choice',
      choices: ['open', 'standard', 'strict'],
      default: 'standard',
    });
    expect(settingOf(view, 'noChain')).toMatchObject({ kind: 'switch', default: false });
    expect(settingOf(view, 'allowedOrigin')).toMatchObject({ kind: 'list', default: [] });
    expect(settingOf(view, 'backupSchedule')).toMatchObject({ kind: 'text', default: '0 2 * * *' });
    expect(settingOf(view, 'difficulty')).toMatchObject({ kind: 'number', default: null, is_set: false });
    expect(view).toMatchObject({ restart_needed: [], problems: [], last_error: '' });
    expect(view.settings_file).toBe(fileOf(platform));
  });

  test('says of each value where it came from', async () => {
    const platform = await startTestPlatform({
      settings: { maxWorkers: 1000, wsMaxClients: 100, mqttMaxRetained: 5 },
      environment: { XENBLOCKS_MAX_WORKERS: '2000', XENBLOCKS_WS_MAX_CLIENTS: '150' },
      args: ['--max-workers', '3000'],
    });
    const view = await settingsOf(platform);
    const seen = (name: ConfigKey) => {
      const { value, source, locked } = settingOf(view, name);
      return { value, source, locked };
    };
    expect(seen('maxWorkers')).toEqual({
      value: 3000,
      source: 'flag',
      locked: expect.stringContaining('--max-workers') as string,
    });
    expect(seen('wsMaxClients')).toEqual({
      value: 150,
      source: 'environment',
      locked: expect.stringContaining('XENBLOCKS_WS_MAX_CLIENTS') as string,
    });
    expect(seen('mqttMaxRetained')).toEqual({ value: 5, source: 'file', locked: '' });
    expect(seen('mqttMaxConnections')).toEqual({ value: 10_000, source: 'default', locked: '' });
  });

  test('never shows a secret, only whether there is one', async () => {
    const secret = 'correct-horse-battery-staple';
    const adminKey = 'a-key-of-the-operator-0123456789';
    const platform = await startTestPlatform({ settings: { jwtSecret: secret, adminKey } });
    const who = { key: adminKey };
    const before = await ok<SettingsView>(platform, 'GET', '/api/admin/settings', { who });
    expect(settingOf(before, 'jwtSecret')).toMatchObject({
      value: null,
      next_value: null,
      is_set: true,
      secret: true,
    });
    const other = 'another-secret-of-many-letters';
    await ok(platform, 'PUT', '/api/admin/settings', { who, body: { changes: { jwtSecret: other } } });
    const after = await ok<SettingsView>(platform, 'GET', '/api/admin/settings', { who });
    expect(after.restart_needed).toEqual(['jwtSecret']);
    const audit = await ok(platform, 'GET', '/api/admin/audit', { who });
    for (const text of [before, after, audit].map((answer) => JSON.stringify(answer)))
      for (const hidden of [secret, other, adminKey]) expect(text).not.toContain(hidden);
  });
});

describe('a change', () => {
  test('is written to the settings file for its owner alone, and shown as what the next start would use', async () => {
    const platform = await startTestPlatform();
    expect(existsSync(fileOf(platform))).toBe(false);
    const { status, body } = await change(platform, {
      maxWorkers: 500,
      allowedOrigin: ['https://farm.example.com/'],
    });
    expect({ status, body }).toEqual({
      status: 200,
      body: { restart_needed: ['allowedOrigin', 'maxWorkers'] },
    });
    expect(contentOf(platform)).toEqual({ maxWorkers: 500, allowedOrigin: ['https://farm.example.com/'] });
    expect(statSync(fileOf(platform)).mode & 0o777).toBe(0o600);
    const view = await settingsOf(platform);
    expect(settingOf(view, 'maxWorkers')).toMatchObject({
      value: 20_000,
      next_value: 500,
      source: 'default',
    });
    expect(view.restart_needed).toEqual(['allowedOrigin', 'maxWorkers']);
    expect((await change(platform, { maxWorkers: null })).body).toEqual({
      restart_needed: ['allowedOrigin'],
    });
    expect(contentOf(platform)).toEqual({ allowedOrigin: ['https://farm.example.com/'] });
    const audit = await ok<{ items: object[] }>(platform, 'GET', '/api/admin/audit?action=settings.change', {
      who: admin(platform),
    });
    expect(audit.items).toMatchObject([
      { actor: 'admin', target: 'maxWorkers', result: 'ok' },
      { actor: 'admin', target: 'maxWorkers allowedOrigin', result: 'ok' },
    ]);
  });

  test('keeps what somebody wrote by hand, and a link to a file elsewhere', async () => {
    const platform = await startTestPlatform({ settings: { maxWorkers: 7 } });
    const elsewhere = join(temporaryFolder(), 'farm.json');
    renameSync(fileOf(platform), elsewhere);
    symlinkSync(elsewhere, fileOf(platform));
    writeFileSync(elsewhere, JSON.stringify({ ...contentOf(platform), wsMaxClients: 9 }));
    expect((await change(platform, { mqttMaxRetained: 8 })).status).toBe(200);
    expect(lstatSync(fileOf(platform)).isSymbolicLink()).toBe(true);
    expect(contentOf(platform)).toMatchObject({ maxWorkers: 7, wsMaxClients: 9, mqttMaxRetained: 8 });
    expect(readdirSync(platform.dataDir).filter((name) => name.includes('partial'))).toEqual([]);
  });

  test.each([
    [{ maxWorkers: 0 }, 'maxWorkers'],
    [{ maxWorkers: 'many', wsMaxClients: 0 }, 'wsMaxClients'],
    [{ apiPort: 9000, mqttPort: 9000 }, 'must not be the same port'],
    [{ backupSchedule: '99 99 * * *' }, '--backup-schedule'],
    [{ logLevel: 'loud' }, 'logLevel'],
    [{ backupDir: '/dev/null/backups' }, '--backup-dir: /dev/null is no folder'],
    [{ jwtSecretFile: '/no/such/file' }, '--jwt-secret-file'],
    [{ jwtSecret: 'x'.repeat(20), jwtSecretFile: '/no/such/file' }, 'give only one of them'],
    [{ colour: 'red' }, 'colour: is not a known setting'],
    [{ maxWorkers: 5, colour: null }, 'colour: is not a known setting'],
  ])('to %j is refused, and nothing is written', async (changes, reason) => {
    const platform = await startTestPlatform({ settings: {} });
    const before = readFileSync(fileOf(platform), 'utf8');
    const { status, body } = await change(platform, changes);
    expect(status).toBe(400);
    expect(body.detail).toContain(reason);
    expect(readFileSync(fileOf(platform), 'utf8')).toBe(before);
  });

  test('of what a flag or the environment gave is refused with what to do', async () => {
    const platform = await startTestPlatform({
      args: ['--max-workers', '5'],
      environment: { XENBLOCKS_WS_MAX_CLIENTS: '9' },
    });
    for (const [name, given] of [
      ['maxWorkers', '--max-workers'],
      ['wsMaxClients', 'XENBLOCKS_WS_MAX_CLIENTS'],
      ['dataDir', '--data-dir'],
    ] as const) {
      const { status, body } = await change(platform, { mqttMaxRetained: 8, [name]: 7 });
      expect(status, name).toBe(409);
      expect(body.detail).toContain(given);
    }
    expect(existsSync(fileOf(platform))).toBe(false);
  });

  test('of a broken settings file is refused, and the list says what is broken', async () => {
    const platform = await startTestPlatform({ settings: {} });
    writeFileSync(fileOf(platform), '{"maxWorkers": ');
    const { status, body } = await change(platform, { maxWorkers: 5 });
    expect(status).toBe(400);
    expect(body.detail).toContain('is not JSON');
    expect(readFileSync(fileOf(platform), 'utf8')).toBe('{"maxWorkers": ');
    expect((await settingsOf(platform)).problems).toEqual([expect.stringContaining('is not JSON')]);
    const refused = await restart(platform);
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain('is not JSON');
  });

  test('that the disk does not take changes nothing', async () => {
    const platform = await startTestPlatform({ settings: {} });
    const before = readFileSync(fileOf(platform), 'utf8');
    mkdirSync(`${fileOf(platform)}.partial`);
    const { status, body } = await change(platform, { maxWorkers: 5 });
    expect(status).toBe(409);
    expect(body.detail).toContain("can't be written");
    expect(readFileSync(fileOf(platform), 'utf8')).toBe(before);
  });

  test('by many at once loses none', async () => {
    const platform = await startTestPlatform();
    const names = ['maxWorkers', 'wsMaxClients', 'mqttMaxRetained', 'mqttMaxConnections', 'signInMaxPerMin'];
    const answers = await Promise.all(names.map((name) => change(platform, { [name]: 77 })));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    expect(contentOf(platform)).toEqual(Object.fromEntries(names.map((name) => [name, 77])));
  });
});

describe('a restart', () => {
  test('puts the changes in force in the same process, on the same ports, with what was there', async () => {
    const platform = await startTestPlatform({ settings: {} });
    const { apiPort, mqttPort } = platform.platform.addresses;
    const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    await miner.introduce();
    await change(platform, { wsMaxClients: 3, noChain: true });
    expect(settingOf(await settingsOf(platform), 'wsMaxClients').value).toBe(200);
    expect(await restart(platform)).toMatchObject({
      status: 202,
      body: { restarting: true, changes: ['noChain', 'wsMaxClients'] },
    });
    const view = await inForce(platform, 'wsMaxClients', 3);
    expect(view).toMatchObject({ restart_needed: [], last_error: '' });
    expect(settingOf(view, 'wsMaxClients')).toMatchObject({ next_value: 3, source: 'file' });
    expect(platform.platform.addresses).toMatchObject({ apiPort, mqttPort });
    expect((await fetch(`${platform.apiUrl}/difficulty`)).status).toBe(404);
    expect(await platform.get('/api/workers')).toMatchObject([{ worker_id: 'rig-1' }]);
    const audit = await ok<{ items: object[] }>(platform, 'GET', '/api/admin/audit?action=platform.restart', {
      who: admin(platform),
    });
    expect(audit.items).toMatchObject([{ actor: 'admin', result: 'ok' }]);
  });

  test('moves to another port', async () => {
    const platform = await startTestPlatform({ settings: {} });
    const port = await freePort();
    await change(platform, { apiPort: port });
    expect((await restart(platform)).status).toBe(202);
    const view = await inForce(platform, 'apiPort', port);
    expect(view.last_error).toBe('');
    expect(platform.platform.addresses.apiPort).toBe(port);
    await expect(fetch(`${platform.apiUrl}/healthz`)).rejects.toThrow();
  });

  test('that fails goes back to the settings before, and says why', async () => {
    const platform = await startTestPlatform({ settings: {} });
    const taken = await takenPort();
    const { apiPort, mqttPort } = platform.platform.addresses;
    await change(platform, { mqttPort: taken, wsMaxClients: 3, maxWorkers: 9 });
    expect((await restart(platform)).status).toBe(202);
    const view = await waitFor(async () => {
      const now = await settingsOf(platform);
      return now.last_error !== '' && now;
    }, 'the failure');
    expect(view.last_error).toContain(`Port ${taken} for the MQTT broker is already in use`);
    expect(view.restart_needed).toEqual(['mqttPort', 'maxWorkers', 'wsMaxClients']);
    expect(settingOf(view, 'wsMaxClients')).toMatchObject({ value: 200, next_value: 3, source: 'default' });
    expect(platform.platform.addresses).toMatchObject({ apiPort, mqttPort });
    await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    // What was wrong is mended: the next one works, and the error is gone.
    await change(platform, { mqttPort: 0 });
    expect((await restart(platform)).status).toBe(202);
    expect(await inForce(platform, 'wsMaxClients', 3)).toMatchObject({ last_error: '', restart_needed: [] });
    expect(platform.platform.addresses).toMatchObject({ apiPort, mqttPort });
  });

  test('changes the log, too', async () => {
    const lines: string[] = [];
    const loggers = createLogger({ level: 'info', format: 'text', write: (line) => lines.push(line) });
    const platform = await startTestPlatform({ settings: {}, loggers });
    await change(platform, { logFormat: 'json', logLevel: 'info,http=debug' });
    await restart(platform);
    await inForce(platform, 'logFormat', 'json');
    await waitFor(
      () => lines.some((line) => line.startsWith('{') && line.includes('"path":"/api/admin/settings"')),
      'a request in the log, as JSON',
    );
  });
});

test('of a platform whose maker gave the settings itself, they are shown and stay as they are', async () => {
  const dataDir = temporaryFolder();
  const args = ['--api-host=127.0.0.1', '--mqtt-host=127.0.0.1', '--api-port=0', '--mqtt-port=0'];
  const platform = createPlatform(
    loadConfig({ args: [...args, '--data-dir', dataDir, '--max-workers', '5'], environment: {} }),
  );
  await platform.start();
  onTestFinished(() => platform.stop());
  const made = { platform, dataDir } as unknown as TestPlatform;
  const view = await settingsOf(made);
  expect(settingOf(view, 'maxWorkers')).toMatchObject({ value: 5, next_value: 5 });
  for (const { locked } of view.groups.flatMap(({ options }) => options))
    expect(locked).toContain('change them there');
  for (const { status, body } of [await change(made, { maxWorkers: 6 }), await restart(made)])
    expect({ status, detail: body.detail }).toEqual({
      status: 409,
      detail: expect.stringContaining('change them there') as string,
    });
  expect(existsSync(join(dataDir, 'settings.json'))).toBe(false);
});

test('the program changes its settings, goes on as the same process, and reads them at its next start', async () => {
  const dataDir = temporaryFolder();
  const started = await PlatformProcess.start(dataDir);
  const at = { apiUrl: `http://127.0.0.1:${started.ready.api_port}`, dataDir };
  const { key = '' } = admin(at);
  const put = { who: { key }, body: { changes: { maxWorkers: 77 } } };
  expect(await ok(at, 'PUT', '/api/admin/settings', put)).toEqual({ restart_needed: ['maxWorkers'] });
  expect((await call(at, 'POST', '/api/admin/restart', { who: { key } })).status).toBe(202);
  const limit = async () =>
    settingOf(await ok<SettingsView>(at, 'GET', '/api/admin/settings', { who: { key } }), 'maxWorkers').value;
  await waitFor(async () => (await limit()) === 77, 'the new limit');
  const health = await ok<HealthReport>(at, 'GET', '/api/admin/health', { who: { key } });
  expect(health.process.pid).toBe(started.ready.pid);
  expect(await started.end('SIGTERM')).toBe(0);
  const again = await PlatformProcess.start(dataDir);
  at.apiUrl = `http://127.0.0.1:${again.ready.api_port}`;
  expect(await limit()).toBe(77);
});
