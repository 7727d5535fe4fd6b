import type { Scenario } from './scenario.ts';

const hourSec = 3600;

/** A farm on a good day: with a thousand rigs something happens every minute or so. */
export const steadyScenario: Scenario = {
  name: 'steady',
  summary: 'a farm on a good day: now and then a rig drops out, loses a card or gets too hot',
  incidentEverySec: {
    networkLoss: 48 * hourSec,
    powerLoss: 96 * hourSec,
    gpuLoss: 72 * hourSec,
    overheating: 48 * hourSec,
  },
};
