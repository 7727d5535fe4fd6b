/** Verbs for tests of alerts: a fleet on a manual clock, and calls of the operator. */
import type { AlertChannel } from '../../src-main/contract/domain/alert-channel.ts';
import type { AlertKind, AlertRule, Incident } from '../../src-main/contract/domain/alert.ts';
import { admin, ok } from './accounts.ts';
import type { ManualClock } from './manual-clock.ts';
import { TestMiner } from './test-miner.ts';
import {
  believing,
  startTestPlatform,
  type TestPlatform,
  type TestPlatformOptions,
} from './test-platform.ts';
import { waitFor } from './wait-for.ts';

export const alertsPath = '/api/admin/alerts';
const base = alertsPath;

export const get = <Answer>(platform: TestPlatform, path: string) =>
  ok<Answer>(platform, 'GET', `${base}${path}`, { who: admin(platform) });
export const send = <Answer>(platform: TestPlatform, method: string, path: string, body: object) =>
  ok<Answer>(platform, method, `${base}${path}`, { body, who: admin(platform) });

export async function incidents(platform: TestPlatform, query = ''): Promise<Incident[]> {
  return (await get<{ items: Incident[] }>(platform, `/incidents?${query}`)).items;
}

export async function changeRule(platform: TestPlatform, kind: AlertKind, changes: Partial<AlertRule>) {
  const { items } = await get<{ items: AlertRule[] }>(platform, '/rules');
  const settings = items.find((rule) => rule.kind === kind);
  return send<AlertRule>(platform, 'PUT', `/rules/${kind}`, { ...settings, ...changes });
}

export const addWebhook = (platform: TestPlatform, url: string, more: object = {}) =>
  send<AlertChannel>(platform, 'POST', '/channels', {
    kind: 'webhook',
    name: 'Hook',
    settings: { url },
    ...more,
  });

export async function startFleet(size: number, clock: ManualClock, options: TestPlatformOptions = {}) {
  const platform = await startTestPlatform({ clock, args: believing, ...options });
  const miners = await connectAll(platform, size);
  return { platform, miners };
}

export async function connectAll(platform: TestPlatform, size: number): Promise<TestMiner[]> {
  const miners: TestMiner[] = [];
  for (let index = 0; index < size; index += 1) {
    const workerId = `rig-${String(index).padStart(2, '0')}`;
    const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl });
    await miner.introduce();
    await miner.heartbeat();
    miners.push(miner);
  }
  return miners;
}

/** Moves the time, with a heartbeat of each miner every ten seconds. */
export async function live(
  clock: ManualClock,
  miners: readonly TestMiner[],
  sec: number,
  fields: object = {},
) {
  for (let at = 0; at < sec; at += 10) {
    await Promise.all(miners.map((miner) => miner.heartbeat({ ...fields })));
    clock.advance(Math.min(10, sec - at) * 1000);
  }
}

export const isOffline = (platform: TestPlatform, count: number) =>
  waitFor(async () => {
    const stats = await ok<{ offline: number }>(platform, 'GET', '/api/monitoring/stats');
    return stats.offline === count;
  }, `${count} offline workers`);
