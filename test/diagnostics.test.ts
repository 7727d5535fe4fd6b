import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SelfCheckReport } from '../src-main/contract/domain/self-check.ts';
import { createBundle, withoutSecrets } from '../src-main/platform/features/diagnostics/bundle.ts';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { admin, call, newWallet, ok, register, signIn } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const quiet = () => createLogger({ level: 'debug', format: 'text', write: () => undefined });

/** Unpacks with the system's own tool, which is as strict as people's. */
function unpack(zip: Buffer): Map<string, string> {
  const folder = temporaryFolder();
  const file = join(folder, 'bundle.zip');
  writeFileSync(file, zip);
  execFileSync('unzip', ['-tqq', file]);
  execFileSync('unzip', ['-qq', file, '-d', join(folder, 'all')]);
  return new Map(
    readdirSync(join(folder, 'all')).map((name) => [name, readFileSync(join(folder, 'all', name), 'utf8')]),
  );
}

async function bundleOf(platform: TestPlatform): Promise<Map<string, string>> {
  const response = await fetch(`${platform.apiUrl}/api/admin/diagnostics.zip`, {
    headers: { 'x-api-key': admin(platform).key ?? '' },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/zip');
  expect(response.headers.get('content-disposition')).toMatch(
    /attachment; filename=xenblocks-diagnostics-\d{8}-\d{6}\.zip$/,
  );
  return unpack(Buffer.from(await response.arrayBuffer()));
}

const selfCheck = (platform: TestPlatform) =>
  ok<SelfCheckReport>(platform, 'POST', '/api/admin/self-check', { who: admin(platform) });

const of = ({ checks }: SelfCheckReport, wanted: string) => checks.find(({ name }) => name === wanted);

describe('the bundle of diagnostics', () => {
  test('holds what helps to find a fault, and none of the secrets that were used', async () => {
    const loggers = quiet();
    const jwtSecret = 'a-very-secret-signing-key-of-this-test';
    const platform = await startTestPlatform({ loggers, environment: { XENBLOCKS_JWT_SECRET: jwtSecret } });
    const operator = admin(platform);
    const renter = await register(platform, 'renter', 'consumer', operator);
    const wallet = await signIn(platform, newWallet());
    const credentials = await ok<{ username: string; password: string }>(
      platform,
      'POST',
      '/api/workers/rig-1/credentials',
      { who: operator },
    );
    const miner = await TestMiner.connect({
      workerId: 'rig-1',
      mqttUrl: platform.mqttUrl,
      client: { username: credentials.username, password: credentials.password },
    });
    await miner.introduce();
    const hook = { webhook: 'hook-secret-of-this-test', telegram: `7654321:${'T'.repeat(35)}` };
    const discord = `https://discord.com/api/webhooks/4711/${'D'.repeat(60)}`;
    const mail = { host: '127.0.0.1', port: 9, security: 'none', from: 'a@b.example', to: ['c@d.example'] };
    const channels = [
      { kind: 'webhook', settings: { url: 'http://127.0.0.1:9/hook' }, secret: hook.webhook },
      { kind: 'telegram', settings: { chat_id: '1' }, secret: hook.telegram },
      { kind: 'discord', secret: discord },
      { kind: 'email', settings: { ...mail, username: 'me' }, secret: 'mail-password-of-this-test' },
    ];
    for (const channel of channels) {
      const { channel_id: id } = await ok<{ channel_id: string }>(
        platform,
        'POST',
        '/api/admin/alerts/channels',
        { who: operator, body: { name: channel.kind, ...channel } },
      );
      // Nobody listens there: the failure is told of, without the secret.
      if (channel.settings && 'url' in channel.settings)
        await call(platform, 'POST', `/api/admin/alerts/channels/${id}/test`, { who: operator });
    }
    const secrets = [
      ...[jwtSecret, operator.key, renter.key, wallet.token, credentials.password],
      ...[...channels.map(({ secret }) => secret), discord.slice(-60)],
    ];
    expect(secrets.every((secret) => typeof secret === 'string' && secret.length > 10)).toBe(true);
    // As a careless line of the log would have them; the other passwords are nowhere in plain text, so nobody can log them.
    const logged = [jwtSecret, operator.key, renter.key, wallet.token, hook.telegram, discord];
    loggers.module('http').warn(`a caller came with ${logged.join(' and ')}, and mqtt://rig:hunter22@host`);
    await selfCheck(platform);
    const files = await bundleOf(platform);
    expect([...files.keys()].sort()).toEqual(
      [
        ...['README.txt', 'clients.json', 'database.json', 'event-loop.json', 'health.json', 'ledger.json'],
        ...['log.txt', 'machine.json', 'metrics.txt', 'refusals.json', 'self-check.json', 'settings.json'],
        'versions.json',
      ].sort(),
    );
    for (const [name, text] of files)
      for (const secret of secrets) expect(text, `${name} holds a secret`).not.toContain(secret);
    expect(files.get('log.txt')).toContain('mqtt://rig:[removed]@host');
    expect(files.get('log.txt')).toContain('database created');
    for (const name of files.keys())
      if (name !== 'README.txt') expect(files.get('README.txt')).toContain(name);
    const parsed = (name: string) => JSON.parse(files.get(name) ?? '') as Record<string, unknown>;
    expect(parsed('versions.json')).toMatchObject({ node: process.versions.node });
    expect(parsed('database.json')).toMatchObject({
      description: {
        rows: { workers: 1 },
        sqliteVersion: expect.stringMatching(/^3\./) as string,
        schema: expect.arrayContaining([expect.stringContaining('workers') as string]) as string[],
      },
      pages: { problems: [], leftTables: [] },
    });
    expect(parsed('ledger.json')).toMatchObject({ ok: true });
    expect(parsed('clients.json')).toMatchObject({ items: [{ client_id: 'xenminer_rig-1' }], total: 1 });
    expect(parsed('self-check.json')).toHaveProperty('checks');
    expect(files.get('metrics.txt')).toContain('xenblocks_workers{status="online"} 1');
    expect(files.get('settings.json')).toContain('"is_set": true');
  });

  test('is for the operator, and the audit log says who had it', async () => {
    const platform = await startTestPlatform({ loggers: quiet() });
    const who = admin(platform);
    const refused = await call(platform, 'GET', '/api/admin/diagnostics.zip');
    expect(refused.status).toBe(401);
    await bundleOf(platform);
    await waitFor(async () => {
      const { items } = await ok<{ items: { result: string }[] }>(
        platform,
        'GET',
        '/api/admin/audit?action=diagnostics.download',
        { who },
      );
      return items.length === 1 && items[0]?.result === 'ok';
    }, 'the entry');
  });

  test('a part that fails leaves the others', async () => {
    const bundle = createBundle({
      parts: [
        { name: 'bad.json', about: 'fails', read: () => Promise.reject(new Error('the disk is gone')) },
        { name: 'good.txt', about: 'works', read: () => 'here' },
      ],
      heading: [],
      secrets: [],
      madeAt: new Date('2026-01-02T03:04:05Z'),
    });
    const files = unpack(Buffer.concat(await bundle.toArray()));
    expect(files.get('bad.json')).toBe('It could not be read: the disk is gone\n');
    expect(files.get('good.txt')).toBe('here');
  });

  test('known secrets and what looks like one go, words stay', () => {
    const token = `eyJhbGciOiJIUzI1NiJ9.${'a'.repeat(20)}.${'b'.repeat(20)}`;
    const key = `xb_0123456789ab_${'c'.repeat(43)}`;
    expect(withoutSecrets(`${token} ${key} "quo\\"ted-secret"`, ['quo"ted-secret', 'short'])).toBe(
      '[removed] [removed] "[removed]"',
    );
    expect(withoutSecrets('a short word', ['short'])).toBe('a short word');
  });

  test('the command asks the platform that runs, and does without where none does', async () => {
    const dataDir = temporaryFolder();
    const running = await PlatformProcess.start(dataDir);
    const out = join(temporaryFolder(), 'bundle.zip');
    const args = ['diagnostics', '--data-dir', dataDir, '--out', out, '--api-host', '127.0.0.1'];
    const beside = PlatformProcess.spawn([...args, '--api-port', String(running.ready.api_port)]);
    expect(await beside.exitCode(), beside.stderr).toBe(0);
    expect(beside.stdout).toContain('made by the platform that runs');
    expect([...unpack(readFileSync(out)).keys()]).toContain('log.txt');
    expect(statSync(out).mode & 0o077).toBe(0);
    const key = readFileSync(join(dataDir, 'admin-key'), 'utf8').trim();
    await running.end('SIGTERM');
    const alone = PlatformProcess.spawn([...args, '--api-port', String(running.ready.api_port)]);
    expect(await alone.exitCode(), alone.stderr).toBe(0);
    expect(alone.stdout).toContain('made without a platform (no platform answers');
    const files = unpack(readFileSync(out));
    expect([...files.keys()].sort()).toEqual(
      ['README.txt', 'database.json', 'ledger.json', 'machine.json', 'settings.json', 'versions.json'].sort(),
    );
    expect([...files.values()].join('')).not.toContain(key);
    expect(JSON.parse(files.get('database.json') ?? '')).toMatchObject({ pages: { problems: [] } });
    const nowhere = PlatformProcess.spawn(
      [...args, '--out', '/nowhere/at/all.zip'].filter((_, i) => i !== 3 && i !== 4),
    );
    expect(await nowhere.exitCode()).toBe(1);
    expect(nowhere.stderr).toContain("/nowhere/at/all.zip can't be written");
    expect(existsSync('/nowhere')).toBe(false);
  });
});

describe('the self-check', () => {
  for (const access of ['standard', 'strict', 'open'] as const)
    test(`tries everything for real under ${access} access`, async () => {
      const platform = await startTestPlatform({
        args: ['--access', access, '--api-host=0.0.0.0', '--mqtt-host=0.0.0.0', '--announce=off'],
      });
      const who = admin(platform);
      expect(await ok(platform, 'GET', '/api/admin/self-check', { who })).toEqual({
        report: null,
        running: false,
      });
      const report = await selfCheck(platform);
      // How quick it is depends on what else the machine does.
      const quick = (code: string, name: string) =>
        code === 'slow' ? (name === 'write' ? 'quick' : 'answered') : code;
      expect(report.checks.map(({ name, code }) => `${name} ${quick(code, name)}`)).toEqual([
        ...['api_port reached', 'mqtt_port reached', 'broker answered', 'feed answered', 'clock no_miner'],
        ...['disk room', 'write quick', 'database sound', 'ledger right', 'backup none', 'event_loop quick'],
      ]);
      expect(report.state).toBe('warning');
      expect(of(report, 'broker')?.value).toBeGreaterThan(0);
      expect(of(report, 'mqtt_port')?.detail).toContain("can't be seen from here");
      expect(await ok(platform, 'GET', '/api/admin/self-check', { who })).toMatchObject({ report });
      // Nothing of the try is left.
      expect(await ok(platform, 'GET', '/api/admin/clients', { who })).toMatchObject({ total: 0 });
    });

  test('nobody else comes in with its name', async () => {
    const platform = await startTestPlatform({ args: ['--access', 'strict'] });
    await selfCheck(platform);
    await expect(
      TestMiner.connect({
        workerId: 'rig',
        mqttUrl: platform.mqttUrl,
        client: { username: 'self-check', password: '' },
      }),
    ).rejects.toThrow();
  });

  test('says what is wrong: loopback only, miners with another time', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    const aheadSec = clock.nowMs() / 1000 + 120;
    for (const workerId of ['a', 'b', 'c']) {
      const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl });
      await miner.register({ timestamp: aheadSec });
    }
    const report = await selfCheck(platform);
    expect(of(report, 'mqtt_port')).toMatchObject({
      state: 'warning',
      code: 'loopback',
      advice: 'Start with --mqtt-host 0.0.0.0 to open it to the network.',
    });
    expect(of(report, 'clock')).toMatchObject({
      state: 'warning',
      code: 'differs',
      value: 120,
      facts: { workers: 3, offset: 120 },
    });
  });
});
