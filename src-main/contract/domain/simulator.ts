/** The simulated fleet: what it can be asked for, and how it is seen. */
import { z } from 'zod';
import { workerStates } from './worker.ts';

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

/**
 * - `proven`: every block carries a real proof;
 * - `slowed`: real proofs, but fewer blocks than asked for: the CPU does not give more;
 * - `unproven`: blocks carry no proof and do not count;
 * - `believed`: they carry none, and count because the platform believes blocks.
 */
export const proofModes = ['proven', 'slowed', 'unproven', 'believed'] as const;
export type ProofMode = (typeof proofModes)[number];

const count = z.number();

/** A simulation that runs. */
export const simulationSchema = z
  .object({
    started_at: z.number(),
    scenario: z.string(),
    workers: count,
    seed: z.number(),
    block_interval: z.number().meta({ description: 'Mean seconds between two blocks of a worker' }),
    heartbeat_interval: z.number().meta({ description: 'Seconds between two heartbeats of a worker' }),
    owner: z.string().meta({ description: 'Address of all workers; empty: several owners' }),
    gpu_count: z.number().nullable().meta({ description: 'Of all rigs; null: 1, 2, 4 or 8' }),
    online: count.meta({ description: 'Workers with a connection' }),
    states: z.partialRecord(z.enum(workerStates), count).meta({ description: 'Workers in each state' }),
    hashrate: z.number(),
    heartbeats_per_sec: z.number(),
    messages_per_sec: z.number(),
    blocks: z.object({
      proven: count,
      unproven: count,
      lost: count.meta({ description: 'Found too late to be reported' }),
    }),
    leases: z.object({ active: count, completed: count }),
    reconnects: count,
    connect_failures: count,
    last_failure: z.string().meta({ description: 'Why the last connection could not be made' }),
    proofs: z.enum(proofModes).meta({
      description:
        'proven: blocks carry real proofs; slowed: they do, but there are fewer than asked for; unproven: they carry ' +
        'none and do not count; believed: they carry none and count (verify off)',
    }),
    notice: z.string().meta({ description: 'The same for people, with what to change' }),
  })
  .meta({ id: 'Simulation' });
export type SimulationView = z.infer<typeof simulationSchema>;
