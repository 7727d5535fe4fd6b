import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { connectAsync } from 'mqtt';
import { describe, expect, test } from 'vitest';
import type { ArrivalsView, OnboardingView } from '../src-main/contract/domain/onboarding.ts';
import { RecentRefusals } from '../src-main/platform/broker/recent-refusals.ts';
import { addressesOf, isLoopbackHost, ownAddresses } from '../src-main/platform/kernel/own-addresses.ts';
import { minerCommand, testCommand } from '../src-renderer/features/welcome/miner-commands.ts';
import { admin, ok } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { waitForWorker } from './support/platform-figures.ts';
import { sendRaw } from './support/raw-http.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const arrivalsOf = (platform: TestPlatform) =>
  ok<ArrivalsView>(platform, 'GET', '/api/admin/arrivals', { who: admin(platform) });

const refusalOf = (platform: TestPlatform, kind: string) =>
  waitFor(async () => (await arrivalsOf(platform)).refused.find((one) => one.kind === kind), kind);

describe('where a miner finds the broker', () => {
  test('a broker on loopback is reached from this machine only', async () => {
    const platform = await startTestPlatform();
    const view = await ok<OnboardingView>(platform, 'GET', '/api/onboarding', { who: admin(platform) });
    expect(view).toMatchObject({
      hosts: [{ host: '127.0.0.1', kind: 'loopback' }],
      mqtt: { port: platform.mqttPort, loopback_only: true },
      api: { loopback_only: true },
      access: 'standard',
    });
  });

  test('on the network the name of the request comes first, then real interfaces, loopback last', async () => {
    const platform = await startTestPlatform({ args: ['--mqtt-host=0.0.0.0', '--announce', 'off'] });
    const { body } = await sendRaw(
      platform.apiUrl,
      `GET /api/onboarding HTTP/1.1\r\nHost: farm.example:8080\r\nX-API-Key: ${admin(platform).key}\r\nConnection: close\r\n\r\n`,
    );
    const { hosts, mqtt } = JSON.parse(body) as OnboardingView;
    expect(hosts[0]).toEqual({ host: 'farm.example', kind: 'request', interface: '' });
    expect(mqtt.loopback_only).toBe(false);
    const kinds = hosts.map(({ kind }) => kind);
    expect([...kinds].sort((left, right) => rank(left) - rank(right))).toEqual(kinds);
    expect(hosts.at(-1)).toMatchObject({ host: '127.0.0.1', kind: 'loopback' });
    const lan = ownAddresses().filter(({ kind, family }) => kind === 'lan' && family === 'IPv4');
    for (const { address } of lan) expect(hosts.map(({ host }) => host)).toContain(address);
  });

  test('addresses of this machine are told apart', () => {
    expect(['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]'].every(isLoopbackHost)).toBe(true);
    expect(['0.0.0.0', '::', '192.168.1.5', 'farm.example'].some(isLoopbackHost)).toBe(false);
    expect(addressesOf('192.0.2.77')).toEqual([
      { address: '192.0.2.77', family: 'IPv4', interfaceName: '', kind: 'lan' },
    ]);
  });
});

const rank = (kind: string) => ['request', 'lan', 'virtual', 'loopback'].indexOf(kind);

