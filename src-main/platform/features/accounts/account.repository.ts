/** All SQL of accounts. */
import { sql, type Selectable, type SelectQueryBuilder } from 'kysely';
import type { AccountRole } from '../../../contract/domain/account.ts';
import type { AccountsTable, Database, DatabaseSchema, PostingsTable } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';
import { bookEntry, depositPostings, type LedgerEntry } from '../ledger/index.ts';

export type AccountRow = Selectable<AccountsTable>;

/** A new account. */
export interface NewAccount {
  readonly accountId: string;
  readonly role: AccountRole;
  /** Lower case; undefined for none. Proven, or set by somebody who acts for all. */
  readonly ethAddress: string | undefined;
  readonly declaredAddress: string;
  readonly origin: AccountRow['origin'];
  readonly createdAtMs: number;
}

/** Accounts by role, without the platform's own. */
export interface AccountCounts {
  users: number;
  providers: number;
  consumers: number;
}

/** A posting with its entry, as an account's owner sees it. */
export interface PostingRow {
  posting_id: number;
  transaction_id: number;
  account_id: string;
  kind: string;
  bucket: 'available' | 'held' | 'external';
  amount_micro: number;
  balance_after_micro: number;
  lease_id: string | null;
  note: string;
  actor: string;
  created_at_ms: number;
}

