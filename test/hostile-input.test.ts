import { generate, type Packet } from 'mqtt-packet';
import { expect, onTestFinished, test } from 'vitest';
import { metric, refusals, waitForWorker, workerOf } from './support/platform-figures.ts';
import { connectPacket, publishPacket, RawClient, subscribePacket } from './support/raw-client.ts';
import { newKey, TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, type TestPlatform } from './support/test-platform.ts';

/** A repeatable stream of random numbers below a bound (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface Witness {
  readonly platform: TestPlatform;
  readonly miner: TestMiner;
  /** The miner still gets its PUBACKs, HTTP answers and nothing went unhandled. */
  readonly check: () => Promise<void>;
}

/** A platform with one well-behaved miner that must not notice anything. */
async function startWithWitness(args: readonly string[] = []): Promise<Witness> {
  const unhandled: unknown[] = [];
  const listener = (error: unknown) => void unhandled.push(error);
  for (const event of ['uncaughtExceptionMonitor', 'unhandledRejection'] as const) {
    process.on(event, listener);
    onTestFinished(() => void process.off(event, listener));
  }
  const platform = await startTestPlatform({ args });
  const miner = await TestMiner.connect({ workerId: 'witness', mqttUrl: platform.mqttUrl });
  await miner.introduce();
  let beats = 0;
  return {
    platform,
    miner,
    async check() {
      beats += 1;
      await miner.heartbeat({ hashrate: beats });
      expect(await workerOf(platform, 'witness')).toMatchObject({ online: true, hashrate: beats });
      expect(await platform.get('/healthz')).toEqual({ status: 'ok' });
      expect(unhandled).toEqual([]);
    },
  };
}

/** What one short connection sends; with a session of its own first, or bare. */
interface Input {
  readonly isConnected: boolean;
  readonly bytes: Buffer;
}

/** Runs many short connections, some at a time. */
async function inShortConnections(platform: TestPlatform, inputs: Iterable<Input>): Promise<void> {
  const iterator = inputs[Symbol.iterator]();
  const worker = async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) {
      const { isConnected, bytes } = next.value;
      const raw = await (isConnected
        ? RawClient.connect(platform.mqttPort)
        : RawClient.open(platform.mqttPort));
      raw.end(bytes);
      await raw.closed;
    }
  };
  await Promise.all(Array.from({ length: 25 }, worker));
}

const seedPackets: readonly Packet[] = [
  connectPacket({
    clientId: 'fuzz',
    username: 'operator',
    password: Buffer.from('secret'),
    will: {
      topic: 'xenminer/fuzz/status',
      payload: Buffer.from('{"status":"offline"}'),
      qos: 1,
      retain: true,
    },
  }),
  publishPacket('xenminer/fuzz/register', { worker_id: 'fuzz', gpus: [{ name: 'RTX' }] }, { messageId: 2 }),
  publishPacket('xenminer/fuzz/heartbeat', { hashrate: 12.5, address: '0x' }, { qos: 0 }),
  publishPacket('xenminer/fuzz/status', { state: 'MINING' }, { qos: 2, messageId: 3, retain: true }),
  publishPacket('xenminer/fuzz/block', { hash: 'x', key: 'ab'.repeat(32) }, { messageId: 4 }),
  subscribePacket(['xenminer/fuzz/task', '#', '$SYS/+', 'a/#'], 2, 5),
  { cmd: 'unsubscribe', messageId: 6, unsubscriptions: ['a', '#'] },
  { cmd: 'puback', messageId: 7 },
  { cmd: 'pubrec', messageId: 8 },
  { cmd: 'pubrel', messageId: 3 },
  { cmd: 'pubcomp', messageId: 9 },
  { cmd: 'pingreq' },
  { cmd: 'disconnect' },
];
const seedBytes = seedPackets.map((packet) => generate(packet));

