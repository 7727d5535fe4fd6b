import { createSocket } from 'node:dgram';
import { hostname } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { OnboardingView } from '../src-main/contract/domain/onboarding.ts';
import { Announcement } from '../src-main/platform/features/onboarding/index.ts';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { version } from '../src-main/platform/version.ts';
import { admin, ok } from './support/accounts.ts';
import { findMulticastRefusal, MdnsBrowser } from './support/mdns.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const onNetwork = ['--api-host=0.0.0.0', '--mqtt-host=0.0.0.0', '--api-port=0', '--mqtt-port=0'];
const machine = hostname().split('.')[0]!;

const announcementOf = async (platform: TestPlatform) =>
  (await ok<OnboardingView>(platform, 'GET', '/api/onboarding', { who: admin(platform) })).announcement;

const announced = (platform: TestPlatform) =>
  waitFor(async () => {
    const view = await announcementOf(platform);
    return view.state === 'on' && view;
  }, 'the announcement');

const apiPortOf = ({ apiUrl }: TestPlatform) => Number(new URL(apiUrl).port);

const refusal = await findMulticastRefusal();
const title = refusal === undefined ? 'on the local network' : `on the local network (SKIPPED: ${refusal})`;

describe.skipIf(refusal !== undefined)(title, () => {
  test('the dashboard and the broker are found, with version, path and port, and say goodbye', async () => {
    const [dashboards, brokers] = [new MdnsBrowser('xenblocks'), new MdnsBrowser('mqtt')];
    const platform = await startTestPlatform({ args: onNetwork });
    expect(await announced(platform)).toMatchObject({ services: ['_xenblocks._tcp', '_mqtt._tcp'] });
    const apiPort = apiPortOf(platform);
    const [dashboard] = await waitFor(
      () => dashboards.at(apiPort).length > 0 && dashboards.at(apiPort),
      'it',
    );
    const [broker] = await waitFor(
      () => brokers.at(platform.mqttPort).length > 0 && brokers.at(platform.mqttPort),
      'the broker',
    );
    expect(dashboard).toMatchObject({
      name: expect.stringContaining(`XenBlocks on ${machine}`) as string,
      host: `${machine}.local`,
      txt: { version, path: '/dashboard', mqtt: String(platform.mqttPort) },
    });
    expect(dashboard!.addresses).not.toContain('127.0.0.1');
    expect(broker).toMatchObject({ name: dashboard!.name, txt: { version } });
    await platform.stop();
    await waitFor(() => dashboards.at(apiPort).length === 0, 'the goodbye of the dashboard');
    await waitFor(() => brokers.at(platform.mqttPort).length === 0, 'the goodbye of the broker');
  });

  test('a second platform takes another name, and a restart comes back with its own', async () => {
    const browser = new MdnsBrowser('xenblocks');
    const first = await startTestPlatform({ args: onNetwork });
    const { name } = await announced(first);
    const second = await startTestPlatform({ args: onNetwork });
    const { name: other } = await announced(second);
    expect(other).not.toBe(name);
    await waitFor(() => browser.at(apiPortOf(second)).length === 1, 'the second');
    expect(browser.at(apiPortOf(first)).map((service) => service.name)).toEqual([name]);
    await first.platform.restart();
    expect((await announced(first)).name).toBe(name);
    await waitFor(() => browser.at(apiPortOf(first)).length === 1, 'the first again');
    expect((await announcementOf(second)).name).toBe(other);
  });

  test('what listens on loopback only is not announced, and nothing is where nobody wants it', async () => {
    const quiet = await startTestPlatform();
    expect(await announcementOf(quiet)).toMatchObject({ state: 'loopback', services: [] });
    const off = await startTestPlatform({ args: [...onNetwork, '--announce', 'off'] });
    expect(await announcementOf(off)).toMatchObject({ state: 'off', services: [] });
    const half = await startTestPlatform({ args: ['--mqtt-host=0.0.0.0', '--mqtt-port=0'] });
    expect((await announced(half)).services).toEqual(['_mqtt._tcp']);
  });
});

test('a failure is a warning, and the platform that failed to announce itself stops as always', async () => {
  const blocker = createSocket('udp4');
  onTestFinished(() => void blocker.close());
  await new Promise<void>((resolve) => blocker.bind(0, '0.0.0.0', () => resolve()));
  const loggers = createLogger({ level: 'info', format: 'text', write: () => undefined });
  const announcement = new Announcement({
    isWanted: true,
    version,
    logger: loggers.module('server'),
    api: { host: '0.0.0.0', port: () => 8080 },
    mqtt: { host: '127.0.0.1', port: () => 1883 },
    mdnsPort: blocker.address().port,
  });
  announcement.start();
  await waitFor(() => announcement.view().state === 'failed', 'the failure');
  expect(announcement.view().problem).toContain('EADDRINUSE');
  const lines = [...loggers.recent.after(0)].map(({ line }) => line);
  expect(lines.filter((line) => line.includes('not announced on the local network'))).toHaveLength(1);
  await announcement.stop();
  expect(announcement.view().state).toBe('off');
});
