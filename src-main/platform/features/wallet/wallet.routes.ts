import { getAddress } from 'viem/utils';
import { toCredits } from '../../../contract/domain/money.ts';
import {
  walletAchievementsRoute,
  walletHistoryRoute,
  walletShareRoute,
  walletStatsRoute,
} from '../../../contract/rest/wallet.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Accounts } from '../accounts/index.ts';
import { roundHashrate } from '../fleet/index.ts';
import type { LeaseListRepository } from '../leases/index.ts';
import type { Wallets } from './wallet.service.ts';

export interface WalletRoutesOptions {
  readonly http: HttpServer;
  readonly wallets: Wallets;
  readonly accounts: Accounts;
  readonly leaseLists: LeaseListRepository;
  readonly clock: Clock;
}

/** `0x1234...abcd`. */
function shorten(address: string): string {
  return `${address.slice(0, 6)}...${address.slice(-4)}`;
}

/** rest.md: `/api/wallet/history`, `/achievements`, `/stats`, `/share`, for the wallet of the token. */
export function mountWallet({ http, wallets, accounts, leaseLists, clock }: WalletRoutesOptions): void {
  const earningsOf = async (accountId: string) =>
    toCredits((await leaseLists.totalsOf(...(await accounts.withLinked(accountId)))).provider.moneyMicro);

  http.mount(walletHistoryRoute, async ({ query: { period }, caller }) => {
    const data = await wallets.history(caller.ethAddress, period);
    return { address: getAddress(caller.ethAddress), period, count: data.length, data };
  });

  http.mount(walletAchievementsRoute, async ({ caller }) => {
    const { now, record } = await wallets.figures(caller.ethAddress);
    const account = await accounts.require(caller.accountId);
    return {
      address: getAddress(caller.ethAddress),
      current_hashrate: roundHashrate(now.hashrate),
      online_workers: now.online,
      total_workers: now.total,
      total_blocks: record?.total_blocks ?? 0,
      peak_hashrate: roundHashrate(record?.peak_hashrate ?? 0),
      total_earnings: await earningsOf(caller.accountId),
      mining_days: record?.mining_days ?? 0,
      first_seen: toUnixSeconds(record?.first_seen_ms ?? account.created_at_ms),
    };
  });

  http.mount(walletStatsRoute, async ({ caller }) => {
    const { now, record } = await wallets.figures(caller.ethAddress);
    return {
      address: getAddress(caller.ethAddress),
      online_workers: now.online,
      total_workers: now.total,
      total_hashrate: roundHashrate(now.hashrate),
      total_gpus: now.gpus,
      total_blocks: record?.total_blocks ?? 0,
      total_earnings: await earningsOf(caller.accountId),
    };
  });

  http.mount(walletShareRoute, async ({ caller }) => {
    const { now, record } = await wallets.figures(caller.ethAddress);
    const address = getAddress(caller.ethAddress);
    return {
      address: shorten(address),
      full_address: address,
      total_blocks: record?.total_blocks ?? 0,
      peak_hashrate: roundHashrate(record?.peak_hashrate ?? 0),
      total_earnings: await earningsOf(caller.accountId),
      mining_hours: record?.mining_hours ?? 0,
      worker_count: now.total,
      generated_at: toUnixSeconds(clock.nowMs()),
    };
  });
}
