import {
  changeEarningRatesRoute,
  earningRatesRoute,
  earningsCsvRoute,
  earningsRoute,
  type EarningRow,
  type earningSorts,
} from '../../../contract/rest/earnings.routes.ts';
import { sendCsv } from '../../http/csv.ts';
import type { HttpServer } from '../../http/http-server.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { EarningOwner, Earnings } from './earnings.service.ts';

export interface EarningRouteSources {
  readonly http: HttpServer;
  readonly earnings: Earnings;
  /** Accounts whose earnings belong together, by account id, address or worker id; empty: the caller. */
  readonly accountsOf: (providerId: string, caller: Caller) => Promise<readonly [string, ...string[]]>;
}

const csvColumns = [
  'date',
  'worker_id',
  'account_id',
  'tags',
  'leased_hours',
  'own_hours',
  'leases',
  'lease_income',
  'leased_blocks',
  'own_blocks',
  'own_super_blocks',
  'own_xuni_blocks',
  'energy_kwh',
  'energy_cost',
  'lease_value',
  'own_value',
  'net',
  'currency',
] as const;

/** `/api/earnings*`. */
export function mountEarnings({ http, earnings, accountsOf }: EarningRouteSources): void {
  async function ownerOf(providerId: string, caller: Caller): Promise<EarningOwner> {
    return providerId === '' && caller.actsForAll ? undefined : accountsOf(providerId, caller);
  }
  async function ratesOf(owner: EarningOwner) {
    return { rates: await earnings.rates(owner), models: earnings.models(owner) };
  }

  http.mount(earningsRoute, async ({ query, caller }) => {
    const { provider_id, by, sort, order, limit, offset } = query;
    const { rows, ...answer } = await earnings.list(await ownerOf(provider_id, caller), query, by);
    const items = rows.sort(comparing(sort, order === 'desc')).slice(offset, offset + limit);
    return { ...answer, items, total: rows.length, limit, offset };
  });

  http.mount(earningsCsvRoute, async ({ query, caller, response }) => {
    const owner = await ownerOf(query.provider_id, caller);
    await sendCsv(response, 'earnings.csv', csvColumns, asCells(earnings.lines(owner, query)));
    return undefined;
  });

  http.mount(earningRatesRoute, async ({ query, caller }) =>
    ratesOf(await ownerOf(query.provider_id, caller)),
  );

  http.mount(changeEarningRatesRoute, async ({ query, body, caller }) => {
    const owner = await ownerOf(query.provider_id, caller);
    await earnings.setRates(owner, body);
    return ratesOf(owner);
  });
}

/** What is not known is empty already. */
async function* asCells(lines: ReturnType<Earnings['lines']>) {
  for await (const { is_time_known: isTimeKnown, ...line } of lines)
    yield isTimeKnown ? line : { ...line, leased_hours: null, own_hours: null };
}

/** Unknown figures come last, whichever way; equal ones in the order of their keys. */
function comparing(sort: (typeof earningSorts)[number], isDescending: boolean) {
  const sign = isDescending ? -1 : 1;
  const byKey = (left: EarningRow, right: EarningRow) =>
    left.key < right.key ? -1 : Number(left.key > right.key);
  if (sort === 'key') return (left: EarningRow, right: EarningRow) => sign * byKey(left, right);
  return (left: EarningRow, right: EarningRow) => {
    const [a, b] = [left[sort], right[sort]];
    if (a === null || b === null) return Number(a === null) - Number(b === null) || byKey(left, right);
    return sign * (a - b) || byKey(left, right);
  };
}