function mutate(bytes: Buffer, random: (below: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  for (let count = 1 + random(4); count > 0; count -= 1) {
    const at = random(copy.length);
    const ways = [random(256), (copy[at] ?? 0) ^ (1 << random(8)), 0, 0xff];
    copy[at] = ways[random(ways.length)] ?? 0;
  }
  const cut = random(4) === 0 ? random(copy.length + 1) : copy.length;
  return random(8) === 0 ? Buffer.concat([copy, copy.subarray(0, cut)]) : copy.subarray(0, cut);
}

test.each(['standard', 'open'])('%s survives garbage and mutated packets', async (access) => {
  const { platform, check } = await startWithWitness(['--access', access]);
  const random = randomFrom(access === 'open' ? 7 : 11);
  function* inputs(): Generator<Input> {
    for (let count = 0; count < 400; count += 1) {
      const bytes = Buffer.from(Array.from({ length: 1 + random(200) }, () => random(256)));
      yield { isConnected: count % 2 === 0, bytes };
    }
    for (let count = 0; count < 1500; count += 1) {
      const picked = Array.from({ length: 1 + random(4) }, () => seedBytes[random(seedBytes.length)]!);
      yield {
        isConnected: random(5) > 0,
        bytes: Buffer.concat(picked.map((bytes) => mutate(bytes, random))),
      };
    }
  }
  await inShortConnections(platform, inputs());
  await check();
  expect(await refusals(platform, 'protocol_error')).toBeGreaterThan(100);
  expect(await refusals(platform, 'malformed_message')).toBeGreaterThan(0);
});

test('every truncation of every packet is survived', async () => {
  const { platform, check } = await startWithWitness();
  function* inputs(): Generator<Input> {
    for (const [index, bytes] of seedBytes.entries()) {
      for (let length = 1; length < bytes.length; length += bytes.length > 60 ? 3 : 1) {
        const isConnected = index > 0;
        yield { isConnected, bytes: bytes.subarray(0, length) };
        // The same with a length field that matches: a complete packet with too little in it.
        const body = bytes.subarray(2, length);
        yield {
          isConnected,
          bytes: Buffer.concat([Buffer.from([bytes[0]!, Math.min(body.length, 127)]), body]),
        };
      }
    }
  }
  await inShortConnections(platform, inputs());
  await check();
  const { mqtt_clients: ids } = await platform.get<{ mqtt_clients: string[] }>('/api/status');
  expect(ids).toEqual(['xenminer_witness']);
});

const deep = (open: string, close: string) => open.repeat(20_000) + close.repeat(20_000);

const malformedHeartbeats: readonly [string, string | Buffer][] = [
  ['no bytes', ''],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0xc0, 0x80, 0x7d])],
  ['a lone surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['half a JSON object', '{"hashrate":'],
  ['null', 'null'],
  ['a number', '5'],
  ['text', '"offline"'],
  ['a list', '[{"hashrate":5}]'],
  ['an empty object', '{}'],
  ['lists nested 20,000 deep', deep('[', ']')],
  ['objects nested deep', '{"hashrate":'.repeat(5000) + '1' + '}'.repeat(5000)],
  ['a hashrate of 1e308', '{"hashrate":1e308}'],
  ['a hashrate past every number', '{"hashrate":1e999}'],
  ['a negative hashrate', '{"hashrate":-1}'],
  ['a hashrate of NaN', '{"hashrate":NaN}'],
  ['a hashrate in words', '{"hashrate":"fast"}'],
  ['a hashrate that is an object', '{"hashrate":{"__proto__":5}}'],
  ['more GPUs than exist', '{"hashrate":1,"active_gpus":1e9}'],
  ['less than no GPU', '{"hashrate":1,"active_gpus":-1}'],
  ['an endless address', JSON.stringify({ hashrate: 1, address: 'x'.repeat(60_000) })],
  ['a byte order mark', '\ufeff{"hashrate":1}'],
  ['an address with NUL', '{"hashrate":1,"address":"a\\u0000b"}'],
  ['an address with half a surrogate pair', '{"hashrate":1,"address":"\\ud800"}'],
];

test('a heartbeat that is none is acknowledged and counted as malformed', async () => {
  const { platform, miner, check } = await startWithWitness();
  let expected = 0;
  for (const [what, payload] of malformedHeartbeats) {
    expected += 1;
    await miner.publish('heartbeat', payload);
    expect(await refusals(platform, 'malformed_message'), what).toBe(expected);
    await check();
  }
});

test('keys like __proto__ are nothing special', async () => {
  const { platform, miner, check } = await startWithWitness();
  await miner.publish(
    'heartbeat',
    '{"__proto__":{"hashrate":9},"constructor":{"prototype":{"polluted":1}},"hashrate":3,"toString":1}',
  );
  await miner.publish('register', '{"__proto__":{"eth_address":5},"gpus":[{"__proto__":{"name":"x"}}]}');
  expect(await workerOf(platform, 'witness')).toMatchObject({ hashrate: 3, eth_address: '' });
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  await check();
});

test('worker ids that are names of JavaScript work like others', async () => {
  const { platform, check } = await startWithWitness(believing);
  const names = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', '__defineGetter__'];
  for (const workerId of names) {
    const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl, clientId: workerId });
    await miner.introduce();
    await miner.block();
    const again = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl, clientId: workerId });
    await again.heartbeat({ hashrate: 4 });
    expect(await workerOf(platform, workerId)).toMatchObject({ hashrate: 4, self_blocks_found: 1 });
    await again.pullPlug();
    await waitForWorker(platform, workerId, ({ state }) => state === 'offline');
  }
  expect(await metric(platform, 'xenblocks_workers{status="offline"}')).toBe(names.length);
  await check();
});

