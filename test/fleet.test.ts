import { expect, test } from 'vitest';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { ManualClock } from './support/manual-clock.ts';
import { readRows, refusals, waitForWorker, workerOf, writeRows } from './support/platform-figures.ts';
import { publishPacket, RawClient, subscribePacket } from './support/raw-client.ts';
import { TestMiner, testGpus } from './support/test-miner.ts';
import { believing, startTestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const address = '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed';
const checksummed = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

/** Beside them the platform has accounts of its own. */
const ofMiners = "where origin = 'worker'";

test('a register is acknowledged on the task topic when the worker and its account are stored', async () => {
  const platform = await startTestPlatform();
  const miner = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl, ethAddress: address });
  let rowsAtAck: unknown[] = [];
  miner.client.once('message', () => {
    rowsAtAck = readRows(platform, 'select worker_id, account_id, eth_address, version from workers');
  });
  await miner.register();
  await waitFor(() => miner.tasks.length > 0, 'the register_ack');
  expect(miner.tasks).toEqual([{ command: 'register_ack', accepted: true }]);
  expect(rowsAtAck).toEqual([
    { worker_id: 'm-1', account_id: address, eth_address: checksummed, version: '2.0.0' },
  ]);
  await platform.stop();
  expect(
    readRows(platform, `select account_id, role, eth_address, balance_micro from accounts ${ofMiners}`),
  ).toEqual([{ account_id: address, role: 'provider', eth_address: address, balance_micro: 0 }]);
});

test('a registered worker is shown with its hardware and its address with EIP-55 checksum', async () => {
  const platform = await startTestPlatform();
  const miner = await TestMiner.connect({
    workerId: 'm-1',
    mqttUrl: platform.mqttUrl,
    ethAddress: address.toUpperCase().replace('0X', '0x'),
  });
  await miner.register();
  expect(await workerOf(platform, 'm-1')).toMatchObject({
    eth_address: checksummed,
    gpu_count: 2,
    total_memory_gb: 48,
    gpus: testGpus,
    state: 'AVAILABLE',
    online: true,
    hashrate: 0,
    price_per_min: 0.6,
    min_duration_sec: 60,
    max_duration_sec: 86_400,
  });
});

test.each([
  ['a bad address', { eth_address: 'not-an-address' }, 'eth_address'],
  ['an address that is no text', { eth_address: 5 }, 'eth_address'],
  ['a GPU count that is text', { gpu_count: 'two' }, 'gpu_count'],
  ['GPUs that are no list', { gpus: 'RTX' }, 'gpus'],
  ['a version that is a number', { version: 2 }, 'version'],
  ['the worker id of another worker', { worker_id: 'm-2' }, 'worker_id'],
])(
  'a register with %s is refused with the reason and stays out of the fleet',
  async (_what, fields, reason) => {
    const platform = await startTestPlatform();
    const miner = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl });
    await miner.register(fields);
    await waitFor(() => miner.tasks.length > 0, 'the refusal');
    expect(miner.tasks).toEqual([
      { command: 'register_ack', accepted: false, reason: expect.stringContaining(reason) as string },
    ]);
    expect(await platform.get('/api/workers')).toEqual([]);
  },
);

test('a refused miner that corrects itself is accepted', async () => {
  const platform = await startTestPlatform();
  const miner = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl });
  await miner.register({ eth_address: 'not-an-address' });
  await miner.register({ eth_address: address });
  await waitFor(() => miner.tasks.length === 2, 'both answers');
  expect(miner.tasks).toMatchObject([{ accepted: false }, { accepted: true }]);
});

test("the simulators' address of 32 hex digits counts as none: the account is named like the worker", async () => {
  const platform = await startTestPlatform();
  const miner = await TestMiner.connect({ workerId: 'sim-worker-001', mqttUrl: platform.mqttUrl });
  await miner.register({ eth_address: `0x${'ab12'.repeat(8)}` });
  await waitFor(() => miner.tasks.length > 0, 'the register_ack');
  expect(miner.tasks).toMatchObject([{ accepted: true }]);
  expect(await workerOf(platform, 'sim-worker-001')).toMatchObject({ eth_address: '' });
  expect(readRows(platform, `select account_id, eth_address from accounts ${ofMiners}`)).toEqual([
    { account_id: 'sim-worker-001', eth_address: null },
  ]);
});

test('workers with the same address in any case belong to one account', async () => {
  const platform = await startTestPlatform();
  for (const [workerId, ethAddress] of [
    ['m-1', address],
    ['m-2', checksummed],
  ] as const) {
    const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl, ethAddress });
    await miner.register();
  }
  expect(readRows(platform, `select account_id from accounts ${ofMiners}`)).toEqual([
    { account_id: address },
  ]);
  expect(readRows(platform, 'select distinct account_id from workers')).toEqual([{ account_id: address }]);
});

