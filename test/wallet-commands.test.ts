import { describe, expect, test } from 'vitest';
import type { Command } from '../src-main/contract/domain/command.ts';
import type { PrivateKeyAccount } from 'viem/accounts';
import { admin, call, newWallet, ok, register, signIn, type Who } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { startSeededPlatform } from './support/seed-database.ts';
import { TestMiner } from './support/test-miner.ts';
import {
  startTestPlatform,
  temporaryFolder,
  type TestPlatform,
  type TestPlatformOptions,
} from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

interface Scene {
  readonly platform: TestPlatform;
  readonly wallet: PrivateKeyAccount;
  readonly who: Who;
  readonly miner: TestMiner;
}

async function openScene(options: TestPlatformOptions = {}, wallet = newWallet()): Promise<Scene> {
  const platform = await startTestPlatform(options);
  const miner = await TestMiner.connect({
    workerId: 'rig-1',
    mqttUrl: platform.mqttUrl,
    ethAddress: wallet.address,
  });
  await miner.introduce();
  return { platform, wallet, miner, who: await signIn(platform, wallet) };
}

const path = (workerId: string) => `/api/wallet/workers/${encodeURIComponent(workerId)}/command`;

const sendCommand = async ({ platform, who }: Scene, command: string, params?: object) =>
  (await ok<{ command_id: string }>(platform, 'POST', path('rig-1'), { body: { command, params }, who }))
    .command_id;

const becomes = ({ platform, who }: Scene, commandId: string, state: string) =>
  waitFor(async () => {
    const command = await ok<Command>(platform, 'GET', `/api/control/commands/${commandId}`, { who });
    return command.state === state && command;
  }, `${commandId} to be ${state}`);

const heard = ({ miner }: Scene, count: number) =>
  waitFor(() => miner.controls.length >= count && miner.controls, `${count} commands`);

async function shownState({ platform }: Scene): Promise<string> {
  const workers = await platform.get<{ worker_id: string; state: string }[]>('/api/workers');
  return workers.find(({ worker_id }) => worker_id === 'rig-1')!.state;
}

describe('a wallet commands its worker in words that both kinds of miners know', () => {
  test.each([
    ['stop', {}, { command: 'stop', action: 'pause', config: {} }],
    ['start', {}, { command: 'start', action: 'resume', config: {} }],
    ['restart', {}, { command: 'restart', action: 'pause', config: {} }],
    ['stop', { reason: 'heat' }, { command: 'stop', reason: 'heat', action: 'pause', config: {} }],
    [
      'update_config',
      { difficulty: 1800, block_pattern: 'X1' },
      {
        command: 'update_config',
        difficulty: 1800,
        block_pattern: 'X1',
        action: 'set_config',
        config: { difficulty: 1800, block_pattern: 'X1' },
      },
    ],
    ['list', {}, { command: 'update_config', state: 'AVAILABLE', action: 'set_config', config: {} }],
    ['unlist', {}, { command: 'update_config', state: 'SELF_MINING', action: 'set_config', config: {} }],
    [
      'update_config',
      { state: 'LEASED' },
      { command: 'update_config', state: 'LEASED', action: 'set_config', config: {} },
    ],
  ])('%s %j', async (command, params, message) => {
    const scene = await openScene();
    const { platform, who } = scene;
    const answer = await ok(platform, 'POST', path('rig-1'), { body: { command, params }, who });
    expect(answer).toEqual({
      status: 'sent',
      worker_id: 'rig-1',
      command,
      command_id: expect.stringMatching(/^command-/) as string,
    });
    expect(await heard(scene, 1)).toEqual([message]);
  });

  test('params may be left out where none are needed', async () => {
    const scene = await openScene();
    await sendCommand(scene, 'stop');
    expect(await heard(scene, 1)).toHaveLength(1);
  });
});

