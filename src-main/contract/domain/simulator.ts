/** What a simulation can be asked for, on the command line and by the API. */
export const simulatorLimits = {
  workers: { min: 1, max: 20_000, default: 5 },
  /** Mean time between two blocks of one worker. */
  blockIntervalSec: { min: 0.1, max: 86_400, default: 60 },
  heartbeatSec: { min: 0.1, max: 3600, default: 5 },
  gpuCount: { min: 1, max: 64 },
  /** The same seed gives the same rigs: simulated workers come back as who they were. */
  seed: { min: 0, max: 2_147_483_647, default: 1 },
} as const;

/** Ids of simulated workers begin with this, a dash and a number from 001, unless asked for otherwise. */
export const simulatedWorkerPrefix = 'sim-worker';
