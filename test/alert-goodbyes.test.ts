import { expect, test } from 'vitest';
import { admin, ok } from './support/accounts.ts';
import { incidents, isOffline, startFleet } from './support/alerts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { TestMiner } from './support/test-miner.ts';
import type { TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const missing = async (platform: TestPlatform) =>
  (await incidents(platform, 'kind=worker_offline')).flatMap(({ subjects }) => subjects).toSorted();

test('a miner that says goodbye is not missed, also over a restart; one whose plug is pulled or that falls silent is', async () => {
  const clock = new ManualClock();
  const first = await startFleet(3, clock);
  const [stopped, dark, silent] = first.miners as [TestMiner, TestMiner, TestMiner];
  await stopped.sayGoodbye();
  await isOffline(first.platform, 1);
  clock.advance(10_000);
  expect(await missing(first.platform)).toEqual([]);
  await dark.pullPlug();
  await isOffline(first.platform, 2);
  clock.advance(10_000);
  expect(await missing(first.platform)).toEqual(['rig-01']);
  await silent.disconnect();
  clock.advance(100_000);
  expect(await missing(first.platform)).toEqual(['rig-01', 'rig-02']);
  await first.platform.stop();

  const { platform } = await startFleet(0, clock, { dataDir: first.platform.dataDir });
  clock.advance(120_000);
  expect(await missing(platform)).toEqual(['rig-01', 'rig-02']);
  const back = await TestMiner.connect({ workerId: 'rig-00', mqttUrl: platform.mqttUrl });
  await back.heartbeat();
  clock.advance(5000);
  await back.pullPlug();
  await isOffline(platform, 3);
  clock.advance(10_000);
  expect(await missing(platform)).toContain('rig-00');
});

test('a simulation that is stopped leaves nobody to look for, not even who was dark just then', async () => {
  const clock = new ManualClock();
  const { platform } = await startFleet(0, clock);
  const who = admin(platform);
  const simulator = (action: string, body: object = {}) =>
    ok(platform, 'POST', `/api/admin/simulator/${action}`, { who, body });
  const online = () =>
    waitFor(
      async () => (await ok<{ online: number }>(platform, 'GET', '/api/monitoring/stats')).online === 12,
      'all workers',
    );
  await simulator('start', { workers: 12, scenario: 'steady', heartbeat_interval: 1 });
  await online();
  clock.advance(5000);
  await simulator('stop');
  await isOffline(platform, 12);
  clock.advance(120_000);
  expect(await missing(platform)).toEqual([]);

  // Whoever comes back is watched again.
  const miner = await TestMiner.connect({ workerId: 'sim-worker-003', mqttUrl: platform.mqttUrl });
  await miner.heartbeat();
  clock.advance(5000);
  await miner.pullPlug();
  await isOffline(platform, 12);
  clock.advance(10_000);
  expect(await missing(platform)).toEqual(['sim-worker-003']);
  await simulator('start', { workers: 2, scenario: 'steady', heartbeat_interval: 1 });
  await simulator('stop');
  clock.advance(10_000);
  expect(await incidents(platform, 'kind=worker_offline')).toMatchObject([{ state: 'resolved' }]);
});