async function insertAccount(db: Database, account: NewAccount): Promise<boolean> {
  const inserted = await db
    .insertInto('accounts')
    .values({
      account_id: account.accountId,
      role: account.role,
      eth_address: account.ethAddress ?? null,
      declared_address: account.declaredAddress,
      origin: account.origin,
      created_at_ms: account.createdAtMs,
      closed_at_ms: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('account_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export class AccountRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  find(accountId: string): Promise<AccountRow | undefined> {
    return this.#storage.read
      .selectFrom('accounts')
      .selectAll()
      .where('account_id', '=', accountId)
      .executeTakeFirst();
  }

  /** @param address lower case */
  findByAddress(address: string): Promise<AccountRow | undefined> {
    return this.#storage.read
      .selectFrom('accounts')
      .selectAll()
      .where('eth_address', '=', address)
      .executeTakeFirst();
  }

  /** The account of the wallet that acts for this one, too. */
  async findWalletBehind(accountId: string): Promise<string | undefined> {
    const row = await this.#storage.read
      .selectFrom('accounts')
      .innerJoin('accounts as wallets', 'wallets.eth_address', 'accounts.linked_address')
      .where('accounts.account_id', '=', accountId)
      .where('accounts.linked_address', '<>', '')
      .select('wallets.account_id')
      .executeTakeFirst();
    return row?.account_id;
  }

  /** The open accounts for which the wallet of an address acts beside its own, in no order. @param address lower case */
  linkedTo(address: string): Promise<AccountRow[]> {
    return this.#storage.read
      .selectFrom('accounts')
      .selectAll()
      .where('linked_address', '=', address)
      .where('linked_address', '<>', sql.lit(''))
      .where('closed_at_ms', 'is', null)
      .execute();
  }

  all(): Promise<AccountRow[]> {
    return this.#storage.read.selectFrom('accounts').selectAll().orderBy('account_id').execute();
  }

  /**
   * Opens an account, with money if it brings some. False when its id or address is taken: then nothing was done.
   *
   * @param book what is booked for it in the same transaction
   */
  create(
    account: NewAccount,
    book?: Omit<LedgerEntry, 'postings'> & { amountMicro: number },
  ): Promise<boolean> {
    return this.#storage.write(async (db) => {
      if (!(await insertAccount(db, account))) return false;
      if (book)
        await bookEntry(db, { ...book, postings: depositPostings(account.accountId, book.amountMicro) });
      return true;
    });
  }

  /** Opens accounts that have to be there; those that are stay as they are. */
  async ensure(accounts: readonly NewAccount[]): Promise<void> {
    await this.#storage.write(async (db) => {
      for (const account of accounts) await insertAccount(db, account);
    });
  }

  async counts(): Promise<AccountCounts> {
    const rows = await this.#storage.read
      .selectFrom('accounts')
      .where('origin', '<>', 'system')
      .where('closed_at_ms', 'is', null)
      .select(['role', ({ fn }) => fn.countAll<number>().as('count')])
      .groupBy('role')
      .execute();
    const ofRole = (role: AccountRole) => rows.find((row) => row.role === role)?.count ?? 0;
    return {
      users: rows.reduce((sum, { count }) => sum + count, 0),
      providers: ofRole('provider'),
      consumers: ofRole('consumer'),
    };
  }

  /** Closes an account. Returns why it can't be, if so. */
  close(accountId: string, atMs: number): Promise<'money' | 'workers' | 'leases' | undefined> {
    return this.#storage.write(async (db) => {
      const account = await db
        .selectFrom('accounts')
        .where('account_id', '=', accountId)
        .select(['balance_micro', 'held_micro'])
        .executeTakeFirstOrThrow();
      if (account.balance_micro !== 0 || account.held_micro !== 0) return 'money';
      const worker = await db
        .selectFrom('workers')
        .where('account_id', '=', accountId)
        .select('worker_id')
        .limit(1)
        .executeTakeFirst();
      if (worker) return 'workers';
      const lease = await db
        .selectFrom('leases')
        .where('state', '=', 'active')
        .where((where) =>
          where.or([where('consumer_id', '=', accountId), where('provider_id', '=', accountId)]),
        )
        .select('lease_id')
        .limit(1)
        .executeTakeFirst();
      if (lease) return 'leases';
      await db
        .updateTable('accounts')
        .set({ closed_at_ms: atMs })
        .where('account_id', '=', accountId)
        .execute();
      await db
        .updateTable('api_keys')
        .set({ revoked_at_ms: atMs })
        .where('account_id', '=', accountId)
        .where('revoked_at_ms', 'is', null)
        .execute();
      return undefined;
    });
  }

  /**
   * Books a movement when `mayMove`, asked inside the transaction, does not object.
   *
   * @returns the objection, or undefined when the movement is on disk
   */
  move<Objection>(
    entry: LedgerEntry,
    mayMove: (db: Database) => Promise<Objection | undefined>,
  ): Promise<Objection | undefined> {
    return this.#storage.write(async (db) => {
      const objection = await mayMove(db);
      if (objection === undefined) await bookEntry(db, entry);
      return objection;
    });
  }

  /** Without the outside's side of what comes in and goes out. */
  #inside(accountId: string) {
    return this.#storage.read
      .selectFrom('postings')
      .selectAll()
      .where('account_id', '=', accountId)
      .where('bucket', '<>', sql.lit('external'));
  }

  /** Rows of the page alone are looked up in their entries. */
  #withEntries(page: SelectQueryBuilder<DatabaseSchema, 'postings', Selectable<PostingsTable>>) {
    return this.#storage.read
      .selectFrom(page.as('page'))
      .innerJoin('transactions', 'transactions.transaction_id', 'page.transaction_id')
      .select(postingColumns);
  }

  /** What moved an account's money, newest first. */
  async postings(accountId: string, limit: number, offset: number) {
    const totals = await this.#storage.read
      .selectFrom('account_totals')
      .where('account_id', '=', accountId)
      .select('postings')
      .executeTakeFirst();
    const page = this.#inside(accountId).orderBy('posting_id', 'desc').limit(limit).offset(offset);
    const rows: PostingRow[] = await this.#withEntries(page).orderBy('page.posting_id', 'desc').execute();
    return { total: totals?.postings ?? 0, rows };
  }

  /** The same from the beginning, in portions. */
  async *allPostings(accountId: string): AsyncGenerator<PostingRow> {
    for (let after = 0; ;) {
      const page = this.#inside(accountId)
        .where('posting_id', '>', after)
        .orderBy('posting_id')
        .limit(rowsPerPortion);
      const rows: PostingRow[] = await this.#withEntries(page).orderBy('page.posting_id').execute();
      yield* rows;
      after = rows.at(-1)?.posting_id ?? 0;
      if (rows.length < rowsPerPortion) return;
    }
  }
}

const rowsPerPortion = 500;

const postingColumns = [
  'page.posting_id',
  'page.transaction_id',
  'page.account_id',
  'page.kind',
  'page.bucket',
  'page.amount_micro',
  'page.balance_after_micro',
  'transactions.lease_id',
  'transactions.note',
  'transactions.actor',
  'transactions.created_at_ms',
] as const;
