import { expect, test } from 'vitest';
import type { Worker } from '../src-main/contract/domain/worker.ts';
import { askBackups, backupsOf, madeBackup } from './support/backups.ts';
import { metric, readRows, waitForWorker } from './support/platform-figures.ts';
import { TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const miners = 500;
const reconnectMs = 300;

const addressOf = (index: number) => `0x${index.toString(16).padStart(40, '0')}`;

/** Like the C++ miner: reconnects by itself, subscribes again, never registers again. */
async function connect(platform: TestPlatform, index: number): Promise<TestMiner> {
  const miner = await TestMiner.connect({
    workerId: `rig-${index}`,
    mqttUrl: platform.mqttUrl,
    ethAddress: addressOf(index),
    client: { reconnectPeriod: reconnectMs },
  });
  await miner.introduce();
  return miner;
}

const connectAll = (platform: TestPlatform, from: number, to: number) =>
  Promise.all(Array.from({ length: to - from }, (_, index) => connect(platform, from + index)));

test('yesterday’s backup is restored under 500 connected miners, and each of them only reconnects', async () => {
  const platform = await startTestPlatform({ args: believing });
  const fleet = await connectAll(platform, 0, miners / 2);
  const name = await madeBackup(platform);
  fleet.push(...(await connectAll(platform, miners / 2, miners)));
  await Promise.all(fleet.map((miner) => miner.heartbeat({ hashrate: 100 })));
  let reconnects = 0;
  for (const { client } of fleet) client.on('connect', () => (reconnects += 1));
  expect((await askBackups(platform, 'POST', `/${name}/restore`)).status).toBe(202);
  const outcome = await waitFor(
    async () => (await backupsOf(platform)).last_restore ?? undefined,
    'the restore',
  );
  expect(outcome).toMatchObject({
    ok: true,
    detail: expect.stringContaining(`${miners} registrations`) as string,
  });
  await waitFor(() => fleet.every(({ client }) => client.connected), 'all miners to be back');
  await Promise.all(fleet.map((miner) => miner.heartbeat({ hashrate: 200 })));

  const workers = await platform.get<Worker[]>('/api/workers');
  expect(workers).toHaveLength(miners);
  expect(workers.filter(({ online }) => !online)).toEqual([]);
  expect(workers.every(({ hashrate }) => hashrate === 200)).toBe(true);
  expect(new Set(workers.map((worker) => worker.eth_address.toLowerCase())).size).toBe(miners);
  expect(workers.every(({ gpu_count: gpus }) => gpus === 2)).toBe(true);
  expect(await metric(platform, 'xenblocks_mqtt_clients')).toBe(miners);
  expect(reconnects).toBe(miners);
  // Nobody is told to have been away: the platform was.
  expect(readRows(platform, 'select * from worker_outages')).toEqual([]);
});

test('a miner whose lease nobody knows any more is told to leave it by whatever it says of it', async () => {
  const platform = await startTestPlatform({ args: believing });
  const miner = await TestMiner.connect({ workerId: 'rig', mqttUrl: platform.mqttUrl });
  // It only reconnected to a platform that lost everything.
  await miner.block({ lease_id: 'lease-unknown' });
  await waitForWorker(platform, 'rig');
  await waitFor(() => miner.tasks.length > 0, 'the release');
  expect(miner.tasks).toEqual([{ command: 'release', lease_id: 'lease-unknown' }]);
  await miner.status('MINING', { lease_id: 'lease-other' });
  await waitFor(() => miner.tasks.length > 1, 'the second release');
  await miner.heartbeat();
  await miner.block({ lease_id: 'lease-other' });
  expect(miner.tasks).toEqual([
    { command: 'release', lease_id: 'lease-unknown' },
    { command: 'release', lease_id: 'lease-other' },
  ]);
});
