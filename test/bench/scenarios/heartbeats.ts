import type { BenchContext, MinerLoad } from '../context.ts';
import type { SaturateResult } from '../load/saturate.ts';
import { rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';

const minRatio = 0.5;

/** Acknowledged heartbeats per second at full speed, against the bare broker. */
export function heartbeatScenario(count: number): Scenario {
  return {
    name: `heartbeats-${count}`,
    description: `QoS 1 heartbeats acknowledged per second, ${count} miners with one in flight each`,
    hasYardstick: true,
    run: (context) => run(context, count),
  };
}

interface Measured {
  result: SaturateResult;
  serverCpu?: number;
}

async function run(context: BenchContext, count: number): Promise<ScenarioResult> {
  const miners = context.miners(count);
  let platform: Measured | undefined;
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
  const value = platform?.result.perSec ?? Number.NaN;
  const ratio = value / bare.result.perSec;
  const lost = (platform?.result.lostConnections ?? 0) + (platform?.result.unacknowledged ?? 0);
  return {
    value: rounded(value, 0),
    unit: 'acks/s',
    target: `ratio >= ${minRatio}`,
    yardstick: rounded(bare.result.perSec, 0),
    ratio: rounded(ratio),
    pass: ratio >= minRatio && lost === 0,
    details: { miners, platform: figures(platform), bare_aedes: figures(bare) },
  };
}

function measure(context: BenchContext, { load, serverPid }: MinerLoad): Promise<Measured> {
  return context.withCpu(serverPid, () =>
    load.call('saturate', {
      message: 'heartbeat',
      inFlight: 1,
      warmUpMs: context.duration(2000),
      durationMs: context.duration(8000),
    }),
  );
}

function figures(measured: Measured | undefined): object | undefined {
  if (measured === undefined) return undefined;
  const { acknowledgedInAll, unacknowledged, lostConnections, generator } = measured.result;
  return {
    acknowledged: acknowledgedInAll,
    unacknowledged,
    lost_connections: lostConnections,
    server_cpu: measured.serverCpu,
    generator,
  };
}
