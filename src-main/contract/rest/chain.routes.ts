/** rest.md, Chain simulator: the RPC of the XenBlocks network, as miners call it. */
import { z } from 'zod';
import { blockTypes } from '../domain/block.ts';
import { attemptsSchema } from '../mqtt/miner-messages.ts';
import { defineRoute, queryInteger } from './define-route.ts';

/** An address, or what an old simulator takes for one. */
const account = z
  .string({ error: 'must be text' })
  .regex(/^[A-Za-z0-9._:-]{1,128}$/, 'must be an address: 0x and 40 hex digits');

/** Miners in other languages send null, or numbers, where others send text. */
const looseText = (maxLength: number) =>
  z
    .union([z.string().max(maxLength), z.number()], {
      error: `must be text of at most ${maxLength} characters`,
    })
    .nullish()
    .transform((value) => String(value ?? ''));

const chainBlockSchema = z
  .object({
    block_id: z.number(),
    hash_to_verify: z.string(),
    key: z.string(),
    account: z.string(),
    date: z.string().meta({ description: 'UTC, as 2026-01-31 23:59:59' }),
    created_at: z.number(),
    block_type: z.enum(blockTypes),
    attempts: z.number(),
    hashes_per_second: z.string(),
    worker: z.string(),
  })
  .meta({ id: 'ChainBlock' });
export type ChainBlock = z.infer<typeof chainBlockSchema>;

export const difficultyRoute = defineRoute({
  method: 'get',
  path: '/difficulty',
  tag: 'Chain',
  summary: 'The memory cost at which miners have to hash, in KiB, as text',
  access: 'public',
  response: z.object({ difficulty: z.string() }),
});

export const verifyBlockRoute = defineRoute({
  method: 'post',
  path: '/verify',
  tag: 'Chain',
  summary:
    'Submits a block; 409 when its key is known, 400 outside the xuni window, 500 when it is not a block',
  access: 'public',
  rpcErrors: true,
  body: z.object({
    hash_to_verify: z
      .string({ error: 'must be text' })
      .regex(/^[A-Za-z0-9+/=$,._:-]{1,1024}$/, 'must be a hash of at most 1024 characters'),
    key: z.string({ error: 'must be text' }).regex(/^[0-9a-f]{1,1024}$/i, 'must be hex digits, 64 or more'),
    account,
    attempts: attemptsSchema.nullish().transform((value) => value ?? 0),
    hashes_per_second: looseText(64),
    worker: looseText(256),
  }),
  response: z.object({
    status: z.literal('success'),
    message: z.string(),
    block_type: z.enum(blockTypes),
    block_id: z.number(),
  }),
  errors: ['bad_request', 'conflict', 'not_verified'],
});

export const lastBlocksRoute = defineRoute({
  method: 'get',
  path: '/getblocks/lastblock',
  tag: 'Chain',
  summary: 'The last 100 blocks, rising in number',
  access: 'public',
  response: z.array(chainBlockSchema),
});

export const sendPowRoute = defineRoute({
  method: 'post',
  path: '/send_pow',
  tag: 'Chain',
  summary: "Takes a miner's vote on the last blocks; the simulator needs no votes and keeps none",
  access: 'public',
  rpcErrors: true,
  body: z.object({
    account_address: account.nullish(),
    block_id: z
      .union(
        [
          z.number(),
          z
            .string()
            .regex(/^\d{1,15}$/)
            .transform(Number),
        ],
        { error: 'must be a whole number' },
      )
      .pipe(z.number().int('must be a whole number').min(0, 'must not be negative').max(1e15)),
    merkle_root: looseText(256),
  }),
  response: z.object({ status: z.literal('success'), message: z.string(), block_id: z.number() }),
  errors: ['bad_request'],
});

export const chainBalanceRoute = defineRoute({
  method: 'get',
  path: '/balance/{address}',
  tag: 'Chain',
  summary: 'Rewards of an account, in coins',
  access: 'public',
  params: z.object({ address: account }),
  response: z.object({ address: z.string(), balance: z.number() }),
});

export const chainStatsRoute = defineRoute({
  method: 'get',
  path: '/chain/stats',
  tag: 'Chain',
  summary: 'Totals of the chain',
  access: 'public',
  response: z
    .object({
      total_blocks: z.number(),
      normal_blocks: z.number(),
      super_blocks: z.number(),
      xuni_blocks: z.number(),
      difficulty: z.number(),
      unique_miners: z.number(),
      next_block_id: z.number(),
    })
    .meta({ id: 'ChainStats' }),
});

export const chainBlocksRoute = defineRoute({
  method: 'get',
  path: '/chain/blocks',
  tag: 'Chain',
  summary: 'Blocks, newest first',
  access: 'public',
  query: z.object({
    account: z
      .string({ error: 'must be text' })
      .regex(/^[A-Za-z0-9._:-]{0,128}$/, 'must be an address')
      .default('')
      .meta({ description: 'Only blocks of this account, in any case' }),
    prefix: z
      .string({ error: 'must be hex digits' })
      .regex(/^[0-9a-f]{0,128}$/i, 'must be up to 128 hex digits')
      .default('')
      .meta({ description: 'Only blocks whose key begins with it, in any case' }),
    limit: queryInteger({ min: 1, max: 500, default: 50 }),
  }),
  response: z.array(chainBlockSchema),
});
