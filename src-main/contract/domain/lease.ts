/** Leases and their settlement (domain.md, Lease; rest.md, Market). */
import { z } from 'zod';
import { blockSchema } from './block.ts';

export const leaseStates = ['active', 'completed', 'cancelled'] as const;
export type LeaseState = (typeof leaseStates)[number];

/**
 * Why a lease ended. `expired`: its time was over; `stopped`: its consumer ended it; `never_started`: the worker
 * did not report MINING in time; `worker_away`: it stayed offline; `worker_gave_up`: it left the task and did not
 * take it again; `imported`: it ended on the earlier platform, which noted no reason; `imported_conflict`: the earlier
 * platform had another one of the same worker, or with the same prefix, under way.
 */
export const leaseEndReasons = [
  'expired',
  'stopped',
  'never_started',
  'worker_away',
  'worker_gave_up',
  'imported',
  'imported_conflict',
] as const;
export type LeaseEndReason = (typeof leaseEndReasons)[number];

/** Longest lease and highest price: their product stays an exact integer of micro-credits. */
export const maxDurationSec = 31_536_000;
export const maxPricePerMin = 10_000;

export const leaseSchema = z
  .object({
    lease_id: z.string(),
    worker_id: z.string(),
    consumer_id: z.string(),
    consumer_address: z.string(),
    prefix: z.string(),
    duration_sec: z.number(),
    state: z.enum(leaseStates),
    created_at: z.number(),
    ended_at: z.number().nullable(),
    blocks_found: z.number().meta({ description: 'Blocks that count for the lease' }),
    avg_hashrate: z.number(),
    elapsed_sec: z.number(),
    price_per_min: z.number(),
    total_cost: z
      .number()
      .nullable()
      .meta({ description: 'What its consumer paid, in credits; null while it is not settled' }),
    end_reason: z.string().meta({ description: `Empty while active; ${leaseEndReasons.join(', ')}` }),
  })
  .meta({ id: 'Lease' });
export type Lease = z.infer<typeof leaseSchema>;

export const settlementSchema = z
  .object({
    lease_id: z.string(),
    consumer_id: z.string(),
    provider_id: z.string(),
    worker_id: z.string(),
    duration_sec: z.number().meta({ description: 'Seconds that were billed' }),
    elapsed_sec: z.number(),
    downtime_sec: z.number(),
    blocks_found: z.number(),
    held: z.number(),
    total_cost: z.number(),
    provider_payout: z.number(),
    provider_payment: z.number().meta({ description: 'The same as provider_payout' }),
    platform_fee: z.number(),
    refund: z.number(),
    transaction_id: z.number(),
    settled_at: z.number(),
  })
  .meta({ id: 'Settlement' });
export type Settlement = z.infer<typeof settlementSchema>;

/** Everything from which the cost of a lease can be computed again. */
export const statementSchema = z
  .object({
    price_per_min: z.number(),
    held: z.number(),
    elapsed_sec: z.number(),
    outages: z.array(
      z.object({
        from: z.number(),
        to: z.number(),
        cause: z.string().meta({ description: 'offline: it said so; silent: its heartbeats stopped' }),
      }),
    ),
    downtime_sec: z.number(),
    billed_sec: z.number(),
    total_cost: z.number(),
    provider_payout: z.number(),
    platform_fee: z.number(),
    refund: z.number(),
    explanation: z.array(z.string()),
    transactions: z.array(z.number()).meta({ description: 'Entries of the ledger' }),
    is_final: z.boolean().meta({ description: 'False while the lease is active: what it would cost now' }),
  })
  .meta({ id: 'Statement' });
export type Statement = z.infer<typeof statementSchema>;

export const leaseDetailsSchema = z
  .object({
    ...leaseSchema.shape,
    mining_since: z.number().nullable(),
    blocks: z.array(blockSchema),
    settlement: settlementSchema.optional(),
    statement: statementSchema,
  })
  .meta({ id: 'LeaseDetails' });
export type LeaseDetails = z.infer<typeof leaseDetailsSchema>;
