import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { metric, readRows, refusals, waitForWorker, workerOf } from './support/platform-figures.ts';
import { connectPacket, publishPacket, RawClient, subscribePacket } from './support/raw-client.ts';
import { TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

async function introduced(platform: TestPlatform, workerId: string): Promise<TestMiner> {
  const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl });
  await miner.introduce();
  return miner;
}

async function granted(client: RawClient, filters: readonly string[]): Promise<unknown> {
  client.send(subscribePacket(filters));
  return (await client.next('suback')).granted;
}

/** Publishes with QoS 1 and waits for the PUBACK. */
async function publish(client: RawClient, topic: string, payload: unknown, retain = false): Promise<void> {
  client.send(publishPacket(topic, payload, { retain }));
  await client.next('puback');
}

test('a publish for another worker is acknowledged, dropped and counted', async () => {
  const platform = await startTestPlatform();
  await introduced(platform, 'm-1');
  const other = await RawClient.connect(platform.mqttPort);
  await publish(other, 'xenminer/m-2/register', {});
  await publish(other, 'xenminer/m-1/heartbeat', { hashrate: 666 });
  await publish(other, 'xenminer/m-1/status', { state: 'offline' });
  await publish(other, 'xenminer/m-3/register', {});
  expect(await workerOf(platform, 'm-1')).toMatchObject({ hashrate: 0, online: true });
  expect(await workerOf(platform, 'm-3')).toBeUndefined();
  expect(await refusals(platform, 'publish_not_allowed')).toBe(3);
  await publish(other, 'xenminer/m-2/heartbeat', { hashrate: 2 });
  expect(await workerOf(platform, 'm-2')).toMatchObject({ hashrate: 2 });
});

test.each([
  'xenminer/m-1/task',
  'xenminer/m-1/control',
  'xenminer/m-1/unknown',
  'xenminer/m-1/status/more',
  'xenminer//status',
  'other/topic',
  '$SYS/broker/uptime',
  '$refused',
])('a miner may not publish on %s', async (topic) => {
  const platform = await startTestPlatform();
  const raw = await RawClient.connect(platform.mqttPort);
  await publish(raw, topic, {}, true);
  expect(await refusals(platform, 'publish_not_allowed')).toBe(1);
  expect(raw.isClosed).toBe(false);
});

test('a miner gets its own task and control, and 0x80 for everything else', async () => {
  const platform = await startTestPlatform();
  const raw = await RawClient.connect(platform.mqttPort);
  const filters = ['xenminer/m-1/task', '#', 'xenminer/m-1/control', 'xenminer/m-2/task', 'xenminer/+/task'];
  expect(await granted(raw, filters)).toEqual([1, 128, 1, 128, 128]);
  expect(await granted(raw, ['xenminer/m-1/#'])).toEqual([128]);
  expect(await granted(raw, ['xenminer/m-1/status', '$SYS/#', '+/+/+', '$refused'])).toEqual(
    Array(4).fill(128),
  );
  expect(await refusals(platform, 'subscribe_not_allowed')).toBe(8);
  await publish(raw, 'xenminer/m-1/register', {});
  await introduced(platform, 'm-2');
  await publish(raw, 'xenminer/m-1/register', {});
  await waitFor(() => raw.received.filter(({ cmd }) => cmd === 'publish').length === 2, 'two acks');
  const topics = raw.received.flatMap((packet) => (packet.cmd === 'publish' ? [packet.topic] : []));
  expect(topics).toEqual(['xenminer/m-1/task', 'xenminer/m-1/task']);
});

test('a persistent session of an anonymous client keeps nothing, least of all what was refused to it', async () => {
  const platform = await startTestPlatform({ args: believing });
  const session = { clientId: 'curious', clean: false };
  const curious = await RawClient.connect(platform.mqttPort, session);
  expect(await granted(curious, ['xenminer/m-1/task', '#', 'xenminer/m-2/task'])).toEqual([1, 128, 128]);
  curious.destroy();
  await curious.closed;
  const miner = await introduced(platform, 'm-2');
  await miner.block();
  await introduced(platform, 'm-1');
  const back = await RawClient.connect(platform.mqttPort, session);
  await miner.register();
  await waitFor(() => miner.tasks.length === 2, 'the second ack');
  back.send({ cmd: 'pingreq' });
  await back.next('pingresp');
  expect(back.received.map(({ cmd }) => cmd)).toEqual(['connack', 'pingresp']);
  expect(back.received[0]).toMatchObject({ sessionPresent: false });
});

test('while a worker has a live connection nobody else speaks or listens for it, afterwards anyone may', async () => {
  const platform = await startTestPlatform();
  const early = await RawClient.connect(platform.mqttPort, { clientId: 'early' });
  expect(await granted(early, ['xenminer/m-1/task'])).toEqual([1]);
  const miner = await introduced(platform, 'm-1');
  await waitFor(() => miner.tasks.length === 1, 'the ack');
  const second = await RawClient.connect(platform.mqttPort, { clientId: 'second' });
  expect(await granted(second, ['xenminer/m-1/task'])).toEqual([128]);
  await publish(second, 'xenminer/m-1/heartbeat', { hashrate: 2 });
  await publish(early, 'xenminer/m-1/heartbeat', { hashrate: 3 });
  expect(await workerOf(platform, 'm-1')).toMatchObject({ hashrate: 0 });
  await miner.pullPlug();
  await waitForWorker(platform, 'm-1', ({ online }) => !online, 2000);
  await publish(second, 'xenminer/m-1/heartbeat', { hashrate: 4 });
  expect(await workerOf(platform, 'm-1')).toMatchObject({ hashrate: 4, online: true });
  expect(await granted(second, ['xenminer/m-1/task'])).toEqual([1]);
  await publish(second, 'xenminer/m-1/register', {});
  await second.next('publish');
  // Who subscribed before the worker came heard nothing that was meant for it.
  early.send({ cmd: 'pingreq' });
  await early.next('pingresp');
  expect(early.received.filter(({ cmd }) => cmd === 'publish')).toEqual([]);
});

