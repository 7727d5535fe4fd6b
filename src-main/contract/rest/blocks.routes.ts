/** rest.md, Market: blocks. */
import { z } from 'zod';
import { blockSchema } from '../domain/block.ts';
import { defineRoute, offsetListOf, offsetQuery, queryText } from './define-route.ts';

export const blocksRoute = defineRoute({
  method: 'get',
  path: '/api/blocks',
  tag: 'Blocks',
  summary: 'All blocks, newest first; with lease_id the blocks of that lease as a plain array',
  access: 'public',
  query: z.object({ lease_id: queryText(256, 'Only the blocks of this lease'), ...offsetQuery }),
  response: z.union([offsetListOf(blockSchema), z.array(blockSchema)]),
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
