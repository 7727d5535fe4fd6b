import type { VerifyMode } from '../../../contract/config.ts';
import { toCredits } from '../../../contract/domain/money.ts';
import {
  activityRoute,
  networkRoute,
  overviewStatsRoute,
  trendsRoute,
} from '../../../contract/rest/overview.routes.ts';
import { toPage, type HttpServer } from '../../http/http-server.ts';
import type { Accounts } from '../accounts/index.ts';
import type { Blocks } from '../blocks/index.ts';
import type { Chain } from '../chain/index.ts';
import type { FleetView } from '../fleet/index.ts';
import type { Leases } from '../leases/index.ts';
import type { OverviewRepository } from './overview.repository.ts';
import type { Trends } from './trends.ts';

export interface OverviewOptions {
  readonly http: HttpServer;
  readonly repository: OverviewRepository;
  readonly trends: Trends;
  readonly view: FleetView;
  readonly blocks: Blocks;
  readonly leases: Leases;
  readonly accounts: Accounts;
  /** Absent without the chain simulator. */
  readonly chain: Chain | undefined;
  /** What a block has to show now. */
  readonly blockDemands: () => { verify: VerifyMode; marker: string; difficultyKib: number };
}

/** rest.md: `/api/overview/*`. */
export function mountOverview({
  http,
  repository,
  trends,
  view,
  blocks,
  leases,
  accounts,
  chain,
  blockDemands,
}: OverviewOptions): void {
  http.mount(overviewStatsRoute, async () => {
    const { counts } = leases;
    const users = await accounts.counts();
    const totals = view.totals();
    return {
      total_users: users.users,
      total_providers: users.providers,
      total_consumers: users.consumers,
      total_workers: totals.total,
      online_workers: totals.online,
      total_hashrate: totals.hashrate,
      total_blocks: blocks.totals.total,
      blocks_24h: blocks.rates.lastDay,
      total_leases: counts.leases,
      active_leases: leases.activeCount,
      total_settled: counts.settlements,
      platform_revenue: toCredits(counts.feesMicro),
    };
  });

  http.mount(trendsRoute, ({ query }) => trends.of(query.utc_offset_min));

  http.mount(activityRoute, async ({ query: { page, limit } }) => {
    const total = blocks.totals.total + 2 * leases.counts.leases - leases.activeCount;
    const offset = (page - 1) * limit;
    const items = offset < total ? await repository.activity(limit, offset) : [];
    return toPage({ total, items }, page, limit);
  });

  http.mount(networkRoute, () => {
    const { verify, marker, difficultyKib } = blockDemands();
    return {
      // Without a chain, what most miners say they mine at.
      difficulty: chain?.difficultyKib ?? view.reportedDifficulty(),
      total_workers: view.totals().total,
      total_blocks: blocks.totals.total,
      chain_blocks: chain?.totalBlocks ?? 0,
      verify,
      block_marker: marker,
      proof_difficulty: difficultyKib,
    };
  });
}
