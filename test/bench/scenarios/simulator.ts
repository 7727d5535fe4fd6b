import { performance } from 'node:perf_hooks';
import type { BenchContext } from '../context.ts';
import { sleep } from '../load/clock.ts';
import type { PlatformProcess } from '../process/platform-process.ts';
import { SimulatorProcess } from '../process/simulator-process.ts';
import { peakMemoryBytes } from '../process/proc-stats.ts';
import { rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';

const maxCores = 0.5;
const heartbeatEverySec = 5;
const connectTimeoutMs = 60_000;

/** What a simulated fleet costs, against a generator that only writes prepared packets to sockets. */
export const simulatorScenario: Scenario = {
  name: 'simulator-5000',
  description: `CPU cores of 5000 simulated miners, a heartbeat every ${heartbeatEverySec} s and a proven block every 60 s each`,
  hasYardstick: true,
  run,
};

interface Measured {
  cores: number;
  platformCores: number | undefined;
  blocks: number;
  exitCode: number | null;
  peakMb: number | undefined;
}

async function run(context: BenchContext): Promise<ScenarioResult> {
  const miners = context.miners(5000);
  const measured = context.options.yardsticksOnly ? undefined : await measure(context, miners);
  const bare = await context.connectToBareAedes(miners);
  const { generator } = await bare.load.call('pace', {
    perSec: miners / heartbeatEverySec,
    durationMs: context.duration(10_000),
    warmUpMs: 0,
    epochMs: context.epochMs,
  });
  await context.finishBareAedes(bare);
  const value = measured?.cores ?? Number.NaN;
  return {
    value: rounded(value),
    unit: 'cores',
    target: `<= ${maxCores}`,
    yardstick: generator.cpu,
    ratio: rounded(value / generator.cpu),
    pass: value <= maxCores && measured?.exitCode === 0,
    details: {
      miners,
      platform_cores: measured?.platformCores,
      proven_blocks: measured?.blocks,
      exit_code: measured?.exitCode,
      peak_mb: measured?.peakMb,
    },
  };
}

async function measure(context: BenchContext, miners: number): Promise<Measured> {
  const platform = await context.startPlatform(undefined, ['--block-marker', 'X1', '--difficulty', '8']);
  const simulator = new SimulatorProcess(context.scope, context.options.cli, [
    ...['--port', String(platform.mqttPort), '--api-port', String(platform.apiPort)],
    ...['--workers', String(miners), '--heartbeat-interval', String(heartbeatEverySec)],
  ]);
  await online(platform, miners);
  // All of them have sent their first heartbeat, and the code is warm.
  await sleep(context.duration(heartbeatEverySec * 1000));
  const before = await blocksOf(platform);
  const platformUse = await context.withCpu(platform.pid, () =>
    context.withCpu(simulator.pid, () => sleep(context.duration(15_000))),
  );
  const blocks = (await blocksOf(platform)) - before;
  const peakBytes = peakMemoryBytes(simulator.pid);
  const exitCode = await simulator.stop();
  await context.finishPlatform(platform);
  return {
    cores: platformUse.result.serverCpu ?? Number.NaN,
    platformCores: platformUse.serverCpu,
    blocks,
    exitCode,
    peakMb: peakBytes === undefined ? undefined : Math.round(peakBytes / 1_048_576),
  };
}

/** A few rigs are always in some trouble. */
async function online(platform: PlatformProcess, miners: number): Promise<void> {
  const deadline = performance.now() + connectTimeoutMs;
  for (;;) {
    const stats = (await platform.json('/api/monitoring/stats')) as { online: number };
    if (stats.online >= miners * 0.99) return;
    if (performance.now() > deadline) throw new Error(`${stats.online} of ${miners} workers are online`);
    await sleep(200);
  }
}

async function blocksOf(platform: PlatformProcess): Promise<number> {
  const status = (await platform.json('/api/status')) as { total_blocks: number };
  return status.total_blocks;
}
