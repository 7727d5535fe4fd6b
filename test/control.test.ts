import { connectAsync } from 'mqtt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { admin, ok } from './support/accounts.ts';
import {
  becomes,
  controlPath,
  listCommands,
  readCommand,
  sendControl,
  startMiner,
} from './support/commands.ts';
import { FeedListener } from './support/feed-listener.ts';
import { ManualClock } from './support/manual-clock.ts';
import { publishPacket, RawClient, subscribePacket } from './support/raw-client.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

/** A miner that takes what it is sent and never acknowledges it. */
async function startDeafMiner(platform: TestPlatform, workerId: string): Promise<void> {
  const client = await connectAsync(platform.mqttUrl, {
    clientId: `xenminer_${workerId}`,
    reconnectPeriod: 0,
    protocolVersion: 4,
  });
  onTestFinished(() => void client.end(true));
  await client.subscribeAsync(`xenminer/${workerId}/control`, { qos: 1 });
  await client.publishAsync(
    `xenminer/${workerId}/register`,
    JSON.stringify({ worker_id: workerId, gpus: [], version: '' }),
    { qos: 1 },
  );
  // The acknowledgement waits for this one's callback.
  client.handleMessage = () => undefined;
}

/** A miner that listens to its control topic and acknowledges only what its test acknowledges. */
async function startSilentMiner(platform: TestPlatform, workerId: string): Promise<RawClient> {
  const miner = await RawClient.connect(platform.mqttPort, { clientId: `xenminer_${workerId}` });
  await publish(miner, `xenminer/${workerId}/register`, {});
  miner.send(subscribePacket([`xenminer/${workerId}/control`]));
  await miner.next('suback');
  return miner;
}

async function publish(miner: RawClient, topic: string, message: unknown): Promise<void> {
  miner.send(publishPacket(topic, message));
  await miner.next('puback');
}

