import { describe, expect, test } from 'vitest';
import type { SimulatorView } from '../src-main/contract/rest/simulator.routes.ts';
import type { Block } from '../src-main/contract/domain/block.ts';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { admin, call, deposit, ok, register } from './support/accounts.ts';
import { readRows } from './support/platform-figures.ts';
import { rent, renterAddress } from './support/renting.ts';
import { activeResources, leakedSince } from './support/resources.ts';
import { cheapBlocks } from './support/simulations.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const path = '/api/admin/simulator';

const view = (platform: TestPlatform) => ok<SimulatorView>(platform, 'GET', path, { who: admin(platform) });
const start = (platform: TestPlatform, body: object = {}) =>
  call<SimulatorView & { detail: string }>(platform, 'POST', `${path}/start`, { who: admin(platform), body });
const stop = (platform: TestPlatform) =>
  ok<SimulatorView>(platform, 'POST', `${path}/stop`, { who: admin(platform) });

/** What the fleet looks like to the operator. */
const fleet = (platform: TestPlatform) =>
  ok<{ online: number; total_workers: number; total_gpus: number }>(
    platform,
    'GET',
    '/api/monitoring/stats',
    {
      who: admin(platform),
    },
  );

const online = (platform: TestPlatform, count: number) =>
  waitFor(async () => (await fleet(platform)).online === count, `${count} workers online`, 40_000);

function startLogged(args: readonly string[], dataDir?: string) {
  const lines: string[] = [];
  const loggers = createLogger({ level: 'info', format: 'text', write: (line) => void lines.push(line) });
  return startTestPlatform({ args, loggers, ...(dataDir === undefined ? {} : { dataDir }) }).then(
    (platform) => ({ platform, lines }),
  );
}

