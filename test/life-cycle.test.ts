import { once } from 'node:events';
import { createServer, connect as connectSocket, type Socket } from 'node:net';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { loadConfig } from '../src-main/platform/config/load-config.ts';
import { ComponentStack } from '../src-main/platform/kernel/component.ts';
import { createPlatform } from '../src-main/platform/platform.ts';
import { storageAt } from './support/database.ts';
import { ManualClock } from './support/manual-clock.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { freePort, requireFree, takenPort } from './support/ports.ts';
import { activeResources, leakedSince, processListeners } from './support/resources.ts';
import { TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, temporaryFolder } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

function configOf(args: readonly string[] = [], dataDir = temporaryFolder()) {
  const loopback = ['--api-host=127.0.0.1', '--mqtt-host=127.0.0.1', '--data-dir', dataDir];
  const ports = [
    ...(args.some((arg) => arg.startsWith('--api-port')) ? [] : ['--api-port=0']),
    ...(args.some((arg) => arg.startsWith('--mqtt-port')) ? [] : ['--mqtt-port=0']),
  ];
  return loadConfig({ args: [...loopback, ...ports, ...args], environment: {} });
}

const mqttUrlOf = ({ ready }: { ready: { mqtt_port: number } }) => `mqtt://127.0.0.1:${ready.mqtt_port}`;

function storedHashrate(dataDir: string, workerId: string): unknown {
  const handle = new BetterSqlite(join(dataDir, 'marketplace.db'), { readonly: true });
  try {
    return handle.prepare('select hashrate from worker_activity where worker_id = ?').pluck().get(workerId);
  } finally {
    handle.close();
  }
}

describe('a platform in the process', () => {
  test('starts and stops thirty times without leaving a timer, socket or listener', async () => {
    const config = configOf();
    const warm = createPlatform(config);
    await warm.start();
    await warm.stop();
    const resources = activeResources();
    const listeners = processListeners();
    for (let round = 0; round < 30; round += 1) {
      const clock = new ManualClock();
      const platform = createPlatform(config, { clock });
      const { apiPort, mqttPort } = await platform.start();
      expect(clock.activeTimers).toBeGreaterThan(0);
      expect(apiPort).toBeGreaterThan(0);
      expect(mqttPort).toBeGreaterThan(0);
      await platform.stop();
      expect(clock.activeTimers).toBe(0);
    }
    expect(await leakedSince(resources)).toEqual([]);
    expect(processListeners()).toEqual(listeners);
  });

  test('does nothing before its start and after its stop', async () => {
    const resources = activeResources();
    const clock = new ManualClock();
    const platform = createPlatform(configOf(), { clock });
    expect(clock.activeTimers).toBe(0);
    await platform.stop();
    expect(await leakedSince(resources)).toEqual([]);
    expect(platform.addresses).toMatchObject({ apiPort: 0, mqttPort: 0 });
  });

  test('starts again after its stop, and knows what it knew', async () => {
    const dataDir = temporaryFolder();
    const platform = createPlatform(configOf(believing, dataDir));
    onTestFinished(() => platform.stop());
    for (const round of [1, 2, 3]) {
      const { apiPort, mqttPort } = await platform.start();
      const miner = await TestMiner.connect({
        workerId: `w${round}`,
        mqttUrl: `mqtt://127.0.0.1:${mqttPort}`,
      });
      await miner.introduce();
      await miner.block();
      const response = await fetch(`http://127.0.0.1:${apiPort}/api/status`);
      expect(await response.json()).toMatchObject({ workers: round, total_blocks: round });
      await platform.stop();
    }
  });

  test('refuses a second start and goes on; stops called together end together', async () => {
    const platform = createPlatform(configOf());
    const { apiPort } = await platform.start();
    await expect(platform.start()).rejects.toThrow('started already');
    expect((await fetch(`http://127.0.0.1:${apiPort}/readyz`)).status).toBe(200);
    await Promise.all([platform.stop(), platform.stop()]);
    await requireFree(apiPort);
    await platform.stop();
  });

  test('stops after a start that is still under way', async () => {
    const resources = activeResources();
    const clock = new ManualClock();
    const config = configOf(['--mqtt-port', String(await freePort())]);
    const platform = createPlatform(config, { clock });
    const starting = platform.start();
    await platform.stop();
    await starting;
    expect(clock.activeTimers).toBe(0);
    await requireFree(config.mqttPort);
    expect(await leakedSince(resources)).toEqual([]);
  });

  test('stops within three seconds while miners, feed clients and requests are connected', async () => {
    const platform = await startTestPlatform();
    const miners = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        TestMiner.connect({ workerId: `w${index}`, mqttUrl: platform.mqttUrl }),
      ),
    );
    await Promise.all(miners.map((miner) => miner.introduce()));
    const feeds = Array.from({ length: 5 }, () => new WebSocket(platform.feedUrl));
    await Promise.all(feeds.map((feed) => once(feed, 'message')));
    const deaf = await unfinishedRequest(Number(new URL(platform.apiUrl).port));
    const silent = connectSocket(platform.mqttPort, '127.0.0.1');
    await once(silent, 'connect');
    const closed = [
      ...feeds.map((feed) => once(feed, 'close').then(([code]) => code as number)),
      ...[deaf, silent].map((socket) => once(socket, 'close').then(() => 0)),
    ];
    const startedMs = performance.now();
    await platform.stop();
    expect(performance.now() - startedMs).toBeLessThan(3000);
    expect(await Promise.all(closed)).toEqual([1001, 1001, 1001, 1001, 1001, 0, 0]);
  });
});

