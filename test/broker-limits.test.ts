import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Packet } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { metric, refusals, workerOf } from './support/platform-figures.ts';
import { connectPacket, publishPacket, RawClient, subscribePacket } from './support/raw-client.ts';
import { TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

async function introduced(platform: TestPlatform, workerId = 'm-1'): Promise<TestMiner> {
  const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl });
  await miner.introduce();
  return miner;
}

/** The longest of many round trips to the platform, in milliseconds, while something goes on. */
async function slowestPuback(miner: TestMiner, during: Promise<unknown>): Promise<number> {
  let slowest = 0;
  const flags = { isOver: false };
  void during.then(() => (flags.isOver = true));
  do {
    const start = performance.now();
    await miner.heartbeat();
    slowest = Math.max(slowest, performance.now() - start);
  } while (!flags.isOver);
  return slowest;
}

/** PUBLISH with a length field of 4 bytes and only the beginning of its body. */
function claimedPublish(length: number, sent: number): Buffer {
  const lengthField = [0, 1, 2, 3].map((index) => ((length >> (7 * index)) & 127) | (index < 3 ? 128 : 0));
  return Buffer.concat([Buffer.from([0x30, ...lengthField, 0, 1]), Buffer.alloc(sent, 'x')]);
}

test('a packet that claims 200 MB ends its connection at once and is never buffered', async () => {
  const platform = await startTestPlatform();
  const miner = await introduced(platform);
  const raw = await RawClient.connect(platform.mqttPort);
  raw.write(claimedPublish(200 * 1024 * 1024, 1000));
  await raw.closed;
  const early = await RawClient.open(platform.mqttPort);
  early.write(Buffer.concat([Buffer.from([0x10]), claimedPublish(200 * 1024 * 1024, 10).subarray(1)]));
  await early.closed;
  expect(await refusals(platform, 'packet_too_large')).toBe(2);
  await miner.heartbeat();
});

test('the claimed length counts however it is cut into pieces, and padding it is no way around', async () => {
  const platform = await startTestPlatform();
  const cut = await RawClient.connect(platform.mqttPort);
  for (const byte of claimedPublish(65_537, 0)) {
    cut.write(Buffer.from([byte]));
    await nextTurn();
  }
  await cut.closed;
  const endless = await RawClient.connect(platform.mqttPort);
  endless.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]));
  await endless.closed;
  expect(await refusals(platform, 'packet_too_large')).toBe(2);
});

test('a packet of exactly --mqtt-max-packet-bytes passes and one more byte does not', async () => {
  const platform = await startTestPlatform({ args: ['--access', 'open', '--mqtt-max-packet-bytes', '2048'] });
  const raw = await RawClient.connect(platform.mqttPort);
  const overhead = 2 + 't'.length + 2;
  raw.send(publishPacket('t', 'x'.repeat(2048 - overhead)));
  await raw.next('puback');
  raw.send(publishPacket('t', 'x'.repeat(2049 - overhead)));
  await raw.closed;
  expect(await refusals(platform, 'packet_too_large')).toBe(1);
});

test('a topic or filter deeper than --mqtt-max-topic-levels ends its connection', async () => {
  const platform = await startTestPlatform({ args: ['--access', 'open', '--mqtt-max-topic-levels', '4'] });
  const packets: Packet[] = [
    publishPacket('a/b/c/d/e', ''),
    publishPacket('/'.repeat(60_000), ''),
    subscribePacket(['a/b/c/d/#']),
    { cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['/'.repeat(500)] },
  ];
  for (const packet of packets) {
    const raw = await RawClient.connect(platform.mqttPort);
    raw.send(publishPacket('a/b/c/d', ''));
    await raw.next('puback');
    raw.send(packet);
    await raw.closed;
  }
  const will = { topic: '/'.repeat(500), payload: Buffer.from('x'), qos: 1 as const, retain: true };
  const raw = await RawClient.connect(platform.mqttPort, { will });
  raw.destroy();
  const miner = await introduced(platform);
  await miner.heartbeat();
});

test('one connection past --mqtt-max-connections is closed at once, and its place is free again later', async () => {
  const platform = await startTestPlatform({ args: ['--mqtt-max-connections', '2'] });
  const first = await RawClient.connect(platform.mqttPort);
  await RawClient.open(platform.mqttPort);
  const third = await RawClient.open(platform.mqttPort);
  await third.closed;
  expect(await refusals(platform, 'too_many_connections')).toBe(1);
  first.destroy();
  await first.closed;
  const fourth = await waitFor(() => RawClient.connect(platform.mqttPort), 'a free place');
  expect(fourth.isClosed).toBe(false);
});