test('a worker joins the account that already has its address, whatever the name of that account', async () => {
  const first = await startTestPlatform();
  await first.stop();
  writeRows(first, (database) => {
    database
      .prepare(
        `insert into accounts (account_id, role, eth_address, created_at_ms) values ('alice', 'provider', ?, 0)`,
      )
      .run(address);
  });
  const platform = await startTestPlatform({ dataDir: first.dataDir });
  const miner = await TestMiner.connect({
    workerId: 'm-1',
    mqttUrl: platform.mqttUrl,
    ethAddress: checksummed,
  });
  await miner.register();
  expect(readRows(platform, 'select worker_id, account_id from workers')).toEqual([
    { worker_id: 'm-1', account_id: 'alice' },
  ]);
});

test('a new register brings new hardware and keeps the time of the first one', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock });
  const miner = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl, ethAddress: address });
  await miner.register();
  const registeredAtMs = clock.nowMs();
  clock.advance(3_600_000);
  const gpus = [{ index: 0, name: 'NVIDIA H100', memory_gb: 80, bus_id: '0000:01:00.0' }];
  await miner.register({ gpus, gpu_count: 1, total_memory_gb: 80, version: '2.1.0' });
  expect(await workerOf(platform, 'm-1')).toMatchObject({ gpus, gpu_count: 1, total_memory_gb: 80 });
  await platform.stop();
  expect(readRows(platform, 'select registered_at_ms, version from workers')).toEqual([
    { registered_at_ms: registeredAtMs, version: '2.1.0' },
  ]);
});

test('AVAILABLE right behind the register, all in one TCP write, is taken in order', async () => {
  const platform = await startTestPlatform();
  const raw = await RawClient.connect(platform.mqttPort, { clientId: 'xenminer_m-1' });
  raw.send(
    subscribePacket(['xenminer/m-1/task', 'xenminer/m-1/control']),
    publishPacket('xenminer/m-1/register', { worker_id: 'm-1', eth_address: address }, { messageId: 2 }),
    publishPacket('xenminer/m-1/status', { worker_id: 'm-1', state: 'IDLE' }, { messageId: 3 }),
    publishPacket('xenminer/m-1/status', { worker_id: 'm-1', state: 'AVAILABLE' }, { messageId: 4 }),
    publishPacket('xenminer/m-1/heartbeat', { worker_id: 'm-1', hashrate: 7 }, { messageId: 5 }),
    publishPacket('xenminer/m-1/status', { worker_id: 'm-1', state: 'MINING' }, { messageId: 6 }),
  );
  const acks = [];
  for (let count = 0; count < 5; count += 1) acks.push((await raw.next('puback')).messageId);
  expect(acks.sort()).toEqual([2, 3, 4, 5, 6]);
  expect(await workerOf(platform, 'm-1')).toMatchObject({ state: 'MINING', hashrate: 7, online: true });
  await waitFor(() => raw.received.some(({ cmd }) => cmd === 'publish'), 'the register_ack');
});

test.each(['AA:BB:CC:DD:EE:FF', 'ферма №7', 'a b%2F?&', '__proto__', 'constructor'])(
  'the worker id %s works in topics, in the fleet and in filters',
  async (workerId) => {
    const platform = await startTestPlatform({ args: believing });
    const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl });
    await miner.introduce();
    await miner.heartbeat({ hashrate: 42 });
    await miner.block();
    await waitFor(() => miner.tasks.length > 0, 'the register_ack');
    expect(await workerOf(platform, workerId)).toMatchObject({ hashrate: 42, self_blocks_found: 1 });
    const found = await platform.get<{ total: number }>(
      `/api/monitoring/fleet?search=${encodeURIComponent(workerId)}`,
    );
    expect(found.total).toBe(1);
    await miner.pullPlug();
    await waitForWorker(platform, workerId, ({ state }) => state === 'offline', 2000);
  },
);

test.each([0, 1] as const)(
  'a heartbeat with QoS %s shows what the miner does right now',
  async (qos: 0 | 1) => {
    const platform = await startTestPlatform();
    const miner = await TestMiner.connect({
      workerId: 'm-1',
      mqttUrl: platform.mqttUrl,
      ethAddress: address,
    });
    await miner.introduce();
    await miner.heartbeat(
      { hashrate: 1234.5, active_gpus: 1, address, prefix: 'c0ffee', block_pattern: 'XEN11' },
      qos,
    );
    expect(await waitForWorker(platform, 'm-1', ({ hashrate }) => hashrate > 0)).toMatchObject({
      hashrate: 1234.5,
      active_gpus: 1,
      difficulty: 1727,
      current_address: address,
      current_prefix: 'c0ffee',
      current_block_pattern: 'XEN11',
    });
    await miner.heartbeat({ hashrate: 2 }, qos);
    expect(await waitForWorker(platform, 'm-1', ({ hashrate }) => hashrate === 2)).toMatchObject({
      current_address: '',
      current_prefix: '',
      current_block_pattern: '',
    });
    await platform.stop();
    expect(
      readRows(
        platform,
        'select hashrate, active_gpus, difficulty, miner_uptime_sec, accepted_blocks from worker_activity',
      ),
    ).toEqual([{ hashrate: 2, active_gpus: 2, difficulty: 1727, miner_uptime_sec: 60, accepted_blocks: 0 }]);
  },
);

