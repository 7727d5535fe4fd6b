/** All SQL of the operator's list of accounts. */
import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
import type { AccountRole } from '../../../contract/domain/account.ts';
import type { DatabaseSchema } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';
import type { AccountRow } from './account.repository.ts';

/** Absent and empty: all. */
export interface AccountFilter {
  /** Part of an id or an address, in any case. */
  readonly search: string;
  readonly role?: AccountRole | undefined;
}

export interface ListedAccount extends AccountRow {
  /** Workers that belong to it. */
  readonly workers: number;
  /** Keys that sign in now. */
  readonly live_keys: number;
  /** Of any of its keys. */
  readonly last_used_at_ms: number | null;
}

export interface AccountTotals {
  readonly accounts: number;
  readonly balance_micro: number;
  readonly held_micro: number;
}

type Where = ExpressionBuilder<DatabaseSchema, 'accounts'>;

/** `%` and `_` mean themselves. */
function toPattern(search: string): string {
  return `%${search.replace(/[\\%_]/g, '\\$&')}%`;
}

function matches({ search, role }: AccountFilter) {
  return (where: Where): Expression<SqlBool> => {
    const pattern = toPattern(search);
    const like = (column: 'account_id' | 'eth_address' | 'declared_address') =>
      sql<SqlBool>`${where.ref(column)} like ${pattern} escape '\\'`;
    return where.and([
      ...(role === undefined ? [] : [where('role', '=', role)]),
      ...(search === ''
        ? []
        : [where.or([like('account_id'), like('eth_address'), like('declared_address')])]),
    ]);
  };
}

export class AccountListRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** A page by id, with what belongs to each account; closed ones, too. @param nowMs when keys are live */
  page(filter: AccountFilter, limit: number, offset: number, nowMs: number): Promise<ListedAccount[]> {
    const page = this.#storage.read
      .selectFrom('accounts')
      .selectAll()
      .where(matches(filter))
      .orderBy('account_id')
      .limit(limit)
      .offset(offset);
    return this.#storage.read
      .selectFrom(page.as('page'))
      .selectAll('page')
      .select((from) => [
        from
          .selectFrom('workers')
          .whereRef('workers.account_id', '=', 'page.account_id')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .$asScalar()
          .$notNull()
          .as('workers'),
        from
          .selectFrom('api_keys')
          .whereRef('api_keys.account_id', '=', 'page.account_id')
          .where('revoked_at_ms', 'is', null)
          .where((where) =>
            where.or([where('expires_at_ms', 'is', null), where('expires_at_ms', '>', nowMs)]),
          )
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .$asScalar()
          .$notNull()
          .as('live_keys'),
        from
          .selectFrom('api_keys')
          .whereRef('api_keys.account_id', '=', 'page.account_id')
          .select(({ fn }) => fn.max('api_keys.last_used_at_ms').as('last'))
          .$asScalar()
          .as('last_used_at_ms'),
      ])
      .orderBy('page.account_id')
      .execute();
  }

  /** Of all accounts that match. */
  totals(filter: AccountFilter): Promise<AccountTotals> {
    return this.#storage.read
      .selectFrom('accounts')
      .where(matches(filter))
      .select(({ fn }) => [
        fn.countAll<number>().as('accounts'),
        fn.coalesce(fn.sum<number>('balance_micro'), sql.lit(0)).as('balance_micro'),
        fn.coalesce(fn.sum<number>('held_micro'), sql.lit(0)).as('held_micro'),
      ])
      .executeTakeFirstOrThrow();
  }
}