test('the same client id takes over the right to speak, with and without a will', async () => {
  const platform = await startTestPlatform();
  for (const will of [true, false]) {
    const first = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl, will });
    await first.heartbeat({ hashrate: 1 });
    const second = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl, will });
    await second.heartbeat({ hashrate: 2 });
    expect(await workerOf(platform, 'm-1')).toMatchObject({ hashrate: 2, online: true });
    await second.disconnect();
  }
  expect(await refusals(platform, 'publish_not_allowed')).toBe(0);
});

test.each([
  ['for another topic', 'somewhere/else', undefined],
  ["on the worker's heartbeat", 'xenminer/m-1/heartbeat', undefined],
  ['on a topic of the broker', '$SYS/x', undefined],
  ['for another worker than the first register', 'xenminer/m-2/status', 'xenminer/m-1/register'],
])('a will %s is not published', async (_what, topic, registerFirst) => {
  const platform = await startTestPlatform();
  const owner = await introduced(platform, 'm-2');
  const raw = await RawClient.connect(platform.mqttPort, {
    will: { topic, payload: Buffer.from('{"status":"offline","hashrate":1}'), qos: 1, retain: true },
  });
  if (registerFirst !== undefined) await publish(raw, registerFirst, {});
  raw.destroy();
  await waitFor(async () => (await metric(platform, 'xenblocks_mqtt_clients')) === 1, 'the end');
  await waitFor(async () => (await refusals(platform, 'will_not_allowed')) >= 1, 'the refusal');
  await owner.heartbeat();
  expect(await workerOf(platform, 'm-2')).toMatchObject({ online: true });
  expect(await workerOf(platform, 'm-1')).toBeUndefined();
});

test('retained messages of miners are kept for their status only', async () => {
  const platform = await startTestPlatform();
  const miner = await introduced(platform, 'm-1');
  await miner.publish('status', { state: 'IDLE' }, { retain: true });
  expect(await refusals(platform, 'retain_not_kept')).toBe(0);
  await miner.publish('heartbeat', { hashrate: 5 }, { retain: true });
  await miner.publish('register', {}, { retain: true });
  expect(await refusals(platform, 'retain_not_kept')).toBe(2);
  expect(await workerOf(platform, 'm-1')).toMatchObject({ hashrate: 5 });
});

test('a payload whose worker_id contradicts the topic is refused, whoever says it', async () => {
  for (const access of ['standard', 'open']) {
    const platform = await startTestPlatform({ args: ['--access', access] });
    const miner = await introduced(platform, 'm-1');
    await miner.heartbeat({ worker_id: 'm-2', hashrate: 5 });
    await miner.status('MINING', { worker_id: 'M-1' });
    await miner.block({ worker_id: 'm-2' });
    expect(await refusals(platform, 'worker_id_mismatch')).toBe(3);
    expect(await workerOf(platform, 'm-1')).toMatchObject({
      hashrate: 0,
      state: 'AVAILABLE',
      self_blocks_found: 0,
    });
    expect(await platform.get('/api/workers')).toHaveLength(1);
  }
});

test.each([
  ['strict', {}, 5],
  ['strict', { username: 'operator', password: Buffer.from('x') }, 4],
  ['standard', { username: 'operator', password: Buffer.from('wrong') }, 4],
  ['standard', { username: 'operator' }, 4],
  ['standard', { clientId: 'x'.repeat(300) }, 2],
])('%s refuses a CONNECT with %o by return code %i', async (access, fields, returnCode) => {
  const platform = await startTestPlatform({ args: ['--access', access] });
  const raw = await RawClient.open(platform.mqttPort);
  raw.send(
    connectPacket({
      ...fields,
      will: { topic: 'xenminer/m-1/status', payload: Buffer.from('{}'), qos: 1, retain: true },
    }),
    publishPacket('xenminer/m-1/register', {}),
  );
  expect(await raw.next('connack')).toMatchObject({ returnCode });
  await raw.closed;
  if (access === 'standard') {
    const reason = returnCode === 2 ? 'client_id_not_allowed' : 'bad_credentials';
    expect(await refusals(platform, reason)).toBe(1);
    expect(await metric(platform, 'xenblocks_mqtt_clients')).toBe(0);
  }
  await platform.stop();
  expect(readRows(platform, 'select worker_id from workers')).toEqual([]);
});

test('standard lets miners in with a user name and password of their own choice', async () => {
  const platform = await startTestPlatform();
  const raw = await RawClient.connect(platform.mqttPort, { username: 'me', password: Buffer.from('x') });
  await publish(raw, 'xenminer/m-1/heartbeat', { hashrate: 1 });
  expect(await workerOf(platform, 'm-1')).toMatchObject({ online: true });
});

test('no password reaches the log', async () => {
  const { createLogger } = await import('../src-main/platform/kernel/logger.ts');
  const lines: string[] = [];
  const loggers = createLogger({ level: 'trace', format: 'json', write: (line) => void lines.push(line) });
  const platform = await startTestPlatform({ loggers });
  const raw = await RawClient.open(platform.mqttPort);
  raw.send(connectPacket({ username: 'operator', password: Buffer.from('hunter2-secret') }));
  await raw.closed;
  await platform.stop();
  const log = lines.join('') + readFileSync(platform.databasePath, 'latin1');
  expect(log).toContain('wrong user name or password');
  expect(log).not.toContain('hunter2-secret');
});
