import mqtt, { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { metric, refusals, waitForWorker } from './support/platform-figures.ts';
import { connectPacket, publishPacket, RawClient, subscribePacket } from './support/raw-client.ts';
import { TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

interface Received {
  topic: string;
  text: string;
  qos: number;
  retain: boolean;
}

interface Listener {
  readonly client: MqttClient;
  readonly received: Received[];
}

const startOpen = () => startTestPlatform({ args: [...believing, '--access', 'open'] });

async function connectTo(platform: TestPlatform, options: Partial<IClientOptions> = {}): Promise<Listener> {
  const received: Received[] = [];
  // Listens before it connects: what was queued for a session comes with the CONNACK.
  const client = mqtt.connect(platform.mqttUrl, { reconnectPeriod: 0, ...options });
  onTestFinished(() => void client.end(true));
  client.on('message', (topic, payload, { qos, retain }) =>
    received.push({ topic, text: payload.toString(), qos, retain }),
  );
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', reject);
  });
  return { client, received };
}

test.each([
  [0, 0, 0],
  [1, 1, 1],
  [2, 2, 2],
  [2, 1, 1],
  [1, 0, 0],
  [0, 2, 0],
] as const)(
  'open: a publish with QoS %i reaches a QoS %i subscriber with QoS %i',
  async (sent, asked, seen) => {
    const platform = await startOpen();
    const listener = await connectTo(platform);
    const granted = await listener.client.subscribeAsync('tools/a', { qos: asked });
    expect(granted).toMatchObject([{ topic: 'tools/a', qos: asked }]);
    const sender = await connectTo(platform);
    for (const text of ['1', '2', '3']) await sender.client.publishAsync('tools/a', text, { qos: sent });
    await waitFor(() => listener.received.length === 3, 'three messages');
    expect(listener.received).toEqual(
      ['1', '2', '3'].map((text) => ({ topic: 'tools/a', text, qos: seen, retain: false })),
    );
  },
);

test('open: + stands for one level and # for the rest, and neither for what begins with $', async () => {
  const platform = await startOpen();
  const plus = await connectTo(platform);
  await plus.client.subscribeAsync('xenminer/+/heartbeat', { qos: 1 });
  const hash = await connectTo(platform);
  await hash.client.subscribeAsync('#', { qos: 1 });
  const sender = await connectTo(platform);
  const topics = ['xenminer/a/heartbeat', 'xenminer/a/b/heartbeat', 'xenminer/a', '/', 'x', 'last'];
  for (const topic of topics) await sender.client.publishAsync(topic, '{"hashrate":1}', { qos: 1 });
  await waitFor(() => hash.received.some(({ topic }) => topic === 'last'), 'the last message');
  expect(hash.received.map(({ topic }) => topic)).toEqual(topics);
  expect(plus.received.map(({ topic }) => topic)).toEqual(['xenminer/a/heartbeat']);
});

test('open: a retained message is replayed to a new subscriber until an empty one clears it', async () => {
  const platform = await startOpen();
  const sender = await connectTo(platform);
  await sender.client.publishAsync('tools/a', 'old', { qos: 1, retain: true });
  await sender.client.publishAsync('tools/a', 'new', { qos: 1, retain: true });
  const first = await connectTo(platform);
  await first.client.subscribeAsync('tools/#', { qos: 1 });
  await waitFor(() => first.received.length > 0, 'the retained message');
  expect(first.received).toEqual([{ topic: 'tools/a', text: 'new', qos: 1, retain: true }]);
  await sender.client.publishAsync('tools/a', '', { qos: 1, retain: true });
  await waitFor(() => first.received.length === 2, 'the empty message');
  const second = await connectTo(platform);
  await second.client.subscribeAsync('tools/#', { qos: 1 });
  await sender.client.publishAsync('tools/b', 'live', { qos: 1 });
  await waitFor(() => second.received.length > 0, 'the live message');
  expect(second.received).toMatchObject([{ topic: 'tools/b', text: 'live', retain: false }]);
});

test('open: a persistent session gets what came while it was away, a clean one does not', async () => {
  const platform = await startOpen();
  for (const [clientId, clean] of [
    ['lasting', false],
    ['fleeting', true],
  ] as const) {
    const { client } = await connectTo(platform, { clientId, clean });
    await client.subscribeAsync('xenminer/+/block', { qos: 1 });
    await client.endAsync();
  }
  const miner = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl });
  for (let count = 0; count < 3; count += 1) await miner.block();
  const lasting = await connectTo(platform, { clientId: 'lasting', clean: false });
  await waitFor(() => lasting.received.length === 3, 'the queued messages');
  const fleeting = await connectTo(platform, { clientId: 'fleeting', clean: false });
  await miner.block();
  await waitFor(() => lasting.received.length === 4, 'the live message');
  expect(fleeting.received).toEqual([]);
});

