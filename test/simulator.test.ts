import { connectAsync } from 'mqtt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { gpuModels } from '../src-main/contract/domain/gpu-models.ts';
import { planFleet, type Scenario } from '../src-main/platform/features/simulator/index.ts';
import { admin, deposit, ok, register } from './support/accounts.ts';
import { becomes, sendControl } from './support/commands.ts';
import { ManualClock } from './support/manual-clock.ts';
import { recentBlocks, waitForWorker } from './support/platform-figures.ts';
import { detailsOf, ended, rent, renterAddress, stop } from './support/renting.ts';
import {
  cheapBlocks,
  cheapRules,
  fleetOf,
  prepare,
  quietScenario,
  simulate,
  Wire,
  type SimulationChanges,
} from './support/simulations.ts';
import { believing, startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const first = 'sim-worker-001';

/** A platform, and a renter with money. */
async function setUp(options: Parameters<typeof startTestPlatform>[0] = {}) {
  const platform = await startTestPlatform(options);
  const renter = await register(platform, 'renter');
  await deposit(platform, 'renter', 1000);
  return { platform, renter, wire: await Wire.tap(platform) };
}

const listed = (platform: TestPlatform, workerId = first) =>
  waitForWorker(platform, workerId, ({ state, online }) => online && state === 'AVAILABLE');

const rentFirst = { worker_id: first, consumer_address: renterAddress };

describe('a simulated miner', () => {
  test('introduces itself like the C++ miner and says goodbye like it', async () => {
    const { platform, wire } = await setUp();
    const simulation = await simulate(platform);
    await listed(platform);
    expect(await platform.get('/api/status')).toMatchObject({ mqtt_clients: ['tap', `xenminer_${first}`] });
    const [registered] = wire.of('register');
    expect(registered).toMatchObject({ worker_id: first, version: expect.stringContaining('sim') as string });
    const { gpus, gpu_count, total_memory_gb } = registered as {
      gpus: { name: string; memory_gb: number }[];
      gpu_count: number;
      total_memory_gb: number;
    };
    expect(gpus).toHaveLength(gpu_count);
    expect(gpus.every(({ name }) => gpuModels.some((model) => model.name === name))).toBe(true);
    expect(total_memory_gb).toBe(gpus.reduce((sum, { memory_gb }) => sum + memory_gb, 0));

    const heartbeat = await waitFor(() => wire.of('heartbeat')[0], 'a heartbeat');
    expect(Object.keys(heartbeat).sort()).toEqual(
      [
        ...['worker_id', 'hashrate', 'active_gpus', 'accepted_blocks', 'difficulty', 'uptime_sec'],
        ...['address', 'prefix', 'block_pattern', 'timestamp'],
      ].sort(),
    );
    await simulation.stop();
    expect(wire.states()).toEqual(['AVAILABLE', 'offline', '(offline)']);
    const worker = await waitForWorker(platform, first, ({ online }) => !online);
    expect(worker.state).toBe('offline');
    expect(await platform.get('/api/status')).toMatchObject({ mqtt_clients: ['tap'] });
  });

  test('mines for its renter and stops when it is told to', async () => {
    const { platform, renter, wire } = await setUp({ args: cheapBlocks });
    await simulate(platform, { rules: cheapRules, blockIntervalSec: 0.2 });
    await listed(platform);
    const { body } = await rent(platform, renter, { ...rentFirst, duration_sec: 600 });
    await wire.saw(['AVAILABLE', 'LEASED', 'MINING']);
    expect(wire.of('status').slice(-2)).toMatchObject([
      { state: 'LEASED', lease_id: body.lease_id },
      { state: 'MINING', lease_id: body.lease_id },
    ]);
    const ofLease = await waitFor(async () => {
      const blocks = (await recentBlocks(platform)).filter(({ lease_id }) => lease_id === body.lease_id);
      return blocks.length > 1 && blocks;
    }, 'blocks for the lease');
    for (const block of ofLease) {
      expect(block).toMatchObject({ verified: 'proven', counted: true, prefix_valid: true, reason: '' });
      expect(block.account.toLowerCase()).toBe(renterAddress.toLowerCase());
      expect(block.key.startsWith(body.prefix)).toBe(true);
    }
    const shown = await waitForWorker(platform, first, ({ current_prefix }) => current_prefix !== '');
    expect(shown.current_prefix).toBe(body.prefix);
    expect((await stop(platform, renter, body.lease_id)).status).toBe(200);
    await wire.saw(['COMPLETED', 'AVAILABLE']);
    expect((await detailsOf(platform, body.lease_id)).state).toBe('completed');
  });

  test('ends a lease by its own clock, before the platform does', async () => {
    const clock = new ManualClock();
    const { platform, renter, wire } = await setUp({ clock });
    const simulation = await simulate(platform, { clock, heartbeatSec: 30 });
    await listed(platform);
    const { body } = await rent(platform, renter, { ...rentFirst, duration_sec: 60 });
    await wire.saw(['AVAILABLE', 'LEASED']);
    clock.advance(2000);
    await wire.saw(['LEASED', 'MINING']);
    clock.advance(57_900);
    await waitFor(() => wire.of('heartbeat').length > 0, 'heartbeats');
    expect(wire.states().at(-1)).toBe('MINING');
    clock.advance(120);
    await wire.saw(['MINING', 'COMPLETED', 'AVAILABLE']);
    expect(simulation.report().leasesCompleted).toBe(1);
    clock.advance(5000);
    expect((await ended(platform, body.lease_id)).state).toBe('completed');
  });

  test('follows the commands of the operator', async () => {
    const { platform, wire } = await setUp();
    await simulate(platform, { heartbeatSec: 3600 });
    await listed(platform);
    const config = {
      difficulty: 4096,
      address: `0x${'12'.repeat(20)}`,
      prefix: 'abcd',
      block_pattern: 'XEN12',
    };
    const set = await sendControl(platform, first, { action: 'set_config', config });
    // At once, and not when its next heartbeat is due.
    await becomes(platform, set, 'confirmed');
    expect(wire.of('heartbeat').at(-1)).toMatchObject(config);

    await becomes(platform, await sendControl(platform, first, { action: 'pause' }), 'confirmed');
    await wire.saw(['IDLE']);
    await becomes(platform, await sendControl(platform, first, { action: 'resume' }), 'confirmed');
    await wire.saw(['IDLE', 'AVAILABLE']);
    expect(wire.of('register')).toHaveLength(2);

    await becomes(platform, await sendControl(platform, first, { action: 'shutdown' }), 'confirmed');
    await wire.saw(['offline', '(offline)']);
    expect(await platform.get('/api/status')).toMatchObject({ mqtt_clients: ['tap'] });
  });

  test('follows the commands of its owner', async () => {
    const { platform, wire } = await setUp();
    await simulate(platform);
    await listed(platform);
    const command = (name: string, params = {}) =>
      ok<{ commands: { command_id: string }[] }>(platform, 'POST', '/api/control/commands', {
        who: admin(platform),
        body: { command: name, params, worker_ids: [first] },
      }).then(({ commands }) => becomes(platform, commands[0]?.command_id ?? '', 'confirmed'));
    await command('unlist');
    await wire.saw(['AVAILABLE', 'SELF_MINING']);
    await command('list');
    await wire.saw(['SELF_MINING', 'AVAILABLE']);
    await command('restart');
    await wire.saw(['AVAILABLE', 'IDLE', 'AVAILABLE']);
    expect(wire.of('register')).toHaveLength(2);
    await command('stop');
    await wire.saw(['IDLE']);
    await command('start');
    await wire.saw(['IDLE', 'AVAILABLE']);
    await command('update_config', { difficulty: 2048 });
    expect(wire.of('heartbeat').at(-1)).toMatchObject({ difficulty: 2048 });
  });

  test('ignores what is not for it: tasks while it does not offer itself, and releases of other leases', async () => {
    const { platform, renter, wire } = await setUp({ args: ['--access', 'open'] });
    await simulate(platform);
    await listed(platform);
    const somebody = await connectAsync(platform.mqttUrl);
    onTestFinished(() => void somebody.end(true));
    const tell = (type: string, message: object) =>
      somebody.publishAsync(`xenminer/${first}/${type}`, JSON.stringify(message), { qos: 1 });
    const assign = (lease_id: string, changes = {}) =>
      tell('task', {
        ...{ command: 'assign_task', lease_id, consumer_id: 'renter', consumer_address: renterAddress },
        ...{ prefix: 'ab'.repeat(8), duration_sec: 600, ...changes },
      });
    await tell('control', { action: 'pause', config: {} });
    await assign('while-paused');
    await tell('control', { action: 'resume', config: {} });
    await wire.saw(['AVAILABLE', 'IDLE', 'AVAILABLE']);
    // One that lacks a field makes the C++ miner throw, and changes nothing.
    await assign('without-address', { consumer_address: undefined });
    await tell('task', [1]);
    await listed(platform);
    const { body } = await rent(platform, renter, { ...rentFirst, duration_sec: 600 });
    await wire.saw(['AVAILABLE', 'LEASED', 'MINING']);
    await assign('while-mining');
    await tell('task', { command: 'release', lease_id: 'another' });
    expect((await stop(platform, renter, body.lease_id)).status).toBe(200);
    await wire.saw(['IDLE', 'AVAILABLE', 'LEASED', 'MINING', 'COMPLETED', 'AVAILABLE']);
    const leases = wire.of('status').flatMap(({ lease_id }) => lease_id ?? []);
    expect(leases).toEqual([body.lease_id, body.lease_id, body.lease_id]);
  });

  test('is in error when it is refused, and tries again', async () => {
    const clock = new ManualClock();
    const { platform, wire } = await setUp({ clock, args: ['--max-workers', '1'] });
    await simulate(platform, { clock, workers: 2, heartbeatSec: 30 });
    await wire.saw(['AVAILABLE', 'ERROR'], 'sim-worker-002');
    expect(wire.of('status', 'sim-worker-002').at(-1)).toMatchObject({
      detail: 'register refused: the platform has its limit of 1 workers',
    });
    clock.advance(30_100);
    await wire.saw(['AVAILABLE', 'ERROR', 'AVAILABLE', 'ERROR'], 'sim-worker-002');
    expect((await fleetOf(platform)).map(({ worker_id }) => worker_id)).toEqual([first]);
  });

  test('goes on after a loss of its connection without registering again', async () => {
    const { platform, wire } = await setUp();
    const lossOnce: Scenario = {
      ...quietScenario,
      direct: (stage) => stage.after(0.5, () => stage.strikeAll('networkLoss', 0.2)),
    };
    const simulation = await simulate(platform, { heartbeatSec: 0.2, scenario: lossOnce });
    await wire.saw(['AVAILABLE', '(offline)']);
    await waitFor(() => simulation.report().reconnects === 1, 'the reconnect');
    await listed(platform);
    expect(wire.states()).toEqual(['AVAILABLE', '(offline)']);
    expect(wire.of('register')).toHaveLength(1);
  });

  test('comes back to a platform that was away, with its lease', async () => {
    const { platform, renter, wire } = await setUp();
    await simulate(platform, { heartbeatSec: 0.2, workers: 3 });
    await listed(platform);
    const { body } = await rent(platform, renter, { ...rentFirst, duration_sec: 600 });
    await wire.saw(['LEASED', 'MINING']);
    await platform.platform.restart();
    await waitFor(async () => {
      const { mqtt_clients } = await platform.get<{ mqtt_clients: string[] }>('/api/status');
      return mqtt_clients.filter((id) => id.startsWith('xenminer_')).length === 3;
    }, 'all of them to be back');
    expect((await fleetOf(platform)).find(({ worker_id }) => worker_id === first)?.state).toBe('MINING');
    expect((await detailsOf(platform, body.lease_id)).state).toBe('active');
  });
});

describe('a simulated fleet', () => {
  test('goes dark at a power cut, and all of it comes back and registers again', async () => {
    const clock = new ManualClock();
    const { platform, wire } = await setUp({ clock });
    const simulation = await simulate(platform, {
      clock,
      workers: 50,
      scenario: 'power-cut',
      heartbeatSec: 30,
    });
    const online = (count: number) =>
      waitFor(
        async () => (await fleetOf(platform)).filter(({ online }) => online).length === count,
        `${count} workers online`,
      );
    await online(50);
    clock.advance(30_000);
    await online(0);
    expect(simulation.report()).toMatchObject({ connected: 0, states: { offline: 50 }, hashrate: 0 });
    clock.advance(20_100);
    await online(50);
    expect(wire.of('register')).toHaveLength(100);
    clock.advance(130_000);
    await online(0);
  });

  test('has every kind of trouble in the flaky scenario, and gets over it', async () => {
    const clock = new ManualClock();
    const { platform, wire } = await setUp({ clock });
    const simulation = await simulate(platform, { clock, workers: 30, scenario: 'flaky', heartbeatSec: 5 });
    await waitFor(() => simulation.report().connected === 30, 'all of them');
    const active = () => wire.of('heartbeat').map(({ worker_id, active_gpus }) => [worker_id, active_gpus]);
    const hasLostGpu = () => {
      const mostOf = new Map<unknown, number>();
      return active().some(([id, count]) => {
        const most = Math.max(mostOf.get(id) ?? 0, Number(count));
        mostOf.set(id, most);
        return Number(count) < most;
      });
    };
    const troubles = {
      will: () => wire.of('status').some(({ status }) => status === 'offline'),
      heat: () => wire.of('status').some(({ detail }) => String(detail).includes('too hot')),
      restart: () => wire.of('register').length > 30,
      reconnect: () => simulation.report().reconnects > 0,
      gpu: hasLostGpu,
    };
    await waitFor(() => {
      clock.advance(3000);
      return Object.values(troubles).every((happened) => happened());
    }, 'trouble of every kind');
    const hot = wire.of('status').find(({ detail }) => String(detail).includes('too hot'));
    const id = String(hot?.['worker_id']);
    await waitFor(() => {
      clock.advance(1000);
      return wire.states(id).join().includes('ERROR,IDLE,AVAILABLE');
    }, 'the end of the heat');
  });

  test('sends ten times as much in a flood', async () => {
    const { platform } = await setUp({ args: cheapBlocks });
    const flood = await simulate(platform, {
      scenario: 'flood',
      rules: cheapRules,
      blockIntervalSec: 5,
      workers: 4,
    });
    await waitFor(() => flood.report().heartbeatsPerSec > 20, 'forty heartbeats a second of four workers');
    await waitFor(() => flood.report().provenBlocks > 5, 'blocks');
  });

  test('is the same fleet with the same seed, and another one with another seed', async () => {
    const identities = async (changes: SimulationChanges) => {
      const platform = await startTestPlatform();
      const wire = await Wire.tap(platform);
      const simulation = await simulate(platform, changes);
      const count = simulation.report().workers;
      await waitFor(() => wire.of('register').length === count, 'all registers');
      await simulation.stop();
      return wire
        .of('register')
        .map(({ worker_id, eth_address, gpus }) => JSON.stringify({ worker_id, eth_address, gpus }))
        .sort();
    };
    const fleet = await identities({ workers: 40, seed: 5 });
    expect(await identities({ workers: 40, seed: 5 })).toEqual(fleet);
    expect(fleet.slice(0, 20)).toEqual(await identities({ workers: 20, seed: 5 }));
    const other = await identities({ workers: 40, seed: 6 });
    expect(other.filter((rig) => fleet.includes(rig))).toEqual([]);
  });

  test('looks like a farm: rigs of 1, 2, 4 and 8 GPUs, mostly of one model, with owners of several rigs', () => {
    const fleet = planFleet({
      workers: 2000,
      seed: 3,
      idPrefix: 'sim-worker',
      owner: undefined,
      gpuCount: undefined,
    });
    const sizes = new Set(fleet.map(({ gpus }) => gpus.length));
    expect([...sizes].sort()).toEqual([1, 2, 4, 8]);
    const mixed = fleet.filter(({ gpus }) => new Set(gpus.map(({ name }) => name)).size > 1);
    expect(mixed.length).toBeGreaterThan(50);
    expect(mixed.length).toBeLessThan(300);
    expect(new Set(fleet.flatMap(({ gpus }) => gpus.map(({ name }) => name))).size).toBe(gpuModels.length);
    const owners = new Set(fleet.map(({ ethAddress }) => ethAddress));
    expect(owners.size).toBeLessThan(400);
    expect([...owners].every((address) => /^0x[0-9a-f]{40}$/.test(address))).toBe(true);
    expect(fleet[0]?.workerId).toBe('sim-worker-001');
    expect(fleet.at(-1)?.workerId).toBe('sim-worker-2000');
    expect(new Set(fleet.map(({ workerId }) => workerId)).size).toBe(2000);
  });

  test('has the owner and the size that are asked for', async () => {
    const { platform, wire } = await setUp();
    await simulate(platform, { workers: 3, owner: renterAddress, gpuCount: 6 });
    await waitFor(() => wire.of('register').length === 3, 'all registers');
    for (const { eth_address, gpu_count } of wire.of('register'))
      expect([eth_address, gpu_count]).toEqual([renterAddress, 6]);
  });

  test.each(['while it looks at its proofs', 'while its first miner connects'])(
    'connects nobody when it is stopped %s',
    async (moment) => {
      const platform = await startTestPlatform();
      const simulation = prepare(platform, { workers: 20 });
      const starting = simulation.start();
      if (moment.includes('connects')) await waitFor(() => simulation.report().outlook.notice !== '', moment);
      await simulation.stop();
      await starting;
      expect(simulation.report().connected).toBe(0);
      await waitFor(async () => {
        const { mqtt_clients } = await platform.get<{ mqtt_clients: string[] }>('/api/status');
        return mqtt_clients.length === 0;
      }, 'no connections');
    },
  );

  test('says that its blocks are unproven where a CPU can not mine them, and they do not count', async () => {
    const { platform } = await setUp();
    const simulation = await simulate(platform, { blockIntervalSec: 0.1 });
    const { outlook } = simulation.report();
    expect(outlook.mode).toBe('unproven');
    expect(outlook.notice).toMatch(/marker XEN11 at difficulty 1727 takes about 13,0\d\d,\d{3} hashes/);
    const blocks = await waitFor(async () => {
      const recorded = await recentBlocks(platform);
      return recorded.length > 0 && recorded;
    }, 'a block');
    for (const block of blocks)
      expect(block).toMatchObject({ verified: 'unproven', reason: 'no_proof', counted: false });
    expect(simulation.report().provenBlocks).toBe(0);
  });

  test('says that its blocks are believed where the platform believes blocks, and they count', async () => {
    const { platform } = await setUp({ args: believing });
    const rules = { marker: 'XEN11', difficultyKib: 1727, verify: 'off' } as const;
    const chainUrl = platform.apiUrl;
    const simulation = await simulate(platform, { blockIntervalSec: 0.1, rules, chainUrl });
    expect(simulation.report().outlook.mode).toBe('believed');
    const block = await waitFor(
      async () => (await recentBlocks(platform)).find(({ chain_verified }) => chain_verified),
      'a block that is on the chain, too',
    );
    expect(block).toMatchObject({ counted: true, reason: 'not_checked' });
  });

  test('finds fewer blocks, but real ones, when it is asked for more than the CPU gives', async () => {
    const { platform } = await setUp({ args: cheapBlocks });
    const simulation = await simulate(platform, { workers: 100, rules: cheapRules, blockIntervalSec: 0.1 });
    expect(simulation.report().outlook).toMatchObject({
      mode: 'slowed',
      notice: expect.stringContaining('instead of 60,000') as string,
    });
    await waitFor(() => simulation.report().provenBlocks > 5, 'proven blocks');
    expect(simulation.report().unprovenBlocks).toBe(0);
    const blocks = await recentBlocks(platform);
    expect(blocks.every(({ verified }) => verified === 'proven')).toBe(true);
  });
});
