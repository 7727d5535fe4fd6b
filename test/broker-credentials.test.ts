import { describe, expect, test } from 'vitest';
import { BrokerLogins } from '../src-main/platform/features/credentials/index.ts';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { admin, call, newWallet, ok, signIn, type Who } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { metric, readRows, refusals, waitForWorker, workerOf } from './support/platform-figures.ts';
import {
  connectPacket,
  publishPacket,
  RawClient,
  subscribePacket,
  type ConnectFields,
} from './support/raw-client.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

interface Made {
  worker_id: string;
  username: string;
  password: string;
}

const pathOf = (workerId: string) => `/api/workers/${encodeURIComponent(workerId)}/credentials`;

const create = (platform: TestPlatform, workerId: string, who: Who = admin(platform)) =>
  call<Made & { detail: string }>(platform, 'POST', pathOf(workerId), { who });

const created = (platform: TestPlatform, workerId: string) =>
  ok<Made>(platform, 'POST', pathOf(workerId), { who: admin(platform) });

const operatorKey = (platform: TestPlatform) => admin(platform).key ?? '';

const loginOf = ({ username, password }: Pick<Made, 'username' | 'password'>) => ({
  username,
  password: Buffer.from(password),
});

/** What the broker answers to a CONNECT. */
async function answerTo(platform: TestPlatform, fields: ConnectFields): Promise<number | undefined> {
  const raw = await RawClient.open(platform.mqttPort);
  raw.send(connectPacket(fields));
  const { returnCode } = await raw.next('connack');
  raw.destroy();
  return returnCode;
}

async function publish(client: RawClient, topic: string, payload: unknown): Promise<void> {
  client.send(publishPacket(topic, payload));
  await client.next('puback');
}

async function granted(client: RawClient, filters: readonly string[]): Promise<unknown> {
  client.send(subscribePacket(filters));
  return (await client.next('suback')).granted;
}

describe.each(['standard', 'strict'])(
  "the operator's key as password of user operator, under %s",
  (access) => {
    test('hears everything and may say everything', async () => {
      const platform = await startTestPlatform({ args: ['--access', access] });
      const { username, password } = await created(platform, 'm-1');
      const tool = await RawClient.connect(platform.mqttPort, {
        username: 'operator',
        password: Buffer.from(operatorKey(platform)),
      });
      expect(await granted(tool, ['xenminer/#'])).toEqual([1]);
      const miner = await TestMiner.connect({
        workerId: 'm-1',
        mqttUrl: platform.mqttUrl,
        client: { username, password },
      });
      await miner.register();
      await waitFor(() => miner.tasks.length > 0, 'the ack');
      await waitFor(
        () =>
          new Set(tool.received.flatMap((packet) => (packet.cmd === 'publish' ? [packet.topic] : []))).size >=
          2,
        'both topics',
      );
      const topics = tool.received.flatMap((packet) => (packet.cmd === 'publish' ? [packet.topic] : []));
      expect(topics).toContain('xenminer/m-1/register');
      expect(topics).toContain('xenminer/m-1/task');
      await publish(tool, 'xenminer/m-1/control', { action: 'pause', config: {} });
      await waitFor(() => miner.controls.length === 1, 'the control message');
    });

    test('is refused when it is wrong, counted, and refused at all after too many tries', async () => {
      const clock = new ManualClock();
      const args = ['--access', access, '--sign-in-max-per-min', '3'];
      const platform = await startTestPlatform({ clock, args });
      const login = (password: string) =>
        answerTo(platform, { username: 'operator', password: Buffer.from(password) });
      for (const guess of ['', 'admin', operatorKey(platform).slice(0, -1)])
        expect(await login(guess)).toBe(4);
      expect(await refusals(platform, 'bad_credentials')).toBe(3);
      expect(await login(operatorKey(platform))).toBe(5);
      clock.jump(60_000);
      expect(await login(operatorKey(platform))).toBe(0);
    });

    test('ends with its connections when it is replaced', async () => {
      const platform = await startTestPlatform({ args: ['--access', access] });
      const old = operatorKey(platform);
      const tool = await RawClient.connect(platform.mqttPort, {
        username: 'operator',
        password: Buffer.from(old),
      });
      await ok(platform, 'POST', '/api/admin/key', { who: { key: old } });
      await tool.closed;
      expect(await answerTo(platform, { username: 'operator', password: Buffer.from(old) })).toBe(4);
      const next = operatorKey(platform);
      expect(await answerTo(platform, { username: 'operator', password: Buffer.from(next) })).toBe(0);
    });
  },
);

