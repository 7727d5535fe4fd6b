/** rest.md, Market: blocks. */
import { z } from 'zod';
import { blockSchema, blockTypes, blockVerdicts } from '../domain/block.ts';
import {
  defineRoute,
  offsetListOf,
  offsetQuery,
  queryBoolean,
  queryOptionalDecimal,
  queryRequiredInteger,
  queryTag,
  queryText,
} from './define-route.ts';

/** A total of filtered blocks counts so far; `total_is_exact` then is false. */
export const maxCountedBlocks = 100_000;

/** Filters that have no index of their own look through so many of the newest that the others leave over. */
export const searchedBlocks = 20_000;

/** Shorter ones would find a good part of all blocks. */
const minSearchLength = 4;

/** Bounds of a span of time in a query string, in Unix seconds. */
export const spanQuery = {
  since: queryOptionalDecimal({ min: 0, max: 1e11 }, 'Unix seconds; only from then on'),
  until: queryOptionalDecimal({ min: 0, max: 1e11 }, 'Unix seconds; only before'),
};

export const blocksRoute = defineRoute({
  method: 'get',
  path: '/api/blocks',
  tag: 'Blocks',
  summary: 'Blocks, newest first; with lease_id the blocks of that lease as a plain array',
  access: 'public',
  query: z.object({
    lease_id: queryText(256, 'Only the blocks of this lease'),
    worker_id: queryText(256, 'Only the blocks of this worker'),
    tag: queryTag('Only the blocks of workers with this tag'),
    account: queryText(128, 'Only the blocks that were mined for this account, in any case'),
    verified: z
      .enum(blockVerdicts, { error: `must be one of ${blockVerdicts.join(', ')}` })
      .optional()
      .meta({ description: 'Only blocks with this verdict' }),
    block_type: z
      .enum(blockTypes, { error: `must be one of ${blockTypes.join(', ')}` })
      .optional()
      .meta({ description: 'Only blocks of this kind' }),
    counted: queryBoolean('Only blocks that count, or that do not'),
    search: queryText(
      512,
      'Beginning of a key or of the tag of a hash (at least 4 characters), a whole hash, or the number of a block, here or on the chain',
    ).refine(
      (text) => text === '' || text.length >= minSearchLength || /^\d+$/.test(text),
      `must have at least ${minSearchLength} characters, or be a number`,
    ),
    ...spanQuery,
    ...offsetQuery,
  }),
  optionalCaller: 'by_tag',
  response: z.union([
    offsetListOf(blockSchema).extend({
      total_is_exact: z.boolean().meta({
        description: `False: there are more. Filters together look through the newest ${searchedBlocks} that the first of lease, worker, account, counted and time leaves over; one alone counts to ${maxCountedBlocks}. A tag looks through so many in all, the newest of each of its workers`,
      }),
    }),
    z.array(blockSchema),
  ]),
});

export const blockRoute = defineRoute({
  method: 'get',
  path: '/api/blocks/{block_id}',
  tag: 'Blocks',
  summary: 'One block with its proof',
  access: 'public',
  params: z.object({ block_id: queryRequiredInteger({ min: 1, max: 999_999_999_999_999 }) }),
  response: blockSchema,
  errors: ['not_found'],
});

export const selfMinedBlocksRoute = defineRoute({
  method: 'get',
  path: '/api/blocks/self-mined',
  tag: 'Blocks',
  summary: 'Blocks that were not mined for a lease, newest first',
  access: 'public',
  query: z.object({ worker_id: queryText(256, 'Only the blocks of this worker'), ...offsetQuery }),
  response: offsetListOf(blockSchema),
});