describe('arrivals', () => {
  test('a new worker, one that only connected, and one that was turned away are told apart', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    await miner.introduce();
    await waitForWorker(platform, 'rig-1');
    await TestMiner.connect({ workerId: 'silent', mqttUrl: platform.mqttUrl, will: false });
    const bad = await TestMiner.connect({ workerId: 'bad', mqttUrl: platform.mqttUrl });
    await bad.publish('register', { worker_id: 'bad', gpu_count: 'many' });
    await bad.client.publishAsync('miners/bad/register', '{}', { qos: 1 });
    const { arrived, waiting } = await arrivalsOf(platform);
    expect(arrived).toEqual([
      { worker_id: 'rig-1', gpu_count: 2, hashrate: 0, registered_at: clock.nowMs() / 1000 },
    ]);
    expect(waiting.map(({ client_id: id }) => id).sort()).toEqual(['xenminer_bad', 'xenminer_silent']);
    expect(await refusalOf(platform, 'malformed_message')).toMatchObject({
      client_id: 'xenminer_bad',
      worker_id: 'bad',
      reason: expect.stringContaining('gpu_count') as string,
      topic: 'xenminer/bad/register',
      count: 1,
    });
    expect(await refusalOf(platform, 'publish_not_allowed')).toMatchObject({
      client_id: 'xenminer_bad',
      topic: 'miners/bad/register',
      reason: 'not a topic on which a miner speaks',
    });
    clock.advance(3_600_001);
    expect((await arrivalsOf(platform)).arrived).toEqual([]);
  });

  test('a register that the fleet does not take, and a wrong password, are there with their reason', async () => {
    const platform = await startTestPlatform({ args: ['--max-workers', '1', '--access', 'standard'] });
    const who = admin(platform);
    await ok(platform, 'POST', '/api/workers/rig-1/credentials', { who });
    const first = connectAsync(platform.mqttUrl, {
      clientId: 'xenminer_rig-1',
      username: 'rig-1',
      password: 'wrong',
      reconnectPeriod: 0,
    });
    await expect(first).rejects.toThrow();
    expect(await refusalOf(platform, 'bad_credentials')).toMatchObject({
      client_id: 'xenminer_rig-1',
      worker_id: 'rig-1',
      address: expect.stringContaining('127.0.0.1') as string,
    });
    for (const workerId of ['rig-2', 'rig-3']) {
      const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl });
      await miner.register();
    }
    expect(await refusalOf(platform, 'register_refused')).toMatchObject({
      client_id: 'xenminer_rig-3',
      worker_id: 'rig-3',
      reason: 'the platform has its limit of 1 workers',
    });
  });

  test('a flood of refusals is counted, and the memory of it is bounded', () => {
    const clock = new ManualClock();
    const refusals = new RecentRefusals(clock);
    const thing = { kind: 'throttled', reason: 'too fast', clientId: 'a', address: '', topic: '' } as const;
    for (let round = 0; round < 1000; round += 1) refusals.note({ ...thing, workerId: 'a' });
    expect(refusals.all()).toMatchObject([{ count: 1000, clientId: 'a' }]);
    for (let round = 0; round < 1000; round += 1)
      refusals.note({
        ...thing,
        workerId: 'a',
        topic: `${'x'.repeat(1000)}${round}`,
        clientId: String(round),
      });
    expect(refusals.all()).toHaveLength(200);
    expect(refusals.all()[0]).toMatchObject({ clientId: '999', topic: 'x'.repeat(256) });
  });
});

describe('command lines', () => {
  test('the CUDA miner gets the broker as a URL, with brackets for IPv6, and everything as one shell word', () => {
    const target = { host: '2001:db8::1', port: 1884, apiPort: 8080, workerId: "rig's 1", address: '' };
    expect(minerCommand(target)).toContain("--mqtt-broker 'tcp://[2001:db8::1]:1884'");
    expect(minerCommand(target)).toContain("--worker-id 'rig'\\''s 1'");
  });

  const hasTool = spawnSync('mosquitto_pub', ['--help']).error === undefined;
  test.skipIf(!hasTool)(
    `the lines to test by hand bring a worker in, under strict access too${hasTool ? '' : ' (SKIPPED: no mosquitto_pub)'}`,
    async () => {
      const platform = await startTestPlatform({ args: ['--access', 'strict'] });
      const who = admin(platform);
      const credentials = await ok<{ username: string; password: string }>(
        platform,
        'POST',
        '/api/workers/rig-1/credentials',
        { who },
      );
      const target = {
        host: '127.0.0.1',
        port: platform.mqttPort,
        apiPort: 0,
        workerId: 'rig-1',
        address: '',
      };
      const run = (command: string) => promisify(execFile)('sh', ['-ec', command], { timeout: 20_000 });
      await expect(run(testCommand(target))).rejects.toThrow();
      expect(await refusalOf(platform, 'bad_credentials')).toMatchObject({
        reason: 'anonymous connections are not allowed',
      });
      expect(await run(testCommand({ ...target, credentials }))).toEqual({ stdout: '', stderr: '' });
      const { arrived } = await arrivalsOf(platform);
      expect(arrived).toMatchObject([{ worker_id: 'rig-1', gpu_count: 1 }]);
    },
  );
});
