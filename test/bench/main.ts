/**
 * Measures the built platform against its performance targets and against yardsticks (the bare libraries)
 * on the same machine in the same run. See `--help`.
 */
import { performance } from 'node:perf_hooks';
import { BenchContext } from './context.ts';
import type { ServerLives } from './context.ts';
import { parseOptions, usage } from './options.ts';
import type { BenchOptions } from './options.ts';
import { installEmergencyCleanup, Scope } from './process/scope.ts';
import { toJsonLine, toTable } from './report.ts';
import type { Outcome } from './report.ts';
import type { Scenario, ScenarioResult } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';

const usualMaxSec = 100;

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    const list = scenarios.map(({ name, description }) => `  ${name.padEnd(16)} ${description}`);
    process.stdout.write(`${usage}\n\nScenarios:\n${list.join('\n')}\n`);
    return 0;
  }
  installEmergencyCleanup();
  const selected = select(options);
  const longestSec = Math.max(...selected.map(({ maxSec = 0 }) => maxSec));
  const deadline = performance.now() + Math.max(options.maxSec, longestSec) * 1000;
  const lives: ServerLives = { platform: [], bareAedes: [] };
  const outcomes: Outcome[] = [];
  for (const scenario of selected) {
    process.stderr.write(`${scenario.name}: ${scenario.description}\n`);
    const outcome = await runScenario(scenario, options, lives, deadline);
    outcomes.push(outcome);
    process.stdout.write(toJsonLine(outcome) + '\n');
  }
  process.stderr.write(`\n${toTable(outcomes)}\n`);
  if (outcomes.some((outcome) => outcome.error !== undefined)) return 1;
  return options.strict && outcomes.some((outcome) => outcome.result?.pass !== true) ? 1 : 0;
}

function select({ only, yardsticksOnly }: BenchOptions): Scenario[] {
  for (const name of only) {
    if (!scenarios.some((scenario) => scenario.name === name)) throw new Error(`unknown scenario ${name}`);
  }
  return scenarios.filter(({ name, hasYardstick, isOnlyByName }) => {
    if (yardsticksOnly && !hasYardstick) return false;
    return only.length === 0 ? !isOnlyByName : only.includes(name);
  });
}

async function runScenario(
  scenario: Scenario,
  options: BenchOptions,
  lives: ServerLives,
  deadline: number,
): Promise<Outcome> {
  const begin = performance.now();
  const scope = new Scope();
  const context = new BenchContext(scenario.name, options, scope, lives);
  const outcome: Outcome = {
    scenario: scenario.name,
    seconds: 0,
    remarks: context.remarks,
    quick: options.quick,
    yardsticksOnly: options.yardsticksOnly,
  };
  try {
    if (begin >= deadline) throw new Error('skipped: time is over');
    outcome.result = await limited(
      scenario.run(context),
      Math.min((scenario.maxSec ?? usualMaxSec) * 1000, deadline - begin),
    );
  } catch (error) {
    outcome.error = error instanceof Error ? error.message : String(error);
  }
  await scope.close().catch((error: unknown) => context.remarks.push(`clean-up failed: ${String(error)}`));
  outcome.seconds = Math.round((performance.now() - begin) / 100) / 10;
  return outcome;
}

/** Bounds a scenario; when the time is over its scope is closed, which ends whatever it still waits for. */
async function limited(run: Promise<ScenarioResult>, timeoutMs: number): Promise<ScenarioResult> {
  run.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('time is over')), Math.max(0, timeoutMs));
  });
  try {
    return await Promise.race([run, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