test('a connection that does not finish its CONNECT in time is closed', async () => {
  const platform = await startTestPlatform({ args: ['--mqtt-connect-timeout-sec', '1'] });
  const started = performance.now();
  const silent = await RawClient.open(platform.mqttPort);
  const slow = await RawClient.open(platform.mqttPort);
  slow.write(Buffer.from([0x10, 40, 0, 4]));
  const quick = await RawClient.connect(platform.mqttPort);
  await Promise.all([silent.closed, slow.closed]);
  expect(performance.now() - started).toBeGreaterThan(900);
  quick.send({ cmd: 'pingreq' });
  await quick.next('pingresp');
});

test('a subscriber that stops reading is disconnected and slows no one', async () => {
  const platform = await startTestPlatform({
    args: [
      ...['--access', 'open', '--mqtt-max-queue-bytes', '65536'],
      ...['--mqtt-max-messages-per-sec', '100000'],
    ],
  });
  const stuck = await RawClient.connect(platform.mqttPort, { keepalive: 0 });
  stuck.send(subscribePacket(['#']));
  await stuck.next('suback');
  stuck.pause();
  const healthy = await RawClient.connect(platform.mqttPort);
  healthy.send(subscribePacket(['flood']));
  await healthy.next('suback');
  const miner = await introduced(platform);
  const text = Buffer.alloc(30_000, 'x');
  const flood = async () => {
    const sender = await RawClient.connect(platform.mqttPort);
    let sent = 0;
    while ((await refusals(platform, 'queue_full')) === 0) {
      for (let count = 0; count < 20; count += 1) sender.send(publishPacket('flood', text));
      for (let count = 0; count < 20; count += 1) await sender.next('puback');
      sent += 20;
    }
    return sent;
  };
  const flooding = flood();
  expect(await slowestPuback(miner, flooding)).toBeLessThan(800);
  const sent = await flooding;
  expect(await refusals(platform, 'queue_full')).toBe(1);
  stuck.resume();
  await stuck.closed;
  for (let count = 0; count < sent; count += 1) await healthy.next('publish');
});

test('a lone publisher is not held up by a subscriber that stopped reading', async () => {
  const platform = await startTestPlatform({
    args: ['--access', 'open', '--mqtt-max-queue-bytes', '16384', '--mqtt-max-messages-per-sec', '100000'],
  });
  const stuck = await RawClient.connect(platform.mqttPort, { keepalive: 0 });
  stuck.send(subscribePacket(['#']));
  await stuck.next('suback');
  stuck.pause();
  const sender = await RawClient.connect(platform.mqttPort, { keepalive: 0 });
  let slowest = 0;
  while ((await refusals(platform, 'queue_full')) === 0) {
    for (let id = 1; id <= 20; id += 1) {
      const start = performance.now();
      sender.send(publishPacket('flood', Buffer.alloc(60_000, 'x'), { qos: 2, messageId: id }));
      await sender.next('pubrec');
      sender.send({ cmd: 'pubrel', messageId: id });
      await sender.next('pubcomp');
      slowest = Math.max(slowest, performance.now() - start);
    }
  }
  expect(slowest).toBeLessThan(2500);
});

test('a flooder has to wait, loses nothing, and others get their PUBACKs promptly', async () => {
  const platform = await startTestPlatform({ args: ['--mqtt-max-messages-per-sec', '100', ...believing] });
  const miner = await introduced(platform);
  const flooder = await RawClient.connect(platform.mqttPort);
  const messages = 300;
  const blocks = Array.from({ length: messages }, (_, index) =>
    publishPacket(
      'xenminer/flooder/block',
      { hash: 'x', key: index.toString(16).padStart(64, '0') },
      { messageId: index + 1 },
    ),
  );
  const started = performance.now();
  flooder.send(...blocks);
  const acks = (async () => {
    const ids: (number | undefined)[] = [];
    while (ids.length < messages) ids.push((await flooder.next('puback')).messageId);
    return ids;
  })();
  // The patient miner stays far below the limit that the flooder runs into.
  let slowest = 0;
  for (let count = 0; count < 20; count += 1) {
    const start = performance.now();
    await miner.heartbeat();
    slowest = Math.max(slowest, performance.now() - start);
  }
  expect(slowest).toBeLessThan(500);
  expect([...(await acks)].sort((a, b) => Number(a) - Number(b))).toEqual(
    blocks.map((_, index) => index + 1),
  );
  const elapsedMs = performance.now() - started;
  expect(elapsedMs).toBeGreaterThan(700);
  expect(elapsedMs).toBeLessThan(5000);
  expect(await workerOf(platform, 'flooder')).toMatchObject({ self_blocks_found: messages });
  expect(await refusals(platform, 'throttled')).toBeGreaterThan(50);
});

