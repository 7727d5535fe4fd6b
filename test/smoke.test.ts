import { expect, test } from 'vitest';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform } from './support/test-platform.ts';

test('a registered miner is in the fleet', async () => {
  const platform = await startTestPlatform();
  const miner = await TestMiner.connect({ workerId: 'aa:bb', mqttUrl: platform.mqttUrl });
  await miner.introduce();
  await miner.heartbeat({ hashrate: 42 });
  await miner.block();
  const fleet = await platform.get<{ items: unknown[] }>('/api/monitoring/fleet');
  expect(fleet.items).toEqual([
    expect.objectContaining({ worker_id: 'aa:bb', online: true, hashrate: 42, self_blocks_found: 1 }),
  ]);
});