describe('a restart', () => {
  test('of a miner that only knows pause is finished with a resume once it is IDLE', async () => {
    const scene = await openScene();
    const id = await sendCommand(scene, 'restart');
    await becomes(scene, id, 'delivered');
    await scene.miner.status('IDLE');
    expect((await heard(scene, 2))[1]).toEqual({ command: 'start', action: 'resume', config: {} });
    await scene.miner.introduce();
    expect((await becomes(scene, id, 'confirmed')).detail).toBe('The worker registered again.');
    expect(scene.miner.controls).toHaveLength(2);
  });

  test('of a miner that restarts by itself is confirmed by its register, and nothing more is sent', async () => {
    const scene = await openScene();
    const id = await sendCommand(scene, 'restart');
    await becomes(scene, id, 'delivered');
    await scene.miner.register();
    await becomes(scene, id, 'confirmed');
    await scene.miner.status('IDLE');
    await sendCommand(scene, 'start');
    expect(await heard(scene, 2)).toHaveLength(2);
  });
});

describe('a listing', () => {
  test('ends with unlist and comes back with list, whatever the miner says of itself', async () => {
    const scene = await openScene();
    expect(await shownState(scene)).toBe('AVAILABLE');
    const unlist = await sendCommand(scene, 'unlist');
    expect(await shownState(scene)).toBe('SELF_MINING');
    await becomes(scene, unlist, 'confirmed');
    await scene.miner.introduce();
    expect(await shownState(scene)).toBe('SELF_MINING');
    await scene.miner.status('IDLE');
    expect(await shownState(scene)).toBe('IDLE');
    await scene.miner.status('AVAILABLE');
    await sendCommand(scene, 'update_config', { state: 'AVAILABLE' });
    expect(await shownState(scene)).toBe('AVAILABLE');
    await sendCommand(scene, 'update_config', { state: 'SELF_MINING' });
    expect(await shownState(scene)).toBe('SELF_MINING');
    await sendCommand(scene, 'list');
    expect(await shownState(scene)).toBe('AVAILABLE');
  });

  test('stays ended over a restart of the platform, also when the miner was away', async () => {
    const dataDir = temporaryFolder();
    const scene = await openScene({ dataDir });
    await scene.miner.disconnect();
    const id = await sendCommand(scene, 'unlist');
    await becomes(scene, id, 'undelivered');
    await scene.platform.stop();
    const again = await openScene({ dataDir }, scene.wallet);
    expect(await shownState(again)).toBe('SELF_MINING');
  });

  test('of many workers changes in one call, offline ones included', async () => {
    const scene = await openScene();
    await scene.miner.status('offline');
    const answer = await ok(scene.platform, 'POST', '/api/control/commands', {
      body: { command: 'unlist', filter: {} },
      who: scene.who,
    });
    expect(answer).toMatchObject({ action: 'unlist', workers: ['rig-1'] });
    await scene.miner.introduce();
    expect(await shownState(scene)).toBe('SELF_MINING');
  });
});

test('no command frees a worker that is rented out', async () => {
  const dataDir = temporaryFolder();
  const wallet = newWallet();
  const first = await openScene({ dataDir }, wallet);
  await first.platform.stop();
  const nowMs = Date.now();
  const platform = await startSeededPlatform(
    (database) => {
      database.account('consumer-1', 'consumer');
      database.lease({
        lease_id: 'lease-1',
        worker_id: 'rig-1',
        consumer_id: 'consumer-1',
        state: 'active',
        created_at_ms: nowMs,
        ended_at_ms: null,
      });
    },
    { dataDir },
  );
  const miner = await TestMiner.connect({
    workerId: 'rig-1',
    mqttUrl: platform.mqttUrl,
    ethAddress: wallet.address,
  });
  await miner.status('MINING', { lease_id: 'lease-1' });
  const scene = { platform, wallet, miner, who: await signIn(platform, wallet) };
  await sendCommand(scene, 'list');
  await sendCommand(scene, 'update_config', { state: 'AVAILABLE' });
  await sendCommand(scene, 'unlist');
  const messages = (await heard(scene, 3)) as { state: string }[];
  expect(messages.map(({ state }) => state)).toEqual(['LEASED', 'LEASED', 'LEASED']);
  expect(await shownState(scene)).toBe('MINING');
  expect((await platform.get<{ active_leases: number }>('/api/status')).active_leases).toBe(1);

  // Bulk commands leave rented workers alone unless they are asked for, and say so.
  const who = admin(platform);
  const pause = (body: object) =>
    ok(platform, 'POST', '/api/control/broadcast', { body: { action: 'pause', ...body }, who });
  expect(await pause({})).toMatchObject({ workers: [], skipped: [] });
  expect(await pause({ worker_ids: ['rig-1'] })).toMatchObject({
    workers: [],
    skipped: [{ worker_id: 'rig-1', reason: 'leased' }],
  });
  expect(await pause({ include_leased: true })).toMatchObject({ workers: ['rig-1'] });
});

