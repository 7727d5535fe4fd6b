import type { BenchContext } from '../context.ts';
import { rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';

const maxSec = 8;

/** How long a whole fleet needs to come (back) up, against the bare broker. */
export const connectScenario: Scenario = {
  name: 'connect-5000',
  description: 'seconds until 5000 miners are connected, subscribed and registered (PUBACK and register_ack)',
  hasYardstick: true,
  run,
};

async function run(context: BenchContext): Promise<ScenarioResult> {
  const miners = context.miners(5000);
  let value = Number.NaN;
  let serverCpu: number | undefined;
  if (!context.options.yardsticksOnly) {
    const platform = await context.startPlatform();
    const measured = await context.withCpu(platform.pid, () => context.connectToPlatform(platform, miners));
    value = measured.result.connectSec;
    serverCpu = measured.serverCpu;
    await context.finishPlatform(platform);
    await measured.result.load.stop();
  }
  const bare = await context.connectToBareAedes(miners);
  await context.finishBareAedes(bare);
  return {
    value: rounded(value),
    unit: 's',
    target: `<= ${maxSec}`,
    yardstick: rounded(bare.connectSec),
    ratio: rounded(value / bare.connectSec),
    pass: value <= maxSec,
    details: { miners, server_cpu: serverCpu },
  };
}
