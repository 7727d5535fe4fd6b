import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { BenchContext } from '../context.ts';
import { sleep } from '../load/clock.ts';
import { generateHistory } from '../process/generate.ts';
import { platformNodeFlags, PlatformProcess } from '../process/platform-process.ts';
import { trackChild } from '../process/scope.ts';
import { median, rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';

const maxMs = 450;
const pollMs = 5;
const giveUpMs = 20_000;

/** Time from spawning the platform to its first answer, with a database that has seen some use. */
export const startScenario: Scenario = {
  name: 'start-50000',
  description: 'spawn to the first 200 on GET /, median, database with 50,000 blocks of 1,000 workers',
  hasYardstick: true,
  run,
};

async function run(context: BenchContext): Promise<ScenarioResult> {
  const rounds = context.options.quick ? 3 : 5;
  const starts: number[] = [];
  let blocks = 0;
  if (!context.options.yardsticksOnly) {
    const dataDir = context.scope.temporaryDirectory();
    const flags = context.options.quick ? ['--blocks', '2000', '--leases', '200', '--workers', '100'] : [];
    blocks = (await generateHistory(context.options.cli, dataDir, flags)).rows['blocks'] ?? 0;
    for (let round = 0; round < rounds; round += 1) starts.push(await measureStart(context, dataDir));
  }
  const bare: number[] = [];
  for (let round = 0; round < rounds; round += 1) bare.push(await measureBareNode());
  const value = median(starts);
  return {
    value: rounded(value, 0),
    unit: 'ms',
    target: `<= ${maxMs}`,
    yardstick: rounded(median(bare), 0),
    ratio: rounded(value / median(bare)),
    pass: value <= maxMs,
    details: { blocks, starts_ms: starts.map((start) => rounded(start, 0)) },
  };
}

async function measureStart(context: BenchContext, dataDir: string): Promise<number> {
  const apiPort = await freePort();
  const begin = performance.now();
  const platform = new PlatformProcess(context.scope, { cli: context.options.cli, dataDir, apiPort });
  let failure: Error | undefined;
  platform.ready.catch(
    (error: unknown) => (failure = error instanceof Error ? error : new Error(String(error))),
  );
  while (!(await answersOk(apiPort))) {
    if (failure !== undefined) throw failure;
    if (performance.now() - begin > giveUpMs) throw new Error('the platform never answered GET /');
    await sleep(pollMs);
  }
  const milliseconds = performance.now() - begin;
  await platform.ready;
  await context.finishPlatform(platform);
  return milliseconds;
}

/** One raw request; false while nobody listens or the answer isn't 200. */
function answersOk(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('connect', () => {
      socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
    });
    socket.once('data', (data) => {
      resolve(data.toString('latin1', 9, 12) === '200');
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Spawn to exit of a Node process that does nothing. */
async function measureBareNode(): Promise<number> {
  const begin = performance.now();
  const child = spawn(process.execPath, [...platformNodeFlags(), '-e', '0'], { stdio: 'ignore' });
  trackChild(child);
  await once(child, 'exit');
  return performance.now() - begin;
}