test.each([
  ['a control character', Buffer.from('xenminer/a\u0001b/heartbeat')],
  ['a NUL', Buffer.from('xenminer/a\u0000b/heartbeat')],
  ['a line feed', Buffer.from('xenminer/a\nb/heartbeat')],
  ['bytes that are not UTF-8', Buffer.from('xenminer/a\u00ffb/heartbeat', 'latin1')],
  ['more than 256 characters', Buffer.from(`xenminer/${'a'.repeat(257)}/heartbeat`)],
])('a worker id with %s is no worker', async (_what, topic) => {
  const { platform, check } = await startWithWitness();
  const raw = await RawClient.connect(platform.mqttPort);
  const payload = Buffer.from('{"hashrate":1}');
  const body = Buffer.concat([
    Buffer.from([topic.length >> 8, topic.length & 255]),
    topic,
    Buffer.from([0, 1]),
    payload,
  ]);
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  raw.write(Buffer.concat([Buffer.from([0x32, ...length]), body]));
  await raw.next('puback');
  expect(await platform.get('/api/workers')).toHaveLength(1);
  expect(await refusals(platform, 'publish_not_allowed')).toBe(1);
  await check();
});

test('odd but valid text is stored and shown as it is', async () => {
  const { platform, miner, check } = await startWithWitness();
  const odd = 'a\u0001b\u001b[31m<script>"\'\\ \u202e \ud83d\ude00';
  await miner.register({ version: odd, gpus: [{ name: odd }] });
  await miner.heartbeat({ address: odd, prefix: odd });
  await miner.status('ERROR', { detail: odd, lease_id: odd });
  await miner.block({ hash: odd, account: odd, lease_id: odd });
  const [block] = await platform.get<object[]>('/api/monitoring/blocks/recent');
  expect(block).toMatchObject({ hash: odd, account: odd, lease_id: odd, verified: 'rejected' });
  await check();
  await miner.heartbeat({ address: odd });
  await platform.stop();
  const again = await startTestPlatform({ dataDir: platform.dataDir });
  expect(await workerOf(again, 'witness')).toMatchObject({ gpus: [{ name: odd }], current_address: odd });
  expect(await again.get('/api/monitoring/blocks/recent')).toEqual([block]);
});

test.each(['\\u0000', '\\ud800', 'x\\udc00'])('a text with %s is refused everywhere', async (escape) => {
  const { platform, miner, check } = await startWithWitness();
  await miner.publish('register', `{"gpus":[{"name":"${escape}"}]}`);
  await miner.publish('register', `{"version":"${escape}"}`);
  await miner.publish('status', `{"state":"ERROR","detail":"${escape}"}`);
  for (const field of ['hash', 'lease_id', 'account', 'hashrate']) {
    await miner.publish('block', `{"hash":"x","key":"${newKey()}","${field}":"${escape}"}`);
  }
  expect(await refusals(platform, 'malformed_message')).toBe(7);
  expect(await platform.get('/api/monitoring/blocks/recent')).toEqual([]);
  await check();
});