test('messages that have to wait are taken in the order in which they came', async () => {
  const platform = await startTestPlatform({ args: ['--mqtt-max-messages-per-sec', '50'] });
  const raw = await RawClient.connect(platform.mqttPort);
  const beats = Array.from({ length: 130 }, (_, index) =>
    publishPacket('xenminer/m-1/heartbeat', { hashrate: index + 1 }, { messageId: index + 1 }),
  );
  raw.send(...beats);
  const ids: (number | undefined)[] = [];
  while (ids.length < beats.length) ids.push((await raw.next('puback')).messageId);
  expect(ids.slice(100)).toEqual(Array.from({ length: 30 }, (_, index) => index + 101));
  expect(await workerOf(platform, 'm-1')).toMatchObject({ hashrate: 130 });
});

test('past --mqtt-max-retained a new topic is not retained, a known one is, and clearing makes room', async () => {
  const platform = await startTestPlatform({ args: ['--access', 'open', '--mqtt-max-retained', '2'] });
  const raw = await RawClient.connect(platform.mqttPort);
  const retain = async (topic: string, payload: unknown) => {
    raw.send(publishPacket(topic, payload, { retain: true }));
    await raw.next('puback');
  };
  const retained = async () => {
    const reader = await RawClient.connect(platform.mqttPort);
    reader.send(subscribePacket(['#']));
    await reader.next('suback');
    raw.send(publishPacket('end', '', { qos: 0 }));
    await waitFor(
      () => reader.received.some((packet) => packet.cmd === 'publish' && !packet.retain),
      'the end',
    );
    reader.destroy();
    return reader.received.flatMap((packet) =>
      packet.cmd === 'publish' && packet.retain ? [packet.topic] : [],
    );
  };
  for (const topic of ['a', 'b', 'c', 'a']) await retain(topic, 'x');
  expect(await retained()).toEqual(['a', 'b']);
  expect(await refusals(platform, 'retain_not_kept')).toBe(1);
  await retain('a', '');
  await retain('c', 'x');
  await retain('d', 'x');
  expect(await retained()).toEqual(['b', 'c']);
});

test('a refused retained message takes no place among the retained ones', async () => {
  const platform = await startTestPlatform({ args: ['--mqtt-max-retained', '1'] });
  for (const workerId of ['m-1', 'm-2', 'm-3']) {
    const raw = await RawClient.connect(platform.mqttPort);
    raw.send(publishPacket(`xenminer/${workerId}/status`, 'not JSON', { retain: true }));
    await raw.next('puback');
  }
  const miner = await introduced(platform, 'm-4');
  await miner.publish('status', { state: 'IDLE' }, { retain: true });
  expect(await refusals(platform, 'retain_not_kept')).toBe(0);
});

test('a flood of connects and disconnects leaves nothing behind', async () => {
  const platform = await startTestPlatform();
  const connectOnce = async (index: number) => {
    const raw = await RawClient.open(platform.mqttPort);
    raw.send(connectPacket({ clientId: `flood-${index % 20}` }), publishPacket('xenminer/x/status', {}));
    if (index % 3 === 0) await raw.next('connack').catch(() => undefined);
    raw.destroy();
    await raw.closed;
  };
  for (let round = 0; round < 5; round += 1) {
    await Promise.all(Array.from({ length: 100 }, (_, index) => connectOnce(index)));
  }
  const miner = await introduced(platform);
  await waitFor(
    async () => (await metric(platform, 'xenblocks_mqtt_clients')) === 1,
    'the end of all others',
  );
  const { mqtt_clients: ids } = await platform.get<{ mqtt_clients: string[] }>('/api/status');
  expect(ids).toEqual(['xenminer_m-1']);
  await miner.heartbeat();
});
