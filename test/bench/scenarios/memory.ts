import type { BenchContext, MinerLoad } from '../context.ts';
import { sleep } from '../load/clock.ts';
import type { PlatformProcess } from '../process/platform-process.ts';
import { peakMemoryBytes } from '../process/proc-stats.ts';
import { rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';

const bytesPerMb = 1024 * 1024;
const idleMs = 2000;
const heartbeatEverySec = 5;
const maxMb = [120, 180, 650] as const;

interface Level {
  miners: number;
  rss_mb: number;
  target_mb: number;
  pass: boolean;
}

/** Resident memory of the platform idle and with a small and a large fleet. */
export const memoryScenario: Scenario = {
  name: 'memory',
  description: 'resident memory idle / with 1000 / with 5000 miners that send a heartbeat every 5 s',
  hasYardstick: false,
  run,
};

async function run(context: BenchContext): Promise<ScenarioResult> {
  const limits = { unit: 'MB', target: `<= ${maxMb.join(' / ')}` };
  const platform = await context.startPlatform();
  await sleep(context.duration(idleMs));
  const levels = [await readLevel(platform, 0, maxMb[0])];
  const small = context.miners(1000);
  const load = await context.connectToPlatform(platform, small);
  levels.push(await measureLevel(context, platform, load, small, maxMb[1]));
  const large = context.miners(5000);
  await context.addMiners(load, platform.mqttPort, large);
  levels.push(await measureLevel(context, platform, load, large, maxMb[2]));
  const peakBytes = peakMemoryBytes(platform.pid);
  await context.finishPlatform(platform);
  await load.load.stop();
  return {
    value: levels.at(-1)?.rss_mb ?? Number.NaN,
    ...limits,
    pass: levels.every((level) => level.pass),
    details: { levels, peak_mb: peakBytes === undefined ? undefined : toMb(peakBytes) },
  };
}

async function measureLevel(
  context: BenchContext,
  platform: PlatformProcess,
  { load }: MinerLoad,
  miners: number,
  targetMb: number,
): Promise<Level> {
  await load.call('pace', {
    perSec: miners / heartbeatEverySec,
    durationMs: context.duration(8000),
    warmUpMs: 0,
    epochMs: context.epochMs,
  });
  return readLevel(platform, miners, targetMb);
}

async function readLevel(platform: PlatformProcess, miners: number, targetMb: number): Promise<Level> {
  const { rssBytes } = await platform.metrics();
  const rssMb = toMb(rssBytes);
  return { miners, rss_mb: rssMb, target_mb: targetMb, pass: rssMb <= targetMb };
}

function toMb(bytes: number): number {
  return rounded(bytes / bytesPerMb, 1);
}