test('a heartbeat and a block of workers that were never seen take them in, a status does not', async () => {
  const platform = await startTestPlatform({ args: believing });
  const connect = (workerId: string) => TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl });
  const beating = await connect('beating');
  await beating.heartbeat({ hashrate: 9 });
  const finding = await connect('finding');
  await finding.block();
  const saying = await connect('saying');
  await saying.status('AVAILABLE');
  await saying.status('offline');
  const workers = await platform.get<{ worker_id: string }[]>('/api/workers');
  expect(workers.map((worker) => worker.worker_id).sort()).toEqual(['beating', 'finding']);
  expect(await workerOf(platform, 'beating')).toMatchObject({ online: true, hashrate: 9, gpu_count: 0 });
  expect(await workerOf(platform, 'finding')).toMatchObject({ online: true, self_blocks_found: 1 });
  expect(beating.tasks).toEqual([]);
});

test.each([
  ['available', 'AVAILABLE'],
  ['SELF_MINING', 'SELF_MINING'],
  ['ERROR', 'ERROR'],
  ['OFFLINE', 'offline'],
])('a status %s is shown as %s', async (reported, shown) => {
  const platform = await startTestPlatform();
  const miner = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl });
  await miner.introduce();
  await miner.status(reported);
  expect(await workerOf(platform, 'm-1')).toMatchObject({ state: shown });
});

test('past --max-workers a new worker is refused, also when many come at the same time', async () => {
  const platform = await startTestPlatform({ args: ['--max-workers', '3'] });
  const miners = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      TestMiner.connect({ workerId: `m-${index}`, mqttUrl: platform.mqttUrl }),
    ),
  );
  await Promise.all(miners.map((miner) => miner.register()));
  await waitFor(() => miners.every(({ tasks }) => tasks.length === 1), 'an answer for each');
  expect(await platform.get('/api/workers')).toHaveLength(3);
  const accepted = miners.filter(({ tasks }) => (tasks[0] as { accepted: boolean }).accepted);
  expect(accepted).toHaveLength(3);
  const refused = miners.find(({ tasks }) => !(tasks[0] as { accepted: boolean }).accepted)!;
  expect(refused.tasks).toMatchObject([{ reason: expect.stringContaining('3 workers') as string }]);
  // It keeps its connection and its acknowledgements; what it says is just not taken in.
  await refused.heartbeat();
  await refused.block();
  expect(await platform.get('/api/workers')).toHaveLength(3);
  expect(refused.client.connected).toBe(true);
  await accepted[0]!.register({ version: '3.0.0' });
  await waitFor(() => accepted[0]!.tasks.length === 2, 'the second register_ack');
});

test('a worker that names ever new addresses is refused for the rest of the hour', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock });
  const miner = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl });
  const move = async (number: number) => {
    const answers = miner.tasks.length;
    await miner.register({ eth_address: `0x${number.toString(16).padStart(40, '0')}` });
    await waitFor(() => miner.tasks.length > answers, 'the answer');
  };
  for (let number = 1; number <= 20; number += 1) await move(number);
  expect(readRows(platform, `select count(*) as count from accounts ${ofMiners}`)).toEqual([{ count: 11 }]);
  expect(miner.tasks.at(-1)).toMatchObject({
    accepted: false,
    reason: expect.stringMatching('too often') as string,
  });
  await move(11);
  expect(miner.tasks.at(-1)).toMatchObject({ accepted: true });
  clock.jump(3_600_000);
  await move(12);
  expect(miner.tasks.at(-1)).toMatchObject({ accepted: true });
});

test('a flood of a worker that can not be taken in is counted, and fills no log', async () => {
  const lines: string[] = [];
  const loggers = createLogger({ level: 'info', format: 'json', write: (line) => lines.push(line) });
  const platform = await startTestPlatform({ loggers, args: ['--max-workers', '1'] });
  await (await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl })).register();
  const refused = await TestMiner.connect({ workerId: 'm-2', mqttUrl: platform.mqttUrl });
  await Promise.all(Array.from({ length: 300 }, () => refused.heartbeat()));
  expect(await refusals(platform, 'publish_not_allowed')).toBe(300);
  expect(lines.filter((line) => line.includes('limit of 1 workers')).length).toBeLessThan(150);
  expect(refused.client.connected).toBe(true);
});

test('null is absent, fractions of counts are rounded, and the timestamp of a miner is no matter', async () => {
  const platform = await startTestPlatform({ args: believing });
  const miner = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl });
  await miner.register({ eth_address: null, version: null, gpu_count: 2, timestamp: null });
  await miner.heartbeat({ difficulty: 1727.4, accepted_blocks: 1.2, address: null, timestamp: 'now' });
  await miner.status('MINING', { lease_id: null, detail: null });
  await miner.block({ lease_id: null, key: 'ab'.repeat(150), attempts: 1e17 });
  expect(await workerOf(platform, 'm-1')).toMatchObject({
    state: 'MINING',
    online: true,
    self_blocks_found: 1,
  });
  const network = await platform.get('/api/overview/network');
  expect(network).toMatchObject({ difficulty: 1727, total_blocks: 1 });
});
