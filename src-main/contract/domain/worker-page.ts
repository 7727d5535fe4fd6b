/** One worker in all detail, and what it did over time. */
import { z } from 'zod';
import { workerSchema } from './worker.ts';

/**
 * What a worker did:
 * - `mining`: it reported SELF_MINING, for its owner;
 * - `leased`: LEASED or MINING, for a lease;
 * - `available`: AVAILABLE or COMPLETED;
 * - `paused`: IDLE;
 * - `error`: ERROR;
 * - `silent`: its heartbeats stopped;
 * - `offline`: it said so, or its will did;
 * - `unknown`: the platform did not run, or did not know it yet.
 */
export const timelineStates = [
  'mining',
  'leased',
  'available',
  'paused',
  'error',
  'silent',
  'offline',
  'unknown',
] as const;
export type TimelineState = (typeof timelineStates)[number];

/** A timeline never needs more. */
export const maxTimelineSegments = 500;

export const timelineSegmentSchema = z
  .object({ from: z.number(), to: z.number(), state: z.enum(timelineStates) })
  .meta({ id: 'TimelineSegment' });
export type TimelineSegment = z.infer<typeof timelineSegmentSchema>;

/** What a miner is told to mine, or says that it mines. */
const minedConfig = {
  difficulty: z.number().nullable(),
  address: z.string().nullable(),
  prefix: z.string().nullable(),
  block_pattern: z.string().nullable(),
};

export const workerConfigSchema = z
  .object({
    wanted: z.object(minedConfig).meta({
      description:
        'By the lease under way, else by the newest settings that were sent and reached it; null: nothing was asked',
    }),
    reported: z.object(minedConfig).meta({ description: 'By its heartbeats; null: it does not say' }),
  })
  .meta({ id: 'WorkerConfig' });
export type WorkerConfig = z.infer<typeof workerConfigSchema>;

/** `GET /api/workers/{worker_id}`: the row of `GET /api/workers`, and all the rest. */
export const workerDetailsSchema = z
  .object({
    ...workerSchema.shape,
    account_id: z.string().meta({ description: 'Its owner' }),
    listed: z.boolean().meta({ description: 'Whether its owner offers it for rent' }),
    version: z.string(),
    detail: z.string().meta({ description: 'What the miner says of its state' }),
    lease_id: z.string().meta({ description: 'The lease under way; empty without one' }),
    registered_at: z.number(),
    offline_since: z
      .number()
      .nullable()
      .meta({ description: 'Since when it is offline or silent; null while it is online' }),
    last_online_at: z.number(),
    total_online_sec: z.number(),
    accepted_blocks: z.number().meta({ description: 'As it counts them' }),
    miner_uptime_sec: z.number(),
    config: workerConfigSchema,
  })
  .meta({ id: 'WorkerDetails' });
export type WorkerDetails = z.infer<typeof workerDetailsSchema>;
