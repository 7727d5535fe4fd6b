import {
  chainBalanceRoute,
  chainBlocksRoute,
  chainStatsRoute,
  difficultyRoute,
  lastBlocksRoute,
  sendPowRoute,
  verifyBlockRoute,
} from '../../../contract/rest/chain.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import type { Chain } from './chain.service.ts';

/** rest.md: Chain simulator. */
export function mountChain(http: HttpServer, chain: Chain): void {
  http.mount(difficultyRoute, () => ({ difficulty: String(chain.difficultyKib) }));

  http.mount(verifyBlockRoute, async ({ body, request }) => {
    const { hash_to_verify, key, account, attempts, hashes_per_second, worker } = body;
    const submission = {
      hash: hash_to_verify,
      key,
      account,
      attempts,
      hashesPerSecond: hashes_per_second,
      worker,
    };
    const { type, blockId } = await chain.submit(submission, `verify ${request.ip ?? ''}`);
    return {
      status: 'success' as const,
      message: 'Hash verified successfully and block saved.',
      block_type: type,
      block_id: blockId,
    };
  });

  http.mount(lastBlocksRoute, () => chain.lastBlocks());

  http.mount(sendPowRoute, ({ body }) => ({
    status: 'success' as const,
    message: 'Vote received; the simulator needs none.',
    block_id: body.block_id,
  }));

  http.mount(chainBalanceRoute, async ({ params: { address } }) => ({
    address,
    balance: await chain.balanceOf(address),
  }));

  http.mount(chainStatsRoute, () => chain.stats);

  http.mount(chainBlocksRoute, ({ query: { account, prefix, limit } }) =>
    chain.blocks(limit, { account, prefix }),
  );
}
