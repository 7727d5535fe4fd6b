/** Shapes and words of blocks that every room shares (domain.md, verification.md). */
import { z } from 'zod';

/** proven: hashed again here; unproven: recorded but not checked or not checkable; rejected: never counts. */
export const blockVerdicts = ['proven', 'unproven', 'rejected'] as const;
export type BlockVerdict = (typeof blockVerdicts)[number];

/** A block as REST and the feed show it (websocket.md `Block`, rest.md `/api/monitoring/blocks/recent`). */
export const blockSchema = z
  .object({
    lease_id: z.string().meta({ description: 'Empty for a self-mined block' }),
    worker_id: z.string(),
    hash: z.string(),
    key: z.string(),
    account: z.string(),
    attempts: z.number(),
    hashrate: z.string(),
    prefix_valid: z.boolean(),
    chain_verified: z.boolean(),
    chain_block_id: z.number().nullable(),
    timestamp: z.number().meta({ description: 'Unix seconds of arrival at the platform' }),
    verified: z.enum(blockVerdicts),
    reason: z
      .string()
      .meta({ description: 'Code that explains the verdict; empty when there is nothing to explain' }),
  })
  .meta({ id: 'Block' });
export type Block = z.infer<typeof blockSchema>;
