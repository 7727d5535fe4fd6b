import type { BenchContext, ServerLife } from '../context.ts';
import { rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';

const maxP99Ms = 20;
/** A p99 over less is a handful of samples, all of them from the start of the process. */
const minLifeMs = { full: 2000, quick: 500 };
/** Closed loops without a pause: there a long turn of the loop means throughput, not slowness. */
const saturating = /^(heartbeats|blocks|connect|http|start)-/;

/** The longest event-loop delay (p99 over a process's life) of all platform processes before it. */
export const eventLoopScenario: Scenario = {
  name: 'event-loop',
  description:
    'event-loop delay of the platform, p99, the worst of all scenarios before (or of a short load)',
  hasYardstick: false,
  run,
};

async function run(context: BenchContext): Promise<ScenarioResult> {
  if (context.lives.platform.length === 0) await shortLoad(context);
  const minMs = context.options.quick ? minLifeMs.quick : minLifeMs.full;
  const judged = context.lives.platform.filter(({ livedMs }) => livedMs >= minMs);
  const value = worst(judged);
  const yardstick = worst(context.lives.bareAedes);
  return {
    value: rounded(value),
    unit: 'ms (p99)',
    target: `<= ${maxP99Ms}`,
    ...(Number.isNaN(yardstick) ? {} : { yardstick: rounded(yardstick), ratio: rounded(value / yardstick) }),
    pass: value <= maxP99Ms,
    details: {
      processes: judged.length,
      worst_at_steady_load: rounded(worst(judged.filter(({ scenario }) => !saturating.test(scenario)))),
      platform: byScenario(context.lives.platform),
      bare_aedes: byScenario(context.lives.bareAedes),
    },
  };
}

function worst(lives: ServerLife[]): number {
  return lives.length === 0 ? Number.NaN : Math.max(...lives.map((life) => life.eventLoopP99Ms));
}

function byScenario(lives: ServerLife[]): Record<string, number> {
  const groups = Object.groupBy(lives, ({ scenario }) => scenario);
  return Object.fromEntries(
    Object.entries(groups).map(([name, group]) => [name, rounded(worst(group ?? []))]),
  );
}

async function shortLoad(context: BenchContext): Promise<void> {
  const platform = await context.startPlatform();
  const { load } = await context.connectToPlatform(platform, context.miners(1000));
  const durationMs = context.duration(5000);
  await load.call('pace', { perSec: 1000, durationMs, warmUpMs: 0, epochMs: context.epochMs });
  await context.finishPlatform(platform);
  await load.stop();
}
