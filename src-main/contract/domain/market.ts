/** Shapes of the marketplace (domain.md, Marketplace; rest.md, Market). */
import { z } from 'zod';
import { gpuSchema, honestySchema, reputationSchema } from './worker.ts';

/** `price` rises, the others fall. */
export const listingOrders = ['price', 'hashrate', 'gpus', 'memory'] as const;
export type ListingOrder = (typeof listingOrders)[number];

/** What a worker costs and for how long it can be rented. */
export const pricingSchema = z
  .object({
    worker_id: z.string(),
    price_per_min: z.number(),
    min_duration_sec: z.number(),
    max_duration_sec: z.number(),
  })
  .meta({ id: 'Pricing' });
export type Pricing = z.infer<typeof pricingSchema>;

/** One item of `GET /api/marketplace`. */
export const listingSchema = z
  .object({
    ...pricingSchema.shape,
    state: z.string(),
    gpu_count: z.number(),
    total_memory_gb: z.number(),
    gpus: z.array(gpuSchema),
    hashrate: z.number(),
    eth_address: z.string(),
    last_heartbeat: z.number(),
    available: z.boolean().meta({ description: 'Whether it can be rented now' }),
    online: z.boolean(),
    reputation: reputationSchema,
    honesty: honestySchema,
  })
  .meta({ id: 'Listing' });
export type Listing = z.infer<typeof listingSchema>;

/** What renting would cost, to the last micro-credit, when the worker never pauses. */
export const estimateSchema = z
  .object({
    ...pricingSchema.shape,
    duration_sec: z.number(),
    total_cost: z.number(),
    provider_payout: z.number(),
    platform_fee: z.number(),
    hashrate: z.number(),
    available: z.boolean().meta({ description: 'Whether the worker can be rented now' }),
    expected_blocks: z
      .number()
      .nullable()
      .meta({ description: 'At the hashrate that the worker reports now; null while it reports none' }),
  })
  .meta({ id: 'Estimate' });
export type Estimate = z.infer<typeof estimateSchema>;

export const priceSuggestionSchema = z
  .object({
    worker_id: z.string(),
    suggested_price_per_min: z.number(),
    gpu_count: z.number(),
    total_memory_gb: z.number(),
    current_price_per_min: z.number(),
  })
  .meta({ id: 'PriceSuggestion' });
export type PriceSuggestion = z.infer<typeof priceSuggestionSchema>;
