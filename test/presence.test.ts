import { expect, test } from 'vitest';
import { ManualClock } from './support/manual-clock.ts';
import {
  insertLeases,
  metric,
  readRows,
  refusals,
  waitForWorker,
  workerOf,
} from './support/platform-figures.ts';
import { connectPacket, publishPacket, RawClient, subscribePacket } from './support/raw-client.ts';
import { TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const isOffline = ({ state, online }: { state: string; online: boolean }) => state === 'offline' && !online;

async function introduced(platform: TestPlatform, workerId = 'm-1', clientId?: string): Promise<TestMiner> {
  const miner = await TestMiner.connect({
    workerId,
    mqttUrl: platform.mqttUrl,
    ...(clientId === undefined ? {} : { clientId }),
  });
  await miner.introduce();
  return miner;
}

test.each([
  ['state', { worker_id: 'm-1', state: 'offline', timestamp: 1 }],
  ['status', { worker_id: 'm-1', status: 'offline', timestamp: 1 }],
])('an offline message that says it in %s marks the worker offline at once', async (_shape, message) => {
  const platform = await startTestPlatform();
  const miner = await introduced(platform);
  await miner.publish('status', message);
  expect(await workerOf(platform, 'm-1')).toMatchObject({ state: 'offline', online: false });
});

test('a miner without power is offline within 2 s; a heartbeat without a register brings it back', async () => {
  const platform = await startTestPlatform();
  const miner = await introduced(platform);
  await miner.status('MINING', { lease_id: 'lease-1' });
  await miner.pullPlug();
  await waitForWorker(platform, 'm-1', isOffline, 2000);
  const back = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl });
  expect(await workerOf(platform, 'm-1')).toMatchObject({ online: false });
  await back.heartbeat();
  expect(await workerOf(platform, 'm-1')).toMatchObject({ online: true, state: 'MINING' });
  // No ack, which would stop it; but there is no such lease (any more).
  expect(back.tasks).toEqual([{ command: 'release', lease_id: 'lease-1' }]);
});

test('a clean DISCONNECT publishes no will', async () => {
  const platform = await startTestPlatform();
  const miner = await introduced(platform);
  await miner.disconnect();
  await waitFor(
    async () => (await metric(platform, 'xenblocks_mqtt_clients')) === 0,
    'the end of the session',
  );
  expect(await workerOf(platform, 'm-1')).toMatchObject({ online: true, state: 'AVAILABLE' });
});

test('what a miner said right before its connection broke is older news than its will', async () => {
  const platform = await startTestPlatform({ args: ['--mqtt-max-messages-per-sec', '10'] });
  const raw = await RawClient.connect(platform.mqttPort, {
    will: {
      topic: 'xenminer/m-1/status',
      payload: Buffer.from('{"worker_id":"m-1","status":"offline"}'),
      qos: 1,
      retain: true,
    },
  });
  raw.send(publishPacket('xenminer/m-1/register', {}));
  await raw.next('puback');
  // Far more than its rate allows: most of them still wait when the connection is gone.
  raw.end(lastWords('xenminer/m-1/heartbeat', 60));
  await raw.closed;
  const gone = await waitForWorker(platform, 'm-1', ({ hashrate }) => hashrate === 60, 2000);
  expect(gone).toMatchObject({ state: 'offline', online: false });
});

/** Heartbeats with rising hashrate in one write. */
function lastWords(topic: string, count: number): Buffer {
  const packets = Array.from({ length: count }, (_, index) => {
    const payload = JSON.stringify({ hashrate: index + 1 });
    const body = Buffer.concat([Buffer.from([0, topic.length]), Buffer.from(topic + payload)]);
    return Buffer.concat([Buffer.from([0x30, body.length]), body]);
  });
  return Buffer.concat(packets);
}

test('a retained will neither marks the returned miner offline nor does its replay to a subscriber', async () => {
  const platform = await startTestPlatform({ args: ['--access', 'open'] });
  const miner = await introduced(platform);
  await miner.pullPlug();
  await waitForWorker(platform, 'm-1', isOffline);
  const back = await introduced(platform);
  const watcher = await RawClient.connect(platform.mqttPort);
  watcher.send(subscribePacket(['xenminer/+/status']));
  const replay = await watcher.next('publish');
  expect(replay).toMatchObject({ topic: 'xenminer/m-1/status', retain: true });
  expect(JSON.parse(replay.payload.toString())).toMatchObject({ status: 'offline' });
  await back.heartbeat();
  expect(await workerOf(platform, 'm-1')).toMatchObject({ online: true, state: 'AVAILABLE' });
});