describe('strict access', () => {
  test('lets nobody in without credentials, and a worker with its own', async () => {
    const platform = await startTestPlatform({ args: ['--access', 'strict'] });
    const made = await created(platform, 'm-1');
    expect(made).toEqual({
      worker_id: 'm-1',
      username: 'm-1',
      password: expect.stringMatching(/^xw_[\w-]{43}$/) as string,
    });
    expect(await answerTo(platform, {})).toBe(5);
    expect(await answerTo(platform, { username: 'm-1' })).toBe(4);
    expect(await answerTo(platform, { ...loginOf(made), username: 'm-2' })).toBe(4);
    expect(await answerTo(platform, { username: 'm-1', password: Buffer.from('xw_wrong') })).toBe(4);
    expect(await metric(platform, 'xenblocks_workers{status="online"}')).toBe(0);
    const miner = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl, client: made });
    await miner.introduce();
    await waitFor(() => miner.tasks.length > 0, 'the ack');
    expect(miner.tasks).toEqual([{ command: 'register_ack', accepted: true }]);
  });

  test('binds a connection to the worker of its credentials', async () => {
    const platform = await startTestPlatform({ args: ['--access', 'strict'] });
    const raw = await RawClient.connect(platform.mqttPort, loginOf(await created(platform, 'm-1')));
    await publish(raw, 'xenminer/m-2/register', {});
    await publish(raw, 'xenminer/m-2/heartbeat', { hashrate: 1 });
    expect(await refusals(platform, 'publish_not_allowed')).toBe(2);
    expect(await granted(raw, ['xenminer/m-2/task', 'xenminer/#', 'xenminer/m-1/task'])).toEqual([
      0x80, 0x80, 1,
    ]);
    await publish(raw, 'xenminer/m-1/heartbeat', { hashrate: 5 });
    await platform.stop();
    expect(readRows(platform, 'select worker_id from workers')).toEqual([{ worker_id: 'm-1' }]);
  });

  test('one misguided worker does not lock its neighbours at the same address out', async () => {
    const args = ['--access', 'strict', '--sign-in-max-per-min', '2'];
    const platform = await startTestPlatform({ args });
    const [good, bad] = [await created(platform, 'm-1'), await created(platform, 'm-2')];
    const wrong = { username: bad.username, password: Buffer.from('wrong') };
    expect([await answerTo(platform, wrong), await answerTo(platform, wrong)]).toEqual([4, 4]);
    expect([await answerTo(platform, wrong), await answerTo(platform, loginOf(bad))]).toEqual([5, 5]);
    expect(await answerTo(platform, loginOf(good))).toBe(0);
  });

  test.each(['strict', 'standard'] as const)(
    'wrong passwords under ever new names, or for ever other workers, lock nobody else out, under %s',
    (access) => {
      const credentials = {
        has: (name: string) => name.startsWith('m-'),
        matches: (_: string, password: string) => password === 'right',
      };
      const isOperatorKey = (key: string) => key === 'right';
      const ownWorkers = () => ({ has: () => false, matches: () => false });
      const options = { access, credentials, ownWorkers, isOperatorKey, maxFailuresPerMin: 3 };
      const logins = new BrokerLogins({ ...options, clock: new ManualClock() });
      for (const name of ['x', 'm'])
        for (let count = 1; count <= 11_000; count += 1)
          logins.identify({ username: `${name}-${count}`, password: 'wrong', address: '192.0.2.1' });
      for (const username of ['m-0', 'operator'])
        expect(logins.identify({ username, password: 'right', address: '127.0.0.1' })).not.toHaveProperty(
          'refusal',
        );
    },
  );
});

describe('standard access', () => {
  test('lets nobody speak for a worker without the credentials that it has', async () => {
    const platform = await startTestPlatform();
    const miner = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl });
    await miner.introduce();
    const ended = new Promise<void>((resolve) => miner.client.once('close', () => resolve()));
    const made = await created(platform, 'm-1');
    // The connection without them ends: it may be an impostor's.
    await ended;
    const impostor = await RawClient.connect(platform.mqttPort, {
      clientId: 'xenminer_m-1',
      will: {
        topic: 'xenminer/m-1/status',
        payload: Buffer.from('{"status":"offline"}'),
        qos: 1,
        retain: true,
      },
    });
    await publish(impostor, 'xenminer/m-1/heartbeat', { hashrate: 666 });
    expect(await granted(impostor, ['xenminer/m-1/task'])).toEqual([0x80]);
    expect(await refusals(platform, 'publish_not_allowed')).toBe(1);
    expect(await refusals(platform, 'will_not_allowed')).toBe(1);
    const real = await TestMiner.connect({ workerId: 'm-1', mqttUrl: platform.mqttUrl, client: made });
    await real.introduce();
    await real.heartbeat({ hashrate: 7 });
    expect(await workerOf(platform, 'm-1')).toMatchObject({ hashrate: 7, online: true });
  });

  test('keeps the client id of a connection with credentials for the same worker', async () => {
    const platform = await startTestPlatform();
    const made = await created(platform, 'm-1');
    const other = await created(platform, 'm-2');
    const miner = await RawClient.connect(platform.mqttPort, { clientId: 'rig', ...loginOf(made) });
    expect(await answerTo(platform, { clientId: 'rig' })).toBe(2);
    expect(await answerTo(platform, { clientId: 'rig', ...loginOf(other) })).toBe(2);
    expect(await refusals(platform, 'client_id_not_allowed')).toBe(2);
    await publish(miner, 'xenminer/m-1/heartbeat', { hashrate: 1 });
    expect(await answerTo(platform, { clientId: 'rig', ...loginOf(made) })).toBe(0);
    await miner.closed;
  });
});

