import { accountListRoute } from '../../../contract/rest/accounts.routes.ts';
import type { ListedAccountView } from '../../../contract/domain/account.ts';
import { toCredits } from '../../../contract/domain/money.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { AccountListRepository, ListedAccount } from './account-list.repository.ts';
import { toAccount } from './account.service.ts';

function timeOrNone(timeMs: number | null): number | null {
  return timeMs === null ? null : toUnixSeconds(timeMs);
}

function toView(row: ListedAccount): ListedAccountView {
  return {
    ...toAccount(row),
    is_proven: row.eth_address !== null,
    origin: row.origin,
    workers: row.workers,
    live_keys: row.live_keys,
    last_used_at: timeOrNone(row.last_used_at_ms),
    created_at: toUnixSeconds(row.created_at_ms),
    closed_at: timeOrNone(row.closed_at_ms),
  };
}

/** The operator's list of accounts. */
export function mountAccountList(http: HttpServer, accounts: AccountListRepository, clock: Clock): void {
  http.mount(accountListRoute, async ({ query: { limit, offset, ...filter } }) => {
    const totals = await accounts.totals(filter);
    const rows = await accounts.page(filter, limit, offset, clock.nowMs());
    return {
      items: rows.map(toView),
      total: totals.accounts,
      limit,
      offset,
      totals: { balance: toCredits(totals.balance_micro), held: toCredits(totals.held_micro) },
    };
  });
}
