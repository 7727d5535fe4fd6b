import type { Scenario } from './scenario.ts';

/** Ten times the messages. */
export const floodScenario: Scenario = {
  name: 'flood',
  summary: 'ten times as many heartbeats and blocks as asked for',
  pace: 10,
};