describe('the simulator of the platform', () => {
  test('starts, shows its rates and stops', async () => {
    const platform = await startTestPlatform({ args: cheapBlocks });
    expect(await view(platform)).toMatchObject({ running: false, simulation: null, last_error: '' });
    const request = {
      workers: 20,
      block_interval: 2,
      heartbeat_interval: 0.5,
      scenario: 'steady',
      gpu_count: 2,
    };
    const started = await start(platform, { ...request, owner: renterAddress, seed: 7 });
    expect(started.status).toBe(200);
    expect(started.body).toMatchObject({
      running: true,
      simulation: { ...request, seed: 7, proofs: 'proven' },
    });
    await online(platform, 20);
    expect(await fleet(platform)).toMatchObject({ total_workers: 20, total_gpus: 40 });
    const { simulation } = await waitFor(async () => {
      const now = await view(platform);
      return (now.simulation?.blocks.proven ?? 0) > 3 && now.simulation!.heartbeats_per_sec > 5 && now;
    }, 'blocks and heartbeats');
    expect(simulation).toMatchObject({ online: 20, states: { AVAILABLE: 20 }, owner: renterAddress });
    expect(simulation?.hashrate).toBeGreaterThan(20 * 2 * 300);
    expect(await stop(platform)).toMatchObject({ running: false, simulation: null });
    expect(await fleet(platform)).toMatchObject({ online: 0, total_workers: 20 });
    expect(await stop(platform)).toMatchObject({ running: false });
    expect((await start(platform, { workers: 1 })).status).toBe(200);
    const actions = readRows<{ action: string }>(platform, 'select action from audit_log order by audit_id');
    expect(actions.map(({ action }) => action).filter((action) => action.startsWith('simulator'))).toEqual([
      'simulator.start',
      'simulator.stop',
      'simulator.stop',
      'simulator.start',
    ]);
  });

  test('runs one simulation at a time, and only what the platform can take', async () => {
    const platform = await startTestPlatform({ args: ['--max-workers', '10'] });
    const refused = async (body: object) => {
      const { status, body: answer } = await start(platform, body);
      return [status, answer.detail];
    };
    expect(await refused({ workers: 11 })).toEqual([
      400,
      'The platform takes 10 workers: see --max-workers and --mqtt-max-connections.',
    ]);
    expect(await refused({ scenario: 'earthquake' })).toEqual([
      400,
      'There is no scenario of this name; there are steady, flaky, flood, power-cut.',
    ]);
    expect((await start(platform, { workers: 1 })).status).toBe(200);
    expect(await refused({ workers: 1 })).toEqual([
      409,
      'A simulation runs already: stop it before you start another one.',
    ]);
    expect((await view(platform)).running).toBe(true);
  });

  test('its workers are rented out like others, and their blocks are on the chain, too', async () => {
    const platform = await startTestPlatform({ args: cheapBlocks });
    const renter = await register(platform, 'renter');
    await deposit(platform, 'renter', 100);
    await start(platform, { workers: 1, block_interval: 0.2 });
    const rented = await waitFor(async () => {
      const { status, body } = await rent(platform, renter, { worker_id: 'sim-worker-001' });
      return status === 200 && body;
    }, 'a rent');
    const block = await waitFor(async () => {
      const blocks = await platform.get<Block[]>('/api/monitoring/blocks/recent?limit=200');
      return blocks.find(({ lease_id, chain_verified }) => lease_id === rented.lease_id && chain_verified);
    }, 'a block of the lease');
    expect(block).toMatchObject({ verified: 'proven', counted: true });
    expect(block.key.startsWith(rented.prefix)).toBe(true);
    await waitFor(
      async () => (await view(platform)).simulation?.leases.active === 1,
      'the lease in its status',
    );
  });

  test('works where nobody connects without credentials', async () => {
    const platform = await startTestPlatform({ args: ['--access', 'strict', ...cheapBlocks] });
    expect((await start(platform, { workers: 3, heartbeat_interval: 1 })).status).toBe(200);
    await online(platform, 3);
    // The name alone opens nothing.
    const stranger = TestMiner.connect({
      workerId: 'sim-worker-002',
      mqttUrl: platform.mqttUrl,
      client: { username: 'sim-worker-002', password: 'guessed' },
    });
    await expect(stranger).rejects.toThrow('Connection refused');
    await stop(platform);
    expect((await fleet(platform)).online).toBe(0);
  });

  test('is started by --simulate, says once what its blocks are worth, and ends with the platform', async () => {
    const before = activeResources();
    const { platform, lines } = await startLogged(['--simulate', '200']);
    await online(platform, 200);
    const notices = () => lines.filter((line) => line.includes('unproven'));
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toMatch(
      /\[simulator *\] WARNING Simulated blocks are unproven .*--block-marker X1 --difficulty 8.*--verify off/,
    );
    expect((await view(platform)).simulation).toMatchObject({ workers: 200, proofs: 'unproven' });
    await platform.stop();
    expect(
      readRows(platform, 'select count(*) as away from worker_activity where offline_since_ms is not null'),
    ).toEqual([{ away: 200 }]);
    expect(await leakedSince(before)).toEqual([]);
  });

  test('is stopped with the platform also before it has started, and that is no error', async () => {
    const { platform, lines } = await startLogged(['--simulate', '50']);
    await platform.stop();
    expect(lines.filter((line) => /ERROR|WARNING/.test(line))).toEqual([]);
    expect(lines.some((line) => /\[simulator *\] INFO /.test(line))).toBe(true);
  });

  test('comes back with the same workers after a restart', async () => {
    const { platform } = await startLogged(['--simulate', '5'], temporaryFolder());
    await online(platform, 5);
    const rows = () => readRows(platform, 'select worker_id, eth_address, gpus from workers order by 1');
    const known = rows();
    await platform.platform.restart();
    await online(platform, 5);
    expect(rows()).toEqual(known);
  });

  test('follows the difficulty that rises with the chain', async () => {
    const platform = await startTestPlatform({ args: ['--block-marker', 'X'] });
    await start(platform, { workers: 20, block_interval: 0.5 });
    const network = () =>
      platform.get<{ proof_difficulty: number; chain_blocks: number }>('/api/overview/network');
    const { proof_difficulty } = await waitFor(async () => {
      const now = await network();
      return now.chain_blocks > 50 && now;
    }, 'fifty blocks');
    expect(proof_difficulty).toBeGreaterThan(1727);
    await waitFor(async () => {
      const blocks = await platform.get<Block[]>('/api/monitoring/blocks/recent?limit=1');
      return Number(/m=(\d+)/.exec(blocks[0]?.hash ?? '')?.[1]) > 1727;
    }, 'a proof at the new difficulty');
  });
});
