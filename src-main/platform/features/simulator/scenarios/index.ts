import { flakyScenario } from './flaky.ts';
import { floodScenario } from './flood.ts';
import { powerCutScenario } from './power-cut.ts';
import type { Scenario } from './scenario.ts';
import { steadyScenario } from './steady.ts';

export type { Scenario, Stage } from './scenario.ts';

/** Played unless another one is asked for. */
export const defaultScenario = steadyScenario;

/** All scenarios. */
export const scenarios: readonly Scenario[] = [
  steadyScenario,
  flakyScenario,
  floodScenario,
  powerCutScenario,
];

/** The scenario with this name; undefined when there is none. */
export function findScenario(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}