test('after a takeover by the same client id the old session has not the last word', async () => {
  const platform = await startTestPlatform({ args: ['--access', 'open'] });
  const first = await introduced(platform);
  const ended = new Promise<void>((resolve) => {
    first.client.once('close', () => resolve());
  });
  const second = await introduced(platform);
  await ended;
  await second.heartbeat({ hashrate: 5 });
  expect(await workerOf(platform, 'm-1')).toMatchObject({ online: true, hashrate: 5 });
  // The takeover itself came without a heartbeat in between, too.
  const third = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl });
  await waitFor(() => !second.client.connected, 'the end of the second session');
  expect(await workerOf(platform, 'm-1')).toMatchObject({ online: true });
  await third.pullPlug();
  await waitForWorker(platform, 'm-1', isOffline, 2000);
});

test('of many connects with one client id only the last one stays', async () => {
  const platform = await startTestPlatform();
  const clients = await Promise.all(Array.from({ length: 10 }, () => RawClient.open(platform.mqttPort)));
  for (const client of clients) client.send(connectPacket({ clientId: 'xenminer_m-1' }));
  await waitFor(() => clients.filter(({ isClosed }) => isClosed).length === 9, 'the end of nine sessions');
  const last = clients.find(({ isClosed }) => !isClosed)!;
  last.send(publishPacket('xenminer/m-1/heartbeat', { hashrate: 1 }));
  await last.next('puback');
  const { mqtt_clients: ids } = await platform.get<{ mqtt_clients: string[] }>('/api/status');
  expect(ids).toEqual(['xenminer_m-1']);
});

test('a miner whose keep-alive ran out is offline', async () => {
  const platform = await startTestPlatform();
  const raw = await RawClient.connect(platform.mqttPort, {
    keepalive: 1,
    will: {
      topic: 'xenminer/m-1/status',
      payload: Buffer.from('{"status":"offline"}'),
      qos: 1,
      retain: true,
    },
  });
  raw.send(publishPacket('xenminer/m-1/register', {}));
  await raw.next('puback');
  expect(await workerOf(platform, 'm-1')).toMatchObject({ online: true });
  await raw.closed;
  await waitForWorker(platform, 'm-1', isOffline, 2000);
});

test('a worker is online until its last heartbeat is 90 s old', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock });
  const miner = await introduced(platform);
  clock.advance(30_000);
  await miner.heartbeat();
  clock.advance(60_000);
  // A status is no heartbeat.
  await miner.status('MINING');
  clock.advance(29_900);
  expect(await workerOf(platform, 'm-1')).toMatchObject({ online: true });
  clock.advance(100);
  expect(await workerOf(platform, 'm-1')).toMatchObject({ online: false, state: 'MINING' });
  await miner.heartbeat();
  expect(await workerOf(platform, 'm-1')).toMatchObject({ online: true });
});

test('uptime grows by the time between signs of life, at most 60 s a step, and not while offline', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock });
  const miner = await introduced(platform);
  const uptime = async () => {
    const { items } = await platform.get<{ items: { total_online_sec: number }[] }>('/api/monitoring/fleet');
    return items[0]?.total_online_sec;
  };
  clock.advance(30_000);
  await miner.heartbeat();
  expect(await uptime()).toBe(30);
  clock.advance(15_000);
  await miner.status('MINING');
  clock.advance(15_000);
  await miner.heartbeat();
  expect(await uptime()).toBe(60);
  clock.advance(600_000);
  await miner.heartbeat();
  expect(await uptime()).toBe(120);
  await miner.status('offline');
  clock.advance(50_000);
  await miner.status('IDLE');
  clock.advance(50_000);
  await miner.heartbeat();
  expect(await uptime()).toBe(120);
  clock.advance(10_000);
  await miner.register();
  expect(await uptime()).toBe(130);
});

test("the platform's time decides, whatever time a miner believes it is", async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock });
  const miner = await introduced(platform);
  const nowSec = clock.nowMs() / 1000;
  for (const timestamp of [0, -5, nowSec - 86_400, nowSec + 86_400, 1e15]) {
    await miner.heartbeat({ timestamp });
    await miner.status('MINING', { timestamp });
    await miner.block({ timestamp });
    expect(await workerOf(platform, 'm-1')).toMatchObject({ online: true, last_heartbeat: nowSec });
  }
  const blocks = await platform.get<{ timestamp: number }[]>('/api/monitoring/blocks/recent');
  expect(blocks.map(({ timestamp }) => timestamp)).toEqual(Array(5).fill(nowSec));
});

