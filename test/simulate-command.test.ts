import { describe, expect, test } from 'vitest';
import type { Block } from '../src-main/contract/domain/block.ts';
import { scenarios } from '../src-main/platform/features/simulator/index.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { freePort } from './support/ports.ts';
import { cheapBlocks, fleetOf, Wire } from './support/simulations.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const apiPort = ({ apiUrl }: TestPlatform) => new URL(apiUrl).port;

/** The built program, beside a platform. */
const simulate = ({ mqttPort }: Pick<TestPlatform, 'mqttPort'>, ...args: string[]) =>
  PlatformProcess.spawn(['simulate', '--port', String(mqttPort), ...args]);

const online = (platform: TestPlatform, count: number) =>
  waitFor(
    async () => (await fleetOf(platform)).filter((worker) => worker.online).length === count,
    `${count} workers online`,
    40_000,
  );

describe('simulate', () => {
  test('asks the platform what blocks have to show, mines them, and says goodbye at Ctrl-C', async () => {
    const platform = await startTestPlatform({ args: cheapBlocks });
    const wire = await Wire.tap(platform);
    const command = simulate(
      platform,
      ...[
        '--broker',
        '127.0.0.1',
        '--api-port',
        apiPort(platform),
        '--workers',
        '20',
        '--block-interval',
        '3',
      ],
      ...['--owner', `0x${'ab'.repeat(20)}`, '--gpu-count', '2', '--heartbeat-interval', '1'],
    );
    await online(platform, 20);
    const blocks = await waitFor(async () => {
      const recorded = await platform.get<Block[]>('/api/monitoring/blocks/recent?limit=200');
      return recorded.filter(({ chain_verified }) => chain_verified).length > 3 && recorded;
    }, 'blocks on the chain');
    expect(blocks.every(({ verified, counted }) => verified === 'proven' && counted)).toBe(true);
    expect((await fleetOf(platform)).every(({ gpu_count }) => gpu_count === 2)).toBe(true);
    expect(await command.end('SIGINT')).toBe(0);
    await online(platform, 0);
    const goodbyes = wire.of('status').filter(({ state }) => state === 'offline');
    expect(goodbyes).toHaveLength(20);
    expect(command.stderr).toBe('');
    expect(command.stdout).toMatch(/Workers +20, sim-worker-001 and on/);
    expect(command.stdout).toMatch(/Proofs +Simulated blocks carry real proofs: a block with the marker X1/);
    expect(command.stdout).toMatch(
      /Stopping: 20 workers say goodbye\.\n0\/20 online .* blocks \d+ proven 0 unproven/,
    );
  });

  test('calls no block proven that the platform rejects', async () => {
    const platform = await startTestPlatform({ args: ['--block-marker', 'X1', '--difficulty', '16'] });
    const command = simulate(
      platform,
      ...['--broker', '127.0.0.1', '--api-port', apiPort(platform), '--workers', '5'],
      ...['--block-interval', '0.5', '--block-marker', 'X1', '--difficulty', '8', '--duration', '4'],
    );
    expect(await command.exitCode()).toBe(0);
    const recorded = await platform.get<Block[]>('/api/monitoring/blocks/recent?limit=200');
    expect(recorded.length).toBeGreaterThan(0);
    expect(recorded.every(({ counted }) => !counted)).toBe(true);
    expect(command.stdout).toMatch(new RegExp(`blocks 0 proven ${recorded.length} unproven`));
    expect(command.stdout).toMatch(/do not count: .*marker X1 at difficulty 8, .* demands X1 at 16 or more/);
  });

  test('says how its blocks would count where nobody told it', async () => {
    const platform = await startTestPlatform();
    const command = PlatformProcess.spawn([
      ...['simulate', '--mqtt-host', '127.0.0.1', '--mqtt-port', String(platform.mqttPort)],
      ...['--workers', '2', '--prefix', 'rig:α', '--duration', '1'],
    ]);
    expect(await command.exitCode()).toBe(0);
    expect(command.stdout.match(/Simulated blocks are unproven/g)).toHaveLength(1);
    expect(command.stdout).toContain('--block-marker X1 --difficulty 8');
    expect(command.stdout).toContain('--api-port lets it ask the platform');
    const ids = (await fleetOf(platform)).map(({ worker_id }) => worker_id).sort();
    expect(ids).toEqual(['rig:α-001', 'rig:α-002']);
  });

  test.each([
    [['--block-marker', 'X1'], 'The difficulty is the usual one: --api-port lets it ask'],
    [['--difficulty', '8'], 'The marker is the usual one: --api-port lets it ask'],
    [['--block-marker', 'X1', '--difficulty', '8'], undefined],
  ])('given %j only, says what it assumes', async (given, sentence) => {
    const platform = await startTestPlatform();
    const command = simulate(
      platform,
      '--broker',
      '127.0.0.1',
      '--workers',
      '1',
      '--duration',
      '1',
      ...given,
    );
    expect(await command.exitCode()).toBe(0);
    if (sentence === undefined) expect(command.stdout).not.toContain('--api-port lets it ask');
    else expect(command.stdout).toContain(sentence);
  });

  test('goes on when the API does not answer, and says so', async () => {
    const platform = await startTestPlatform();
    const nobody = String(await freePort());
    const command = simulate(
      platform,
      ...['--broker', '127.0.0.1', '--api-port', nobody, '--workers', '1', '--duration', '1'],
    );
    expect(await command.exitCode()).toBe(0);
    expect(command.stderr).toMatch(
      new RegExp(`^The API at http://127.0.0.1:${nobody} does not say what blocks have to show: .+\\.\n$`),
    );
  });

  test('says in one line what to do when no broker answers, or it lets nobody in', async () => {
    const mqttPort = await freePort();
    const nobody = simulate({ mqttPort }, '--broker', '127.0.0.1');
    expect(await nobody.exitCode()).toBe(1);
    expect(nobody.stdout).toBe('');
    expect(nobody.stderr).toBe(
      `No miner can connect to the MQTT broker at 127.0.0.1:${mqttPort}: connect ECONNREFUSED 127.0.0.1:${mqttPort}. ` +
        'Start the platform first, or name its broker with --broker and --port.\n',
    );
    const platform = await startTestPlatform({ args: ['--access', 'strict'] });
    const refused = simulate(platform, '--broker', '127.0.0.1');
    expect(await refused.exitCode()).toBe(1);
    expect(refused.stderr).toMatch(
      /^No miner can connect .*Not authorized\. .*--access strict.*--simulate.*\n$/,
    );
  });

  test.each([
    [['--workers', '0'], '--workers: must be a number from 1 to 20000, not "0"'],
    [['--workers', '2.5'], '--workers: must be a whole number from 1 to 20000, not "2.5"'],
    [['--owner', '0x12'], '--owner: must be 0x and 40 hex digits, not "0x12"'],
    [['--prefix', 'a/b'], '--prefix: must be text without / + #, of at most 64 characters, not "a/b"'],
    [['--scenario', 'storm'], '--scenario: must be one of steady, flaky, flood, power-cut, not "storm"'],
    [['--broker', 'a', '--mqtt-host', 'b'], '--mqtt-host: says the same as --broker; give one of them'],
    [['--port', '1', '--mqtt-port', '2'], '--mqtt-port: says the same as --port; give one of them'],
  ])('refuses %j', async (args, problem) => {
    const refused = PlatformProcess.spawn(['simulate', ...args]);
    expect(await refused.exitCode()).toBe(2);
    expect(refused.stderr.split('\n')[0]).toBe(problem);
  });

  test('--help tells what each scenario is', async () => {
    const help = PlatformProcess.spawn(['simulate', '--help']);
    expect(await help.exitCode()).toBe(0);
    for (const { name, summary } of scenarios) expect(help.stdout).toMatch(new RegExp(`${name} +${summary}`));
    expect(help.stdout).toContain('Ctrl-C is its normal end');
  });

  test('survives a platform that is away for a while', async () => {
    const platform = await startTestPlatform();
    const command = simulate(
      platform,
      '--broker',
      '127.0.0.1',
      '--workers',
      '10',
      '--heartbeat-interval',
      '1',
    );
    await online(platform, 10);
    await platform.platform.restart();
    await waitFor(async () => {
      const { mqtt_clients } = await platform.get<{ mqtt_clients: string[] }>('/api/status');
      return mqtt_clients.length === 10;
    }, 'ten connections');
    expect(await command.end('SIGTERM')).toBe(0);
  });

  test('runs inside the built program, too', async () => {
    const platform = await PlatformProcess.start(temporaryFolder(), ['--simulate', '5', ...cheapBlocks]);
    const stats = async () => {
      const response = await fetch(`http://127.0.0.1:${platform.ready.api_port}/api/monitoring/stats`);
      return (await response.json()) as { online: number };
    };
    await waitFor(async () => (await stats()).online === 5, 'five workers', 40_000);
    expect(await platform.end('SIGTERM')).toBe(0);
    expect(platform.stdout).toContain('Simulated blocks carry real proofs');
  });
});
