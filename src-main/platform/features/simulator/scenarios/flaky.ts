import type { Scenario } from './scenario.ts';

/** Everything that can go wrong does, to each rig within some minutes. */
export const flakyScenario: Scenario = {
  name: 'flaky',
  summary: 'bad lines and hot rooms: each rig has some trouble every few minutes',
  incidentEverySec: { networkLoss: 180, powerLoss: 900, gpuLoss: 600, overheating: 420 },
};
