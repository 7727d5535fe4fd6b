/** Shapes, words and figures of workers that every room shares (domain.md, mqtt.md, websocket.md). */
import { z } from 'zod';

/** A worker is online while its last heartbeat or register is younger than this (domain.md, Worker). */
export const onlineWindowMs = 90_000;

/** States a miner reports; `offline` is shown while an offline message or will is its last word. */
export const workerStates = [
  'IDLE',
  'AVAILABLE',
  'LEASED',
  'MINING',
  'COMPLETED',
  'ERROR',
  'SELF_MINING',
  'offline',
] as const;
export type WorkerState = (typeof workerStates)[number];

export const gpuSchema = z
  .object({
    index: z.number(),
    name: z.string(),
    memory_gb: z.number(),
    bus_id: z.union([z.number(), z.string()]),
  })
  .meta({ id: 'Gpu' });
export type Gpu = z.infer<typeof gpuSchema>;

/** When the honesty meter flags a worker. */
export const honestyLimits = {
  /** So many standard deviations below what is expected are no bad luck: one honest worker in 700 at a time. */
  flagBelowZ: -3,
  /** With fewer expected blocks, chance says too much. */
  flagFromExpected: 10,
} as const;

/** What a worker claims to compute against what it proves to have found; zeros and null where nothing is proven. */
export const honestySchema = z
  .object({
    claimed_hashes: z.number().meta({ description: 'Hashes that its reported hashrate adds up to' }),
    expected_blocks: z.number().meta({ description: 'Blocks with the marker that these should have found' }),
    proven_blocks: z.number().meta({ description: 'Proven blocks with the marker, without xuni blocks' }),
    z_score: z
      .number()
      .nullable()
      .meta({ description: '(proven - expected) / sqrt(expected); null while nothing is expected' }),
    flag: z.enum(['', 'over_claims']).meta({
      description: `over_claims: z below ${honestyLimits.flagBelowZ} with at least ${honestyLimits.flagFromExpected} expected blocks`,
    }),
  })
  .meta({ id: 'Honesty' });
export type Honesty = z.infer<typeof honestySchema>;

/** What every list of workers shows. */
const listedWorker = {
  worker_id: z.string(),
  eth_address: z.string(),
  state: z.string(),
  online: z.boolean(),
  hashrate: z.number(),
  gpu_count: z.number(),
  active_gpus: z.number(),
  total_memory_gb: z.number(),
  gpus: z.array(gpuSchema),
  last_heartbeat: z.number(),
  self_blocks_found: z.number(),
  price_per_min: z.number(),
  honesty: honestySchema,
};

/** One row of `GET /api/monitoring/fleet`. */
export const fleetWorkerSchema = z
  .object({ ...listedWorker, version: z.string(), total_online_sec: z.number() })
  .meta({ id: 'FleetWorker' });
export type FleetWorker = z.infer<typeof fleetWorkerSchema>;

/** A worker in the feed's snapshot (websocket.md `Worker`). */
export const feedWorkerSchema = z
  .object({
    ...fleetWorkerSchema.shape,
    registered_at: z.number(),
    min_duration_sec: z.number(),
    max_duration_sec: z.number(),
    last_online_at: z.number(),
  })
  .meta({ id: 'FeedWorker' });
export type FeedWorker = z.infer<typeof feedWorkerSchema>;

/** The public score of a worker and everything needed to compute it again (domain.md, Reputation). */
export const reputationSchema = z
  .object({
    worker_id: z.string(),
    score: z.number(),
    stars: z.number(),
    breakdown: z.object({
      block_score: z.number(),
      block_detail: z.object({ verified_blocks: z.number(), max_blocks: z.number(), weight: z.number() }),
      completion_score: z.number(),
      completion_detail: z.object({
        completed_leases: z.number(),
        total_leases: z.number(),
        weight: z.number(),
      }),
      uptime_score: z.number(),
      uptime_detail: z.object({
        online_seconds: z.number(),
        total_seconds: z.number(),
        uptime_pct: z.number(),
        weight: z.number(),
      }),
      age_score: z.number(),
      age_detail: z.object({ days: z.number(), max_days: z.number(), weight: z.number() }),
    }),
  })
  .meta({ id: 'Reputation' });
export type Reputation = z.infer<typeof reputationSchema>;

/** One row of `GET /api/workers`. */
export const workerSchema = z
  .object({
    ...listedWorker,
    min_duration_sec: z.number(),
    max_duration_sec: z.number(),
    difficulty: z.number().meta({ description: 'Memory cost in KiB that it mines at; 0 until it says' }),
    current_address: z.string(),
    current_prefix: z.string(),
    current_block_pattern: z.string(),
    reputation: reputationSchema,
  })
  .meta({ id: 'Worker' });
export type Worker = z.infer<typeof workerSchema>;
