import type { BenchContext } from '../context.ts';
import { sleep } from '../load/clock.ts';
import { heapMb, metric, openFleet } from '../load/dashboard.ts';
import { rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';

const minutes = 10;
const warmUpMs = 60_000;
const maxGrowth = 0.1;
const minutesCompared = 3;

/** Whether the fleet's page grows while it is left open. */
export const dashboardSoakScenario: Scenario = {
  name: 'dashboard-soak',
  description: `memory of the fleet's page, left open for ${minutes} minutes, the least of the last minutes against that of the first, 5000 workers`,
  hasYardstick: false,
  isOnlyByName: true,
  maxSec: (minutes + 3) * 60,
  run: soak,
};

async function soak(context: BenchContext): Promise<ScenarioResult> {
  const miners = context.miners(5000);
  const { session, close } = await openFleet(context, miners);
  const minuteMs = context.options.quick ? 1000 : 60_000;
  await sleep(Math.min(warmUpMs, minuteMs));
  const heaps: number[] = [];
  const nodes: number[] = [];
  for (let minute = 0; minute <= minutes; minute += 1) {
    if (minute > 0) await sleep(minuteMs);
    heaps.push(await heapMb(session));
    nodes.push(await metric(session, 'Nodes'));
  }
  await close();
  // What is not collected yet at that moment comes and goes; what stays raises the least of some minutes.
  const first = Math.min(...heaps.slice(0, minutesCompared));
  const last = Math.min(...heaps.slice(-minutesCompared));
  return {
    value: rounded(last, 1),
    unit: 'MB',
    target: `<= ${1 + maxGrowth} times the first minutes`,
    yardstick: rounded(first, 1),
    ratio: rounded(last / first),
    pass: last <= first * (1 + maxGrowth),
    details: { miners, heap_mb: heaps.map((heap) => rounded(heap, 1)), nodes },
  };
}