test('a register during a lease gets no ack and leaves the state alone', async () => {
  const first = await startTestPlatform();
  const before = await introduced(first);
  await before.status('MINING', { lease_id: 'lease-1' });
  await before.disconnect();
  await first.stop();
  insertLeases(first, [{ leaseId: 'lease-1', workerId: 'm-1', prefix: 'c0ffee0000000000' }]);
  const platform = await startTestPlatform({ dataDir: first.dataDir });
  const miner = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl });
  await miner.register({ version: '2.2.0' });
  expect(await workerOf(platform, 'm-1')).toMatchObject({ state: 'MINING', online: true });
  expect(readRows(platform, 'select version from workers')).toEqual([{ version: '2.2.0' }]);
  // Another worker's ack has come: this one's would have, too.
  const free = await introduced(platform, 'm-2');
  await waitFor(() => free.tasks.length > 0, 'the ack of a free worker');
  await miner.heartbeat();
  // Only its task again, in case it has forgotten it.
  expect(miner.tasks).toMatchObject([{ command: 'assign_task', lease_id: 'lease-1' }]);
});

test('a restart keeps the fleet, and stopping the platform marks nobody offline', async () => {
  const clock = new ManualClock();
  const first = await startTestPlatform({ clock, args: believing });
  const miner = await introduced(first, 'm-1');
  await miner.heartbeat({ hashrate: 77, address: '0xabc', prefix: '12' });
  await miner.status('MINING', { lease_id: 'lease-9' });
  await miner.block();
  const gone = await introduced(first, 'm-2');
  await gone.pullPlug();
  await waitForWorker(first, 'm-2', isOffline);
  const before = await first.get<object[]>('/api/workers');
  await first.stop();
  clock.advance(20_000);
  const second = await startTestPlatform({ clock, dataDir: first.dataDir, args: believing });
  expect(await second.get('/api/workers')).toEqual(
    before.map((worker) => ({ ...worker, reputation: expect.anything() as unknown })),
  );
  expect(await workerOf(second, 'm-1')).toMatchObject({
    online: true,
    state: 'MINING',
    hashrate: 77,
    self_blocks_found: 1,
    current_prefix: '12',
  });
  expect(await workerOf(second, 'm-2')).toMatchObject({ online: false, state: 'offline' });
  clock.advance(70_000);
  expect(await workerOf(second, 'm-1')).toMatchObject({ online: false });
});

test("another connection's will does not mark a live worker offline, nor is it published", async () => {
  const platform = await startTestPlatform();
  const miner = await introduced(platform);
  const raw = await RawClient.connect(platform.mqttPort, {
    clientId: 'somebody-else',
    will: {
      topic: 'xenminer/m-1/status',
      payload: Buffer.from('{"status":"offline"}'),
      qos: 1,
      retain: true,
    },
  });
  raw.destroy();
  await waitFor(async () => (await refusals(platform, 'will_not_allowed')) >= 1, 'the refused will');
  await miner.heartbeat();
  expect(await workerOf(platform, 'm-1')).toMatchObject({ online: true });
});

test('of fifty connections that come at once with one client id exactly one stays', async () => {
  const platform = await startTestPlatform();
  const clients = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const client = await RawClient.open(platform.mqttPort);
      client.send(
        connectPacket({ clientId: 'xenminer_m-1' }),
        subscribePacket(['xenminer/m-1/task']),
        publishPacket('xenminer/m-1/heartbeat', { hashrate: 5 }, { messageId: 2 }),
      );
      return client;
    }),
  );
  const open = new Set(clients);
  for (const client of clients) void client.closed.then(() => open.delete(client));
  await waitFor(() => open.size === 1, 'the takeovers');
  const [last] = open;
  last!.send({ cmd: 'pingreq' }, publishPacket('xenminer/m-1/heartbeat', { hashrate: 7 }, { messageId: 3 }));
  await last!.next('pingresp');
  await waitForWorker(platform, 'm-1', ({ hashrate }) => hashrate === 7, 2000);
  expect(await metric(platform, 'xenblocks_mqtt_clients')).toBe(1);
});