describe('a command to one worker', () => {
  test('reaches its control topic as it was given, and only its own', async () => {
    const platform = await startTestPlatform();
    const [miner, other] = [await startMiner(platform, 'aa:bb:cc'), await startMiner(platform, 'rig-2')];
    const body = {
      action: 'set_config',
      config: {
        difficulty: 1727,
        address: '0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
        prefix: 'a1b2',
        block_pattern: 'X1',
      },
    };
    const answer = await ok(platform, 'POST', controlPath('aa:bb:cc'), { body, who: admin(platform) });
    expect(answer).toEqual({
      status: 'sent',
      worker_id: 'aa:bb:cc',
      action: 'set_config',
      command_id: expect.stringMatching(/^command-/) as string,
    });
    await waitFor(() => miner.controls.length === 1, 'the command');
    expect(miner.controls).toEqual([body]);
    expect(other.controls).toEqual([]);
  });

  test('is delivered once the miner acknowledged it, and confirmed by a heartbeat with these settings', async () => {
    const platform = await startTestPlatform();
    const miner = await startMiner(platform, 'rig-1');
    const id = await sendControl(platform, 'rig-1', {
      action: 'set_config',
      config: { difficulty: 2000, prefix: 'AB' },
    });
    const delivered = await becomes(platform, id, 'delivered');
    expect(delivered).toMatchObject({
      worker_id: 'rig-1',
      action: 'set_config',
      payload: { action: 'set_config', config: { difficulty: 2000, prefix: 'AB' } },
      issued_by: 'admin',
      batch_id: '',
      confirmed_at: null,
    });
    expect(delivered.delivered_at).toBeGreaterThanOrEqual(delivered.created_at);
    await miner.heartbeat({ difficulty: 2000 });
    await miner.heartbeat({ difficulty: 1999, prefix: 'ab' });
    expect((await readCommand(platform, id)).state).toBe('delivered');
    await miner.heartbeat({ difficulty: 2000, prefix: 'ab' });
    const confirmed = await becomes(platform, id, 'confirmed');
    expect(confirmed.detail).toContain('heartbeat');
    expect(confirmed.confirmed_at).toBeGreaterThanOrEqual(confirmed.delivered_at!);
  });

  test('is confirmed by the state that follows: pause, resume, shutdown', async () => {
    const platform = await startTestPlatform();
    const miner = await startMiner(platform, 'rig-1');
    const pause = await sendControl(platform, 'rig-1', { action: 'pause' });
    await becomes(platform, pause, 'delivered');
    await miner.status('IDLE');
    await becomes(platform, pause, 'confirmed');
    const resume = await sendControl(platform, 'rig-1', { action: 'resume' });
    await becomes(platform, resume, 'delivered');
    await miner.register();
    await becomes(platform, resume, 'confirmed');
    const shutdown = await sendControl(platform, 'rig-1', { action: 'shutdown' });
    await becomes(platform, shutdown, 'delivered');
    await miner.status('offline');
    expect((await becomes(platform, shutdown, 'confirmed')).detail).toBe('The worker is offline.');
    expect(miner.controls).toEqual([
      { action: 'pause', config: {} },
      { action: 'resume', config: {} },
      { action: 'shutdown', config: {} },
    ]);
  });

  test('that asks for what the worker already is, is confirmed when it arrives', async () => {
    const platform = await startTestPlatform();
    const miner = await startMiner(platform, 'rig-1');
    await miner.status('IDLE');
    const id = await sendControl(platform, 'rig-1', { action: 'pause' });
    expect((await becomes(platform, id, 'confirmed')).detail).toBe('The worker is IDLE.');
  });

  test('is undelivered at once when the miner is not connected', async () => {
    const platform = await startTestPlatform();
    const miner = await startMiner(platform, 'rig-1');
    await miner.disconnect();
    const id = await sendControl(platform, 'rig-1', { action: 'pause' });
    expect((await becomes(platform, id, 'undelivered')).detail).toContain('No subscribers');
  });

  test('is undelivered when the connection does not acknowledge it within 30 s', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    await startDeafMiner(platform, 'rig-1');
    const id = await sendControl(platform, 'rig-1', { action: 'pause' });
    clock.advance(29_000);
    expect((await readCommand(platform, id)).state).toBe('sent');
    clock.advance(1000);
    expect((await becomes(platform, id, 'undelivered')).detail).toContain('30 s');
  });

  test.each([
    ['set_config', 'heartbeat', { hashrate: 1, difficulty: 1727 }],
    ['pause', 'status', { state: 'IDLE' }],
  ])(
    '%s is not confirmed by a %s that may be older, before it is delivered',
    async (action, type, message) => {
      const clock = new ManualClock();
      const platform = await startTestPlatform({ clock });
      const miner = await startSilentMiner(platform, 'rig-1');
      const config = action === 'set_config' ? { difficulty: 1727 } : {};
      const id = await sendControl(platform, 'rig-1', { action, config });
      await publish(miner, `xenminer/rig-1/${type}`, message);
      expect(await readCommand(platform, id)).toMatchObject({ state: 'sent', delivered_at: null });
      clock.advance(30_000);
      expect(await becomes(platform, id, 'undelivered')).toMatchObject({ delivered_at: null });
    },
  );

  test('is confirmed at its acknowledgement when the miner showed its effect before', async () => {
    const platform = await startTestPlatform();
    const miner = await startSilentMiner(platform, 'rig-1');
    const id = await sendControl(platform, 'rig-1', { action: 'set_config', config: { difficulty: 2000 } });
    await publish(miner, 'xenminer/rig-1/heartbeat', { hashrate: 1, difficulty: 2000 });
    expect((await readCommand(platform, id)).state).toBe('sent');
    const { messageId } = miner.received.find(({ cmd }) => cmd === 'publish')!;
    miner.send({ cmd: 'puback', messageId: messageId! });
    expect((await becomes(platform, id, 'confirmed')).detail).toContain('heartbeat');
  });

  test('is not delivered because somebody else listened and acknowledged', async () => {
    const platform = await startTestPlatform({ args: ['--access', 'open'] });
    const miner = await startMiner(platform, 'rig-1');
    await miner.disconnect();
    const watcher = await connectAsync(platform.mqttUrl, { clientId: 'watcher' });
    onTestFinished(() => void watcher.end(true));
    await watcher.subscribeAsync('xenminer/#', { qos: 1 });
    const id = await sendControl(platform, 'rig-1', { action: 'pause' });
    await becomes(platform, id, 'undelivered');
  });

  test('is delivered to a miner of an open platform, too', async () => {
    const platform = await startTestPlatform({ args: ['--access', 'open'] });
    await startMiner(platform, 'rig-1', { clientId: 'sim-1' });
    const { command_id: id } = await ok<{ command_id: string }>(platform, 'POST', controlPath('rig-1'), {
      body: { action: 'set_config', config: { difficulty: 5 } },
    });
    await becomes(platform, id, 'delivered');
  });

  test('is unconfirmed when nothing shows its effect within 120 s', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    const miner = await startMiner(platform, 'rig-1');
    const id = await sendControl(platform, 'rig-1', { action: 'set_config', config: { difficulty: 9 } });
    await becomes(platform, id, 'delivered');
    clock.advance(119_000);
    expect((await readCommand(platform, id)).state).toBe('delivered');
    clock.advance(1000);
    await becomes(platform, id, 'unconfirmed');
    await miner.heartbeat({ difficulty: 9 });
    expect((await readCommand(platform, id)).state).toBe('unconfirmed');
  });

  test('is followed on after a restart of the platform', async () => {
    const dataDir = temporaryFolder();
    const first = await startTestPlatform({ dataDir });
    await startMiner(first, 'rig-1');
    const id = await sendControl(first, 'rig-1', { action: 'set_config', config: { difficulty: 77 } });
    await becomes(first, id, 'delivered');
    await first.stop();
    const second = await startTestPlatform({ dataDir });
    const miner = await startMiner(second, 'rig-1');
    await miner.heartbeat({ difficulty: 77 });
    await becomes(second, id, 'confirmed');
  });

  test('announces each of its states on the batched feed, without its content', async () => {
    const platform = await startTestPlatform();
    const miner = await startMiner(platform, 'rig-1');
    const feed = await FeedListener.connect(`${platform.feedUrl}?batch=1`);
    const id = await sendControl(platform, 'rig-1', { action: 'set_config', config: { difficulty: 12 } });
    await becomes(platform, id, 'delivered');
    await miner.heartbeat({ difficulty: 12 });
    const shown = () => feed.of('commands').flatMap(({ data }) => data);
    await feed.until(() => shown().at(-1)?.state === 'confirmed', 'confirmation on the feed');
    expect(shown().at(-1)).toEqual({
      command_id: id,
      batch_id: '',
      worker_id: 'rig-1',
      action: 'set_config',
      state: 'confirmed',
    });
  });
});

