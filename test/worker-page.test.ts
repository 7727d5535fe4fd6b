import { expect, test } from 'vitest';
import type { WorkerDetails } from '../src-main/contract/domain/worker-page.ts';
import { admin, call, newWallet, ok, signIn } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { introduced, rent, renterAddress, setUp, stop } from './support/renting.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const detailsOf = (platform: TestPlatform, workerId: string) =>
  platform.get<WorkerDetails>(`/api/workers/${encodeURIComponent(workerId)}`);

const order = (platform: TestPlatform, workerId: string, config: Record<string, unknown>) =>
  ok(platform, 'POST', `/api/workers/${workerId}/control`, {
    who: admin(platform),
    body: { action: 'set_config', config },
  });

test('a worker is shown with everything that is known of it', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock });
  const wallet = newWallet();
  const miner = await introduced(platform, 'aa:bb:cc', wallet.address);
  await miner.heartbeat({
    hashrate: 1650,
    accepted_blocks: 3,
    difficulty: 1800,
    uptime_sec: 77,
    address: wallet.address,
  });
  await miner.status('ERROR', { detail: 'GPU 1 is too hot' });
  const [row] = await platform.get<object[]>('/api/workers');
  const nowSec = clock.nowMs() / 1000;
  expect(await detailsOf(platform, 'aa:bb:cc')).toEqual({
    ...row,
    account_id: wallet.address.toLowerCase(),
    listed: true,
    version: '2.0.0',
    detail: 'GPU 1 is too hot',
    lease_id: '',
    registered_at: nowSec,
    offline_since: null,
    last_online_at: nowSec,
    total_online_sec: 0,
    accepted_blocks: 3,
    miner_uptime_sec: 77,
    config: {
      wanted: { difficulty: null, address: null, prefix: null, block_pattern: null },
      reported: { difficulty: 1800, address: wallet.address, prefix: null, block_pattern: null },
    },
  });
  clock.jump(90_000);
  expect(await detailsOf(platform, 'aa:bb:cc')).toMatchObject({ online: false, offline_since: nowSec });
  const heard = await signIn(platform, wallet);
  await ok(platform, 'POST', '/api/wallet/workers/aa%3Abb%3Acc/command', {
    who: heard,
    body: { command: 'unlist', params: {} },
  });
  expect(await detailsOf(platform, 'aa:bb:cc')).toMatchObject({ listed: false });
  await miner.status('offline');
  expect(await detailsOf(platform, 'aa:bb:cc')).toMatchObject({
    state: 'offline',
    offline_since: nowSec + 90,
  });
});

test('a worker that nobody knows is not found', async () => {
  const platform = await startTestPlatform();
  for (const path of ['/api/workers/nobody', '/api/workers/nobody/timeline', '/api/workers/%F0%9F%90%B4']) {
    const { status, body } = await call(platform, 'GET', path);
    expect(status).toBe(404);
    expect(body['detail']).toContain('There is no worker');
  }
});

test('what it was told to mine is put together of its orders, each setting by the newest one that was not lost', async () => {
  const platform = await startTestPlatform();
  const miner = await introduced(platform, 'rig-1');
  const wanted = async () => (await detailsOf(platform, 'rig-1')).config.wanted;
  await order(platform, 'rig-1', { difficulty: 1727, prefix: 'ab', block_pattern: 'XEN11' });
  await order(platform, 'rig-1', { difficulty: 1900 });
  await order(platform, 'rig-1', { prefix: '' });
  expect(await wanted()).toEqual({ difficulty: 1900, address: null, prefix: '', block_pattern: 'XEN11' });
  // An owner's command asks for the same in other words.
  await ok(platform, 'POST', '/api/control/commands', {
    who: admin(platform),
    body: { command: 'update_config', params: { difficulty: 2000, fan: 70 }, worker_ids: ['rig-1'] },
  });
  expect(await wanted()).toMatchObject({ difficulty: 2000 });
  await miner.disconnect();
  await order(platform, 'rig-1', { difficulty: 3000 });
  // Nobody listened.
  await waitFor(async () => (await wanted()).difficulty === 2000, 'the end of the order that nobody heard');
});

test('a lease says for whom and with which prefix it mines, as long as it lasts', async () => {
  const { platform, consumer } = await setUp();
  await order(platform, 'rig-1', { difficulty: 1727, address: `0x${'1'.repeat(40)}` });
  const { body: lease } = await rent(platform, consumer);
  const { lease_id, config } = await detailsOf(platform, 'rig-1');
  expect(lease_id).toBe(lease.lease_id);
  expect(config.wanted).toEqual({
    difficulty: 1727,
    address: renterAddress,
    prefix: lease.prefix,
    block_pattern: null,
  });
  await stop(platform, consumer, lease.lease_id);
  expect(await detailsOf(platform, 'rig-1')).toMatchObject({
    lease_id: '',
    config: { wanted: { address: `0x${'1'.repeat(40)}`, prefix: null } },
  });
});
