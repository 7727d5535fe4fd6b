import type { BenchContext, MinerLoad } from '../context.ts';
import type { PaceResult } from '../load/pace.ts';
import { rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';

const maxP99Ms = 15;

/** Time from PUBLISH to PUBACK at a moderate, steady load, against the bare broker. */
export const pubackLatencyScenario: Scenario = {
  name: 'puback-latency',
  description: 'PUBLISH to PUBACK, p99, 1000 heartbeats/s evenly over 1000 miners',
  hasYardstick: true,
  run,
};

async function run(context: BenchContext): Promise<ScenarioResult> {
  const miners = context.miners(1000);
  let platform: PaceResult | undefined;
  if (!context.options.yardsticksOnly) {
    const server = await context.startPlatform();
    const load = await context.connectToPlatform(server, miners);
    platform = await measure(context, load);
    await context.finishPlatform(server);
    await load.load.stop();
  }
  const bareLoad = await context.connectToBareAedes(miners);
  const bare = await measure(context, bareLoad);
  await context.finishBareAedes(bareLoad);
  const value = platform?.latencyMs.p99 ?? Number.NaN;
  return {
    value,
    unit: 'ms (p99)',
    target: `<= ${maxP99Ms}`,
    yardstick: bare.latencyMs.p99,
    ratio: rounded(value / bare.latencyMs.p99),
    pass: value <= maxP99Ms && platform?.unacknowledged === 0 && platform.lostConnections === 0,
    details: { miners, platform: figures(platform), bare_aedes: figures(bare) },
  };
}

function measure(context: BenchContext, { load }: MinerLoad): Promise<PaceResult> {
  const warmUpMs = context.duration(1500);
  return load.call('pace', {
    perSec: 1000,
    warmUpMs,
    durationMs: warmUpMs + context.duration(10_000),
    epochMs: context.epochMs,
  });
}

function figures(result: PaceResult | undefined): object | undefined {
  if (result === undefined) return undefined;
  const { latencyMs, unacknowledged, lostConnections, lateMaxMs, generator } = result;
  return {
    ...latencyMs,
    unacknowledged,
    lost_connections: lostConnections,
    generator_late_max_ms: lateMaxMs,
    generator,
  };
}