test('the examples of the deployment guide work on an open platform', async () => {
  const platform = await startTestPlatform({ args: ['--access', 'open'] });
  const miner = await startMiner(platform, 'sim-worker-001', { clientId: 'sim-worker-001' });
  expect(
    await ok(platform, 'POST', '/api/workers/sim-worker-001/control', {
      body: '{"action": "set_config", "config": {"difficulty": 1727}}',
    }),
  ).toMatchObject({ status: 'sent', worker_id: 'sim-worker-001', action: 'set_config' });
  expect(
    await ok(platform, 'POST', '/api/control/broadcast', { body: '{"action": "pause", "config": {}}' }),
  ).toMatchObject({ status: 'sent', workers: ['sim-worker-001'], action: 'pause' });
  await waitFor(() => miner.controls.length === 2, 'both commands');
  expect(miner.controls).toEqual([
    { action: 'set_config', config: { difficulty: 1727 } },
    { action: 'pause', config: {} },
  ]);
  expect((await ok<{ total: number }>(platform, 'GET', '/api/control/commands')).total).toBe(2);
});

test('commands are forgotten after 30 days', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock });
  const miner = await startMiner(platform, 'rig-1');
  await miner.status('IDLE');
  const old = await sendControl(platform, 'rig-1', { action: 'pause' });
  await becomes(platform, old, 'confirmed');
  clock.jump(30 * 24 * 3_600_000 - 60_000);
  const recent = await sendControl(platform, 'rig-1', { action: 'pause' });
  await becomes(platform, recent, 'confirmed');
  clock.jump(3_600_000);
  await waitFor(async () => (await listCommands(platform, '')).total === 1, 'the old command to be gone');
  expect((await readCommand(platform, recent)).state).toBe('confirmed');
});