test('open access asks nobody, also for a worker with credentials', async () => {
  const platform = await startTestPlatform({ args: ['--access', 'open'] });
  await created(platform, 'm-1');
  const raw = await RawClient.connect(platform.mqttPort, { username: 'operator' });
  await publish(raw, 'xenminer/m-1/register', {});
  await publish(raw, 'xenminer/m-1/heartbeat', { hashrate: 3 });
  expect(await waitForWorker(platform, 'm-1', ({ hashrate }) => hashrate === 3)).toMatchObject({
    online: true,
  });
});

describe('credentials of a worker', () => {
  test('are made by its owner or the operator, and by the operator before it registers', async () => {
    const platform = await startTestPlatform();
    const wallet = newWallet();
    const miner = await TestMiner.connect({
      workerId: 'm-1',
      mqttUrl: platform.mqttUrl,
      ethAddress: wallet.address,
    });
    await miner.register();
    const [owner, other] = [await signIn(platform, wallet), await signIn(platform, newWallet())];
    expect((await create(platform, 'm-1', {})).status).toBe(401);
    expect((await create(platform, 'm-1', other)).status).toBe(403);
    expect((await create(platform, 'm-new', other)).status).toBe(403);
    const shown = () => ok(platform, 'GET', pathOf('m-1'), { who: owner });
    expect(await shown()).toEqual({ worker_id: 'm-1', has_credentials: false, created_at: null });
    expect((await create(platform, 'm-1', owner)).status).toBe(200);
    expect(await shown()).toMatchObject({ has_credentials: true });
    expect((await create(platform, 'm-new')).status).toBe(200);
  });

  test('are stored as a hash, survive a restart, and end with their connections', async () => {
    const first = await startTestPlatform({ args: ['--access', 'strict'] });
    const made = await created(first, 'm-1');
    await first.stop();
    expect(JSON.stringify(readRows(first, 'select * from worker_credentials'))).not.toContain(made.password);
    const platform = await startTestPlatform({ dataDir: first.dataDir, args: ['--access', 'strict'] });
    const raw = await RawClient.connect(platform.mqttPort, loginOf(made));
    await ok(platform, 'DELETE', pathOf('m-1'), { who: admin(platform) });
    await raw.closed;
    expect(await answerTo(platform, loginOf(made))).toBe(4);
    expect((await call(platform, 'DELETE', pathOf('m-1'), { who: admin(platform) })).status).toBe(404);
  });

  test('take the place of earlier ones', async () => {
    const platform = await startTestPlatform();
    const [old, next] = [await created(platform, 'm-1'), await created(platform, 'm-1')];
    expect(await answerTo(platform, loginOf(old))).toBe(4);
    expect(await answerTo(platform, loginOf(next))).toBe(0);
  });

  test.each(['a/b', 'a+', '#', 'operator', 'x'.repeat(257)])(
    'are refused for %s, which no worker can be',
    async (id) => {
      const platform = await startTestPlatform();
      const { status, body } = await create(platform, id);
      expect([400, 422]).toContain(status);
      expect(body.detail).not.toBe('');
    },
  );

  test('appear in no log and no audit entry', async () => {
    const lines: string[] = [];
    const loggers = createLogger({ level: 'trace', format: 'json', write: (line) => lines.push(line) });
    const platform = await startTestPlatform({ loggers });
    const made = await created(platform, 'm-1');
    expect(await answerTo(platform, loginOf(made))).toBe(0);
    expect(await answerTo(platform, { ...loginOf(made), username: 'operator' })).toBe(4);
    const text = lines.join('') + JSON.stringify(readRows(platform, 'select * from audit_log'));
    expect(text).toContain('worker.create_credentials');
    expect(text).not.toContain(made.password);
  });
});
