import {
  accountsRoute,
  accountTransactionsCsvRoute,
  accountTransactionsRoute,
  balanceRoute,
  closeAccountRoute,
  depositRoute,
  transferRoute,
  withdrawRoute,
} from '../../../contract/rest/accounts.routes.ts';
import type { AccountPosting } from '../../../contract/domain/account.ts';
import { toCredits } from '../../../contract/domain/money.ts';
import { sendCsv } from '../../http/csv.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import type { PostingRow } from './account.repository.ts';
import { toAccount, type Accounts } from './account.service.ts';

export interface AccountRoutesOptions {
  readonly http: HttpServer;
  readonly accounts: Accounts;
  /** The account behind an account id, an address or a worker's id; undefined when there is none. */
  readonly accountOf: (id: string) => Promise<string | undefined>;
}

const csvColumns = [
  'id',
  'transaction_id',
  'created_at',
  'type',
  'bucket',
  'amount',
  'balance_after',
  'lease_id',
  'actor',
  'note',
] as const satisfies readonly (keyof AccountPosting)[];

function toPosting(row: PostingRow): AccountPosting {
  return {
    id: row.posting_id,
    transaction_id: row.transaction_id,
    account_id: row.account_id,
    type: row.kind,
    bucket: row.bucket === 'held' ? 'held' : 'available',
    amount: toCredits(row.amount_micro),
    balance_after: toCredits(row.balance_after_micro),
    lease_id: row.lease_id ?? '',
    reference_id: row.lease_id ?? '',
    note: row.note,
    actor: row.actor,
    created_at: toUnixSeconds(row.created_at_ms),
  };
}

/** rest.md: `/api/accounts/*`. */
export function mountAccounts({ http, accounts, accountOf }: AccountRoutesOptions): void {
  const resolve = async (id: string) => accounts.require((await accountOf(id)) ?? id);

  http.mount(accountsRoute, async () => {
    const list = await accounts.list();
    return Object.fromEntries(list.map((account) => [account.account_id, account]));
  });

  http.mount(balanceRoute, async ({ params }) => toAccount(await resolve(params.account_id)));

  http.mount(depositRoute, async ({ params, body, caller }) => {
    const { account_id } = await resolve(params.account_id);
    const row = await accounts.deposit(account_id, body.amount, caller.accountId, body.note);
    return { account_id, balance: toCredits(row.balance_micro) };
  });

  http.mount(withdrawRoute, async ({ params, body, caller }) => {
    const { account_id } = await resolve(params.account_id);
    const row = await accounts.withdraw(account_id, body.amount, caller.accountId, body.eth_address);
    return { account_id, balance: toCredits(row.balance_micro), withdrawn: toCredits(body.amount) };
  });

  http.mount(transferRoute, async ({ params, body, caller }) => {
    const { account_id } = params;
    const row = await accounts.transfer(account_id, body.to, body.amount, caller.accountId, body.note);
    return {
      account_id,
      balance: toCredits(row.balance_micro),
      to: body.to,
      amount: toCredits(body.amount),
    };
  });

  http.mount(closeAccountRoute, async ({ params }) => {
    await accounts.close(params.account_id);
    return { account_id: params.account_id, closed: true as const };
  });

  http.mount(accountTransactionsRoute, async ({ params, query: { limit, offset } }) => {
    const { account_id } = await resolve(params.account_id);
    const { total, rows } = await accounts.postings(account_id, limit, offset);
    return { items: rows.map(toPosting), total, limit, offset };
  });

  http.mount(accountTransactionsCsvRoute, async ({ params, response }) => {
    const { account_id } = await resolve(params.account_id);
    async function* rows() {
      for await (const row of accounts.allPostings(account_id)) yield toPosting(row);
    }
    await sendCsv(response, 'transactions.csv', csvColumns, rows());
    return undefined;
  });
}