test('open: a session that stays away keeps a bounded queue', async () => {
  const platform = await startTestPlatform({
    args: ['--access', 'open', '--mqtt-max-messages-per-sec', '100000', '--mqtt-max-queue-bytes', '100000'],
  });
  const away = await connectTo(platform, { clientId: 'away', clean: false });
  await away.client.subscribeAsync('tools/#', { qos: 1 });
  await away.client.endAsync();
  const sender = await RawClient.connect(platform.mqttPort);
  const text = 'x'.repeat(1000);
  const messages = 500;
  for (let id = 1; id <= messages; id += 1) sender.send(publishPacket('tools/a', text, { messageId: id }));
  for (let id = 1; id <= messages; id += 1) await sender.next('puback');
  const back = await connectTo(platform, { clientId: 'away', clean: false });
  const dropped = await refusals(platform, 'queue_full');
  expect(dropped).toBeGreaterThan(messages - 100);
  await waitFor(() => back.received.length === messages - dropped, 'the messages that were kept');
  // What is acknowledged makes room again.
  await back.client.endAsync();
  for (let id = 1; id <= 10; id += 1) sender.send(publishPacket('tools/b', text, { messageId: id }));
  for (let id = 1; id <= 10; id += 1) await sender.next('puback');
  const again = await connectTo(platform, { clientId: 'away', clean: false });
  await waitFor(() => again.received.length === 10, 'the new messages');
  expect(again.received.every(({ topic }) => topic === 'tools/b')).toBe(true);
});

test('open: an operator tool reads everything a miner says and is told, and may clear a stale will', async () => {
  const platform = await startOpen();
  const tool = await connectTo(platform);
  await tool.client.subscribeAsync('xenminer/#', { qos: 1 });
  const miner = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl });
  await miner.introduce();
  await miner.pullPlug();
  const types = () => tool.received.map(({ topic }) => topic.split('/')[2]).sort();
  await waitFor(() => types().length === 4, 'register, ack, AVAILABLE and the will');
  expect(types()).toEqual(['register', 'status', 'status', 'task']);
  await tool.client.publishAsync('xenminer/m-1/status', '', { qos: 1, retain: true });
  expect(await metric(platform, 'xenblocks_mqtt_refused_total{reason="malformed_message"}')).toBe(0);
  const later = await connectTo(platform);
  await later.client.subscribeAsync(['xenminer/m-1/status', 'tools/a'], { qos: 1 });
  await tool.client.publishAsync('tools/a', 'live');
  await waitFor(() => later.received.length > 0, 'the live message');
  expect(later.received).toMatchObject([{ topic: 'tools/a' }]);
});

test('a QoS 2 block is taken once and its handshake completes', async () => {
  const platform = await startOpen();
  const raw = await RawClient.connect(platform.mqttPort);
  const block = { hash: 'x', key: 'ab'.repeat(32) };
  raw.send(publishPacket('xenminer/m-1/block', block, { qos: 2, messageId: 9 }));
  expect(await raw.next('pubrec')).toMatchObject({ messageId: 9 });
  raw.send(publishPacket('xenminer/m-1/block', block, { qos: 2, messageId: 9, dup: true }));
  await raw.next('pubrec');
  raw.send({ cmd: 'pubrel', messageId: 9 });
  expect(await raw.next('pubcomp')).toMatchObject({ messageId: 9 });
  expect(await metric(platform, 'xenblocks_blocks')).toBe(1);
});

test('UNSUBSCRIBE ends the delivery, and PINGREQ is answered', async () => {
  const platform = await startOpen();
  const raw = await RawClient.connect(platform.mqttPort);
  raw.send(subscribePacket(['tools/a', 'tools/b'], 0, 3));
  expect(await raw.next('suback')).toMatchObject({ messageId: 3, granted: [0, 0] });
  raw.send({ cmd: 'unsubscribe', messageId: 4, unsubscriptions: ['tools/a'] });
  expect(await raw.next('unsuback')).toMatchObject({ messageId: 4 });
  raw.send(publishPacket('tools/a', 'no', { qos: 0 }), publishPacket('tools/b', 'yes', { qos: 0 }));
  expect(await raw.next('publish')).toMatchObject({ topic: 'tools/b' });
  raw.send({ cmd: 'pingreq' });
  await raw.next('pingresp');
});

