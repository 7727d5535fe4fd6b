/** Shapes and words of blocks that every room shares (domain.md, verification.md). */
import { z } from 'zod';

/** proven: hashed again here; unproven: recorded but not checked or not checkable; rejected: never counts. */
export const blockVerdicts = ['proven', 'unproven', 'rejected'] as const;
export type BlockVerdict = (typeof blockVerdicts)[number];

/** Kinds of blocks, by what is found in the tag of the proof. */
export const blockTypes = ['normal', 'super', 'xuni'] as const;
export type BlockType = (typeof blockTypes)[number];

/** Every code that explains a verdict, and what it means. */
export const blockReasons = {
  '': 'Proven: there is nothing to explain',
  legacy_salt:
    'The salt belongs to no account. It proves the work of a self-mined block; for a lease it is refused',
  not_checked: 'The platform runs with --verify off: recorded as reported',
  no_proof: 'The hash is not a PHC string, so that nothing can be checked',
  no_account: 'The report names no account with which the salt could be compared',
  malformed_proof:
    'The hash is not exactly $argon2id$v=19$m=<M>,t=1,p=1$<salt of 20 bytes>$<tag of 64 bytes>',
  malformed_key: 'The key is not 64 or 128 hex digits',
  memory_below_difficulty: 'The memory cost is below the difficulty in force',
  memory_above_limit: 'The memory cost is above 1 GiB',
  no_marker: 'The tag holds no marker: it is a hash, not a block',
  outside_xuni_window: 'A xuni block counts only from minute 55 to 5 of an hour',
  wrong_account: 'The salt is not the account that the report names',
  wrong_hash: 'Argon2id of the key does not give the tag',
  imported: 'Taken over from the earlier platform, which computed no proofs',
  duplicate_key: 'The key counts already, for another worker or another lease',
  unknown_lease: 'There is no such lease',
  lease_of_another_worker: 'The lease is not one of this worker',
  lease_ended: 'It arrived more than a minute after the end of its lease',
  wrong_prefix: "The key does not begin with the lease's prefix",
  not_consumer_account: "The account is not the address of the lease's consumer",
} as const satisfies Readonly<Record<string, string>>;
export type BlockReason = keyof typeof blockReasons;

/** A block as REST and the feed show it (websocket.md `Block`, rest.md `/api/monitoring/blocks/recent`). */
export const blockSchema = z
  .object({
    block_id: z
      .number()
      .meta({ description: "Number of the report, by the order of arrival; not the chain's" }),
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
    block_type: z
      .enum([...blockTypes, ''])
      .meta({ description: 'Empty when no marker was found or looked for' }),
    counted: z.boolean().meta({ description: 'Whether it counts for its worker and its lease' }),
    timestamp: z.number().meta({ description: 'Unix seconds of arrival at the platform' }),
    verified: z.enum(blockVerdicts),
    reason: z.string().meta({
      description: `Code that explains the verdict. ${Object.entries(blockReasons)
        .map(([code, meaning]) => `\`${code}\`: ${meaning}.`)
        .join(' ')}`,
    }),
  })
  .meta({ id: 'Block' });
export type Block = z.infer<typeof blockSchema>;