test('settings that no heartbeat can show stay delivered', async () => {
  const clock = new ManualClock();
  const scene = await openScene({ clock });
  const id = await sendCommand(scene, 'update_config', { fan_speed: 80 });
  await becomes(scene, id, 'delivered');
  clock.advance(300_000);
  const { command_id: later } = await ok<{ command_id: string }>(scene.platform, 'POST', path('rig-1'), {
    body: { command: 'update_config', params: { difficulty: 5 } },
    who: await signIn(scene.platform, scene.wallet),
  });
  await becomes(scene, later, 'delivered');
  await scene.miner.heartbeat({ difficulty: 5 });
  await becomes(scene, later, 'confirmed');
  await becomes(scene, id, 'delivered');
});

describe('bad input and strangers', () => {
  test.each([
    [{}, 'command must be one of'],
    [{ command: 'explode' }, 'command must be one of restart, stop, start, update_config, list, unlist'],
    [{ command: 'update_config' }, 'params needs at least one setting'],
    [{ command: 'update_config', params: {} }, 'params needs at least one setting'],
    [
      { command: 'update_config', params: { state: 'MINING' } },
      'state must be one of SELF_MINING, AVAILABLE, LEASED',
    ],
    [{ command: 'stop', params: { state: 'IDLE' } }, 'state must be one of'],
    [{ command: 'update_config', params: { difficulty: -1 } }, 'difficulty must be at least 1'],
    [
      { command: 'update_config', params: { nested: { a: 1 } } },
      'nested must be text, a number, true or false',
    ],
    [{ command: 'stop', params: { action: 'shutdown' } }, 'may not hold action'],
    [{ command: 'stop', params: [] }, 'params'],
    [{ command: 'stop', params: 'now' }, 'params'],
    [
      {
        command: 'stop',
        params: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`p${index}`, 1])),
      },
      'more than 16 fields',
    ],
  ])('%j is refused with 400 that says why', async (body, reason) => {
    const { platform, who, miner } = await openScene();
    const answer = await call(platform, 'POST', path('rig-1'), { body, who });
    expect(answer.status).toBe(400);
    expect(answer.body['detail']).toContain(reason);
    expect(miner.controls).toEqual([]);
  });

  test('only the wallet of the worker commands it: no key, no other wallet, nobody', async () => {
    const { platform, who, miner } = await openScene();
    const body = { command: 'unlist' };
    const send = async (caller: Who, workerId = 'rig-1') =>
      (await call(platform, 'POST', path(workerId), { body, who: caller })).status;
    expect(await send(await signIn(platform, newWallet()))).toBe(403);
    expect(await send(await register(platform, 'carol', 'provider'))).toBe(403);
    expect(await send(admin(platform))).toBe(403);
    expect(await send({})).toBe(401);
    expect(await send({ token: 'a.b.c' })).toBe(401);
    expect(await send(who, 'nobody')).toBe(404);
    expect(miner.controls).toEqual([]);
    const worker = (await platform.get<{ state: string }[]>('/api/workers'))[0];
    expect(worker!.state).toBe('AVAILABLE');
  });

  test('an open platform needs the wallet, too', async () => {
    const platform = await startTestPlatform({ args: ['--access', 'open'] });
    const answer = await call(platform, 'POST', path('rig-1'), { body: { command: 'stop' } });
    expect(answer.status).toBe(401);
  });
});