test('a silent client is disconnected after one and a half keep-alives, a pinging one is not', async () => {
  const platform = await startTestPlatform();
  const silent = await RawClient.connect(platform.mqttPort, { keepalive: 1, clientId: 'silent' });
  const pinging = await RawClient.connect(platform.mqttPort, { keepalive: 1, clientId: 'pinging' });
  const timer = setInterval(() => pinging.send({ cmd: 'pingreq' }), 300);
  onTestFinished(() => clearInterval(timer));
  await silent.closed;
  await pinging.next('pingresp');
  expect(pinging.isClosed).toBe(false);
});

test('a takeover closes the old socket and says no session was kept', async () => {
  const platform = await startTestPlatform();
  const first = await RawClient.connect(platform.mqttPort, { clientId: 'same' });
  const second = await RawClient.open(platform.mqttPort);
  second.send(connectPacket({ clientId: 'same' }));
  expect(await second.next('connack')).toMatchObject({ returnCode: 0, sessionPresent: false });
  await first.closed;
  expect(await metric(platform, 'xenblocks_mqtt_takeovers_total')).toBe(1);
  expect(await metric(platform, 'xenblocks_mqtt_clients')).toBe(1);
});

/** CONNECT with a protocol name and level, without any other field. */
function connectBytes(name: string, level: number): Buffer {
  const body = Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([level, 2, 0, 60, 0, 1]),
    Buffer.from('x'),
  ]);
  return Buffer.concat([Buffer.from([0x10, body.length]), body]);
}

test.each([
  ['the name MQTX', 'MQTX', 4],
  ['the level 0', 'MQTT', 0],
  ['the level 9', 'MQTT', 9],
])('a CONNECT with %s ends the connection', async (_what, name, level) => {
  const platform = await startTestPlatform();
  const raw = await RawClient.open(platform.mqttPort);
  raw.write(connectBytes(name, level));
  await raw.closed;
  expect(raw.received.filter((packet) => packet.cmd === 'connack' && packet.returnCode === 0)).toEqual([]);
  expect(await metric(platform, 'xenblocks_mqtt_refused_total{reason="protocol_error"}')).toBe(1);
});

test('an MQTT 5 client is told that its version is not spoken here', async () => {
  const platform = await startTestPlatform();
  const body = Buffer.concat([
    Buffer.from([0, 4]),
    Buffer.from('MQTT'),
    Buffer.from([5, 2, 0, 60, 0, 0, 1]),
    Buffer.from('x'),
  ]);
  const raw = await RawClient.open(platform.mqttPort);
  raw.write(Buffer.concat([Buffer.from([0x10, body.length]), body]));
  expect(await raw.next('connack')).toMatchObject({ returnCode: 1 });
  await raw.closed;
});

test('MQTT 3.1 clients and clients without a client id are welcome', async () => {
  const platform = await startTestPlatform();
  const old = await RawClient.connect(platform.mqttPort, {
    protocolId: 'MQIsdp',
    protocolVersion: 3,
    clientId: 'sim-1',
  });
  await RawClient.connect(platform.mqttPort, { clientId: '' });
  old.send(publishPacket('xenminer/m-1/heartbeat', { hashrate: 1 }));
  await old.next('puback');
  await waitForWorker(platform, 'm-1');
  expect(await metric(platform, 'xenblocks_mqtt_clients')).toBe(2);
});

test('whatever comes before CONNECT, and a second CONNECT, ends the connection', async () => {
  const platform = await startTestPlatform();
  const early = await RawClient.open(platform.mqttPort);
  early.send(publishPacket('xenminer/m-1/heartbeat', { hashrate: 1 }));
  await early.closed;
  const twice = await RawClient.connect(platform.mqttPort);
  twice.send(connectPacket());
  await twice.closed;
  expect(await platform.get('/api/workers')).toEqual([]);
});

test('the stop of the platform ends every connection', async () => {
  const platform = await startTestPlatform();
  const silent = await RawClient.open(platform.mqttPort);
  const miner = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl });
  await miner.introduce();
  await platform.stop();
  await silent.closed;
  await waitFor(() => !miner.client.connected, 'the end of the session');
  await expect(connectAsync(platform.mqttUrl, { reconnectPeriod: 0 })).rejects.toThrow();
});