describe('a start that fails leaves nothing', () => {
  test.each(['storage', 'broker', 'http'])('at the stage of %s', async (stage) => {
    const dataDir = temporaryFolder();
    const taken = await takenPort();
    const free = await freePort();
    const holder = storageAt(join(dataDir, 'marketplace.db'));
    if (stage === 'storage') await holder.start();
    onTestFinished(() => holder.stop());
    const ports = {
      storage: [`--api-port=0`, `--mqtt-port=${free}`],
      broker: [`--api-port=${free}`, `--mqtt-port=${taken}`],
      http: [`--api-port=${taken}`, `--mqtt-port=${free}`],
    }[stage];
    const resources = activeResources();
    const clock = new ManualClock();
    const platform = createPlatform(configOf(ports, dataDir), { clock });
    await expect(platform.start()).rejects.toThrow(
      stage === 'storage' ? 'in use by another' : 'already in use',
    );
    expect(clock.activeTimers).toBe(0);
    expect(await leakedSince(resources)).toEqual([]);
    await requireFree(free);
    if (stage === 'storage') await holder.stop();
    const next = await startTestPlatform({ dataDir });
    expect(await next.get('/readyz')).toMatchObject({ status: 'ready' });
  });

  test('and the same platform starts once the reason is gone', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as { port: number };
    const platform = createPlatform(configOf([`--api-port=${port}`]));
    await expect(platform.start()).rejects.toThrow(`Port ${port}`);
    blocker.close();
    await once(blocker, 'close');
    expect(await platform.start()).toMatchObject({ apiPort: port });
    await platform.stop();
  });
});

test('components stop in reverse order, all of them, even when one fails', async () => {
  const steps: string[] = [];
  const component = (name: string) => ({
    name,
    start: () => void steps.push(`start ${name}`),
    stop: () => {
      steps.push(`stop ${name}`);
      if (name === 'b') throw new Error('b is stuck');
    },
  });
  const stack = new ComponentStack(['a', 'b', 'c'].map(component));
  await stack.start();
  await expect(stack.stop()).rejects.toThrow('b is stuck');
  expect(steps).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
});

/** A request whose body never comes: it keeps the API busy until its connection is closed. */
async function unfinishedRequest(port: number): Promise<Socket> {
  const socket = connectSocket(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const head = 'POST /api/status HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  socket.resume().write(`${head}Content-Length: 100\r\n\r\n{`);
  return socket;
}

describe('the program', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('flushes at %s and exits 0', async (signal) => {
    const dataDir = temporaryFolder();
    const started = await PlatformProcess.start(dataDir);
    const miner = await TestMiner.connect({ workerId: 'w1', mqttUrl: mqttUrlOf(started) });
    await miner.introduce();
    await miner.heartbeat({ hashrate: 4711 });
    expect(await started.end(signal)).toBe(0);
    expect(started.stderr).toBe('');
    expect(storedHashrate(dataDir, 'w1')).toBe(4711);
    expect(started.stdout).toMatch(new RegExp(`${signal}: stopping[^]*stopped`));
  });

  test('ends at once at a second signal', async () => {
    const started = await PlatformProcess.start(temporaryFolder());
    await unfinishedRequest(started.ready.api_port);
    started.child.kill('SIGTERM');
    await waitFor(() => started.stdout.includes('SIGTERM: stopping'), 'the stop to begin');
    const secondMs = performance.now();
    expect(await started.end('SIGTERM')).toBe(1);
    expect(performance.now() - secondMs).toBeLessThan(1000);
  });

  test('a signal during the start is obeyed after it', async () => {
    const dataDir = temporaryFolder();
    const started = PlatformProcess.spawn([
      ...['--api-host=127.0.0.1', '--mqtt-host=127.0.0.1', '--api-port=0', '--mqtt-port=0'],
      ...['--data-dir', dataDir],
    ]);
    await waitFor(() => started.stdout.includes('database created'), 'the database');
    expect(await started.end('SIGTERM')).toBe(0);
    const next = await PlatformProcess.start(dataDir);
    expect(await next.end('SIGTERM')).toBe(0);
  });

  test('goes on when nobody reads its output any more', async () => {
    const started = await PlatformProcess.start(temporaryFolder(), ['--log-level', 'trace']);
    started.child.stdout?.destroy();
    started.child.stderr?.destroy();
    const miner = await TestMiner.connect({ workerId: 'w1', mqttUrl: mqttUrlOf(started) });
    await miner.introduce();
    for (let count = 0; count < 5; count += 1) await miner.publish('heartbeat', 'makes a log line');
    const status = await fetch(`http://127.0.0.1:${started.ready.api_port}/api/status`);
    expect(await status.json()).toMatchObject({ workers: 1 });
    expect(await started.end('SIGTERM')).toBe(0);
  });

  test.each([
    ['error', 'throw new Error("provoked")'],
    ['rejection', 'Promise.reject(new Error("provoked"))'],
  ])('logs an uncaught %s, flushes, and ends with 1', async (_kind, statement) => {
    const dataDir = temporaryFolder();
    const preloaded = `process.on('SIGUSR2', () => { ${statement} })`;
    const started = await PlatformProcess.start(dataDir, [], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preloaded).replaceAll("'", '%27')}`,
    });
    const miner = await TestMiner.connect({ workerId: 'w1', mqttUrl: mqttUrlOf(started) });
    await miner.introduce();
    await miner.heartbeat({ hashrate: 4711 });
    expect(await started.end('SIGUSR2')).toBe(1);
    const fatal = started.stdout.split('\n').find((line) => line.includes('uncaught')) ?? '';
    expect(JSON.parse(fatal)).toMatchObject({
      level: 60,
      module: 'server',
      msg: 'uncaught: provoked',
      err: { message: 'provoked', stack: expect.stringContaining('Error: provoked') as string },
    });
    expect(storedHashrate(dataDir, 'w1')).toBe(4711);
  });
});
