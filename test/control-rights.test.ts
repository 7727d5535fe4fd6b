import { describe, expect, test } from 'vitest';
import { admin, call, newWallet, ok, register, signIn } from './support/accounts.ts';
import { controlPath, listCommands, sendControl, startMiner } from './support/commands.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

describe('bad input', () => {
  test.each([
    [{}, 'action must be one of'],
    [{ action: 'reboot' }, 'action must be one of set_config, pause, resume, shutdown'],
    [{ action: 7 }, 'action must be one of'],
    [{ action: 'set_config' }, 'config needs at least one setting'],
    [{ action: 'set_config', config: {} }, 'config needs at least one setting'],
    [{ action: 'set_config', config: { difficulty: 0 } }, 'difficulty must be at least 1'],
    [{ action: 'set_config', config: { difficulty: 1.5 } }, 'difficulty must be a whole number'],
    [{ action: 'set_config', config: { difficulty: '8' } }, 'difficulty must be a whole number'],
    [{ action: 'set_config', config: { difficulty: 1e308 } }, 'difficulty'],
    [{ action: 'set_config', config: { address: '0x12' } }, 'address must be 0x and 40 hex digits'],
    [{ action: 'set_config', config: { prefix: 'xyz' } }, 'prefix may hold up to 64 hex digits'],
    [{ action: 'set_config', config: { block_pattern: 'ü' } }, 'block_pattern may hold'],
    [{ action: 'set_config', config: { dificulty: 5, speed: 1 } }, 'unknown fields: dificulty, speed'],
    [{ action: 'set_config', config: [] }, 'config'],
    [{ action: 'set_config', config: null }, 'config'],
  ])('%j is refused with 400 that says why', async (body, reason) => {
    const platform = await startTestPlatform();
    const miner = await startMiner(platform, 'rig-1');
    for (const target of [controlPath('rig-1'), '/api/control/broadcast']) {
      const answer = await call(platform, 'POST', target, { body, who: admin(platform) });
      expect(answer.status).toBe(400);
      expect(answer.body['detail']).toContain(reason);
    }
    expect(miner.controls).toEqual([]);
    expect((await listCommands(platform, '')).total).toBe(0);
  });

  test('an unknown worker and an unknown command are not found', async () => {
    const platform = await startTestPlatform();
    const who = admin(platform);
    const body = { action: 'pause' };
    expect((await call(platform, 'POST', controlPath('nobody'), { body, who })).status).toBe(404);
    expect((await call(platform, 'GET', '/api/control/commands/command-1', { who })).status).toBe(404);
    expect((await call(platform, 'GET', '/api/control/commands?state=lost', { who })).status).toBe(422);
    expect((await call(platform, 'GET', '/api/control/commands?limit=0', { who })).status).toBe(422);
  });
});

describe('who may command', () => {
  test('nobody commands the worker of another account, and nobody without credentials', async () => {
    const platform = await startTestPlatform();
    const [wallet, stranger] = [newWallet(), newWallet()];
    const miner = await startMiner(platform, 'rig-1', { ethAddress: wallet.address });
    const body = { action: 'set_config', config: { difficulty: 3 } };
    const owner = await signIn(platform, wallet);
    const others = [await signIn(platform, stranger), await register(platform, 'carol', 'provider')];
    for (const who of others) {
      expect((await call(platform, 'POST', controlPath('rig-1'), { body, who })).status).toBe(403);
      expect((await call(platform, 'POST', '/api/control/broadcast', { body, who })).status).toBe(403);
    }
    expect((await call(platform, 'POST', controlPath('rig-1'), { body })).status).toBe(401);
    expect((await call(platform, 'POST', '/api/control/broadcast', { body })).status).toBe(401);
    expect((await call(platform, 'POST', '/api/control/commands', { body })).status).toBe(401);
    expect((await call(platform, 'GET', '/api/control/commands')).status).toBe(401);
    expect((await call(platform, 'POST', '/api/control/broadcast', { body, who: owner })).status).toBe(403);
    expect(miner.controls).toEqual([]);

    const id = await sendControl(platform, 'rig-1', body, owner);
    await waitFor(() => miner.controls.length === 1, 'the command of the owner');
    for (const who of others) {
      expect((await call(platform, 'GET', `/api/control/commands/${id}`, { who })).status).toBe(403);
      expect((await listCommands(platform, `worker_id=rig-1`, who)).total).toBe(0);
    }
    expect((await call(platform, 'GET', `/api/control/commands/${id}`)).status).toBe(401);
    expect((await call(platform, 'GET', `/api/control/commands/${id}`, { who: owner })).status).toBe(200);
    const own = await listCommands(platform, '', owner);
    expect(own.items.map(({ command_id, issued_by }) => [command_id, issued_by])).toEqual([
      [id, wallet.address.toLowerCase()],
    ]);
  });

  test('an owner commands a list of own workers; one of somebody else, and nobody gets anything', async () => {
    const platform = await startTestPlatform();
    const [wallet, stranger] = [newWallet(), newWallet()];
    const first = await startMiner(platform, 'rig-1', { ethAddress: wallet.address });
    const second = await startMiner(platform, 'rig-2', { ethAddress: wallet.address });
    const foreign = await startMiner(platform, 'rig-3', { ethAddress: stranger.address });
    const who = await signIn(platform, wallet);
    const bulk = (body: object) => call(platform, 'POST', '/api/control/commands', { body, who });
    const refused = await bulk({ action: 'pause', worker_ids: ['rig-1', 'rig-3', 'rig-2'] });
    expect(refused.status).toBe(403);
    expect(refused.body['detail']).toContain('rig-3');
    expect((await listCommands(platform, '')).total).toBe(0);

    const sent = await bulk({ action: 'pause', worker_ids: ['rig-2', 'ghost', 'rig-1', 'rig-2'] });
    expect(sent.body).toMatchObject({
      status: 'sent',
      action: 'pause',
      workers: ['rig-2', 'rig-1'],
      skipped: [{ worker_id: 'ghost', reason: 'unknown' }],
    });
    await waitFor(() => first.controls.length === 1 && second.controls.length === 1, 'the commands');

    // A filter looks among the caller's own workers.
    const filtered = await bulk({ command: 'restart', filter: {} });
    expect(filtered.body['workers']).toEqual(['rig-1', 'rig-2']);
    expect(foreign.controls).toEqual([]);
    expect((await bulk({ action: 'pause', worker_ids: ['ghost'] })).status).toBe(404);
    for (const body of [
      { action: 'pause' },
      { worker_ids: ['rig-1'] },
      { action: 'pause', command: 'stop', worker_ids: ['rig-1'] },
      { action: 'pause', worker_ids: [] },
      { action: 'pause', worker_ids: 'rig-1' },
      { action: 'pause', filter: { colour: 'red' } },
      { command: 'update_config', worker_ids: ['rig-1'] },
    ])
      expect((await bulk(body)).status).toBe(400);
  });
});

describe('a broadcast', () => {
  test('goes to all online workers, and each command can be read back by its batch', async () => {
    const platform = await startTestPlatform();
    const miners = [await startMiner(platform, 'rig-1'), await startMiner(platform, 'rig-2')];
    await (await startMiner(platform, 'rig-3')).status('offline');
    const answer = await ok<{
      workers: string[];
      batch_id: string;
      commands: { worker_id: string; command_id: string }[];
    }>(platform, 'POST', '/api/control/broadcast', {
      body: { action: 'set_config', config: { difficulty: 44 } },
      who: admin(platform),
    });
    expect(answer).toMatchObject({
      status: 'sent',
      action: 'set_config',
      workers: ['rig-1', 'rig-2'],
      skipped: [],
    });
    for (const miner of miners)
      await waitFor(() => miner.controls.length === 1, `the command to ${miner.workerId}`);
    await miners[1]!.heartbeat({ difficulty: 44 });
    const ofBatch = `batch_id=${answer.batch_id}`;
    await waitFor(
      async () => (await listCommands(platform, `${ofBatch}&state=confirmed`)).total === 1,
      'one confirmation',
    );
    await waitFor(
      async () => (await listCommands(platform, `${ofBatch}&state=delivered`)).total === 1,
      'one delivery',
    );
    const page = await listCommands(platform, `${ofBatch}&limit=1&offset=1`);
    expect(page).toMatchObject({ total: 2, limit: 1, offset: 1 });
    expect(page.items).toHaveLength(1);
    const confirmed = await listCommands(platform, `${ofBatch}&state=confirmed`);
    expect(confirmed.items[0]).toMatchObject({ worker_id: 'rig-2', batch_id: answer.batch_id });
    expect(
      (await listCommands(platform, `${ofBatch}&worker_id=rig-1`)).items.map(({ state }) => state),
    ).toEqual(['delivered']);
  });

  test('goes to a filter or a list, and says who of the list did not get it', async () => {
    const platform = await startTestPlatform();
    await startMiner(platform, 'rig-1');
    const gpus = [{ index: 0, name: 'NVIDIA H100', memory_gb: 80, bus_id: 1 }];
    const second = await TestMiner.connect({ workerId: 'rig-2', mqttUrl: platform.mqttUrl });
    await second.register({ gpus, version: '3.1.0' });
    await second.status('MINING');
    const broadcast = (targets: object) =>
      ok(platform, 'POST', '/api/control/broadcast', {
        body: { action: 'pause', config: {}, ...targets },
        who: admin(platform),
      });
    expect(await broadcast({ filter: { gpu: 'h100' } })).toMatchObject({ workers: ['rig-2'] });
    expect(await broadcast({ filter: { version: '3.' } })).toMatchObject({ workers: ['rig-2'] });
    expect(await broadcast({ filter: { state: 'AVAILABLE' } })).toMatchObject({ workers: ['rig-1'] });
    expect(await broadcast({ filter: { search: 'rig-1' } })).toMatchObject({ workers: ['rig-1'] });
    expect(await broadcast({ filter: { online: false } })).toMatchObject({ workers: [], commands: [] });
    expect(
      await broadcast({ worker_ids: ['rig-1', 'rig-2', 'rig-9'], filter: { gpu: 'h100' } }),
    ).toMatchObject({
      workers: ['rig-2'],
      skipped: [
        { worker_id: 'rig-1', reason: 'filtered' },
        { worker_id: 'rig-9', reason: 'unknown' },
      ],
    });
  });
});
