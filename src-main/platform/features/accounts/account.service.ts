/** Accounts and their money (rest.md, Sign-in and accounts). */
import { getAddress } from 'viem/utils';
import {
  operatorAccountId,
  treasuryAccountId,
  type Account,
  type AccountRole,
} from '../../../contract/domain/account.ts';
import { toCredits } from '../../../contract/domain/money.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Database } from '../../storage/schema.ts';
import {
  depositPostings,
  maxBalanceMicro,
  readBalance,
  transferPostings,
  withdrawalPostings,
  type LedgerEntry,
} from '../ledger/index.ts';
import type { AccountCounts, AccountRepository, AccountRow } from './account.repository.ts';

export interface AccountsOptions {
  readonly repository: AccountRepository;
  readonly clock: Clock;
  /** Whether a worker of this id is known: its name can't be registered. */
  readonly isWorker: (workerId: string) => boolean;
}

/** What somebody asks for at registration. */
export interface Registration {
  readonly accountId: string;
  readonly role: Exclude<AccountRole, 'admin'>;
  /** Lower case; empty for none. */
  readonly ethAddress: string;
  readonly balanceMicro: number;
  /** By somebody who acts for all: then address and balance count. */
  readonly isTrusted: boolean;
  readonly actor: string;
}

/** EIP-55 form of what an account shows as its address. */
export function shownAddress(row: AccountRow): string {
  const address = row.eth_address ?? row.declared_address;
  return address === '' ? '' : getAddress(address);
}

/** Why an account can't be given money; undefined when it can. Asked inside the transaction that moves it. */
async function objectionToCredit(
  db: Database,
  accountId: string,
  amountMicro: number,
): Promise<AppError | undefined> {
  const { availableMicro = 0, heldMicro = 0, closedAtMs = null } = (await readBalance(db, accountId)) ?? {};
  if (closedAtMs !== null) return new AppError('bad_request', `The account ${accountId} is closed.`);
  if (availableMicro + heldMicro + amountMicro > maxBalanceMicro)
    return new AppError('bad_request', 'The account would hold more than the ledger can count.');
  return undefined;
}

/** The same for taking free money out. */
async function objectionToDebit(
  db: Database,
  accountId: string,
  amountMicro: number,
): Promise<AppError | undefined> {
  const { availableMicro = 0 } = (await readBalance(db, accountId)) ?? {};
  return availableMicro < amountMicro
    ? new AppError('bad_request', `${accountId} has only ${toCredits(availableMicro)} free credits.`)
    : undefined;
}

/** An account as calls show it. */
export function toAccount(row: AccountRow): Account {
  return {
    account_id: row.account_id,
    role: row.role,
    eth_address: shownAddress(row),
    balance: toCredits(row.balance_micro),
    held: toCredits(row.held_micro),
  };
}

export class Accounts implements Component {
  readonly name = 'accounts';
  readonly #options: AccountsOptions;
  #counts: Promise<AccountCounts> | undefined;

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  /** Opens the platform's own accounts. */
  async start(): Promise<void> {
    const { repository, clock } = this.#options;
    const own = { role: 'admin', ethAddress: undefined, declaredAddress: '', origin: 'system' } as const;
    await repository.ensure(
      [operatorAccountId, treasuryAccountId].map((accountId) => ({
        ...own,
        accountId,
        createdAtMs: clock.nowMs(),
      })),
    );
    this.#counts = undefined;
  }

  stop(): void {
    this.#counts = undefined;
  }

  /** Accounts by role, without the platform's own and closed ones. Counted again only after a change. */
  counts(): Promise<AccountCounts> {
    this.#counts ??= this.#options.repository.counts();
    return this.#counts;
  }

  /** An account may have come in another way (a worker's register): the next count looks again. */
  forgetCounts(): void {
    this.#counts = undefined;
  }

  find(accountId: string): Promise<AccountRow | undefined> {
    return this.#options.repository.find(accountId);
  }

  /** @param address in any case */
  findByAddress(address: string): Promise<AccountRow | undefined> {
    return this.#options.repository.findByAddress(address.toLowerCase());
  }

  /** The account of the wallet that acts for this one, too; undefined for most. */
  walletBehind(accountId: string): Promise<string | undefined> {
    return this.#options.repository.findWalletBehind(accountId);
  }

  /** The open accounts for which a wallet's account acts beside itself, by name: the earlier platform left some. */
  async linkedTo({ eth_address: address }: Pick<AccountRow, 'eth_address'>): Promise<AccountRow[]> {
    if (address === null) return [];
    const rows = await this.#options.repository.linkedTo(address);
    return rows.toSorted((left, right) => (left.account_id < right.account_id ? -1 : 1));
  }

  /** An account and those that are linked to it. */
  async withLinked(accountId: string): Promise<string[]> {
    const row = await this.find(accountId);
    const linked = row ? await this.linkedTo(row) : [];
    return [accountId, ...linked.map((account) => account.account_id)];
  }

  /** @throws AppError `not_found` */
  async require(accountId: string): Promise<AccountRow> {
    const row = await this.find(accountId);
    if (!row) throw new AppError('not_found', `There is no account ${accountId}.`);
    return row;
  }

  async list(): Promise<Account[]> {
    const rows = await this.#options.repository.all();
    return rows.filter((row) => row.closed_at_ms === null).map(toAccount);
  }

  /**
   * Opens an account for somebody.
   *
   * @throws AppError `bad_request` when the name or address is taken
   */
  async register(registration: Registration): Promise<AccountRow> {
    const { repository, clock, isWorker } = this.#options;
    const { accountId, role, ethAddress, isTrusted, balanceMicro, actor } = registration;
    const taken = () =>
      new AppError('bad_request', `The account ${accountId} is taken; choose another name.`);
    if (isWorker(accountId)) throw taken();
    const atMs = clock.nowMs();
    const amountMicro = isTrusted ? balanceMicro : 0;
    const created = await repository.create(
      {
        accountId,
        role,
        ethAddress: isTrusted && ethAddress !== '' ? ethAddress : undefined,
        declaredAddress: isTrusted ? '' : ethAddress,
        origin: 'registered',
        createdAtMs: atMs,
      },
      { kind: 'deposit', actor, note: 'balance at registration', atMs, amountMicro },
    );
    if (!created) {
      if (await this.find(accountId)) throw taken();
      throw new AppError('bad_request', `The address ${ethAddress} belongs to another account.`);
    }
    this.forgetCounts();
    return this.require(accountId);
  }

  /**
   * The account of a wallet that proved its address; opened when there is none.
   *
   * @param address lower case
   * @throws AppError `forbidden` when it was closed
   */
  async ofWallet(address: string): Promise<AccountRow> {
    const { repository, clock } = this.#options;
    const known = await repository.findByAddress(address);
    if (known) {
      if (known.closed_at_ms !== null) throw new AppError('forbidden', 'This account is closed.');
      return known;
    }
    await repository.create({
      accountId: address,
      role: 'provider',
      ethAddress: address,
      declaredAddress: '',
      origin: 'wallet',
      createdAtMs: clock.nowMs(),
    });
    this.forgetCounts();
    // Somebody else may have been faster: then theirs is the account.
    const row = await repository.findByAddress(address);
    if (!row)
      throw new AppError('conflict', `The name ${address} is taken by an account of another address.`);
    return row;
  }

  /** @throws AppError `not_found`, or `bad_request` when the account is closed or would hold too much */
  async deposit(accountId: string, amountMicro: number, actor: string, note: string): Promise<AccountRow> {
    await this.require(accountId);
    const postings = depositPostings(accountId, amountMicro);
    await this.#move({ kind: 'deposit', actor, note, postings }, (db) =>
      objectionToCredit(db, accountId, amountMicro),
    );
    return this.require(accountId);
  }

  /**
   * @param ethAddress where the money goes; empty: the account's own address
   * @throws AppError `bad_request` when the free balance is too small
   */
  async withdraw(
    accountId: string,
    amountMicro: number,
    actor: string,
    ethAddress: string,
  ): Promise<AccountRow> {
    const row = await this.require(accountId);
    const target = ethAddress === '' ? shownAddress(row) : getAddress(ethAddress);
    const note = target === '' ? '' : `to ${target}`;
    const postings = withdrawalPostings(accountId, amountMicro);
    await this.#move({ kind: 'withdrawal', actor, note, postings }, (db) =>
      objectionToDebit(db, accountId, amountMicro),
    );
    return this.require(accountId);
  }

  /** @throws AppError `not_found`, or `bad_request` when one has too little or the other can't be given it */
  async transfer(
    fromId: string,
    toId: string,
    amountMicro: number,
    actor: string,
    note: string,
  ): Promise<AccountRow> {
    await this.require(fromId);
    await this.require(toId);
    if (fromId === toId) throw new AppError('bad_request', 'Choose two different accounts.');
    const postings = transferPostings(fromId, toId, amountMicro);
    await this.#move(
      { kind: 'transfer', actor, note, postings },
      async (db) =>
        (await objectionToDebit(db, fromId, amountMicro)) ?? (await objectionToCredit(db, toId, amountMicro)),
    );
    return this.require(fromId);
  }

  /** @throws AppError `not_found`, or `bad_request` while something hangs on the account */
  async close(accountId: string): Promise<void> {
    const { repository, clock } = this.#options;
    const row = await this.require(accountId);
    if (row.origin === 'system')
      throw new AppError('bad_request', `${accountId} belongs to the platform itself.`);
    const reason = await repository.close(accountId, clock.nowMs());
    const texts = {
      money: 'it has money: withdraw it before',
      workers: 'workers belong to it',
      leases: 'it has leases under way',
    };
    if (reason) throw new AppError('bad_request', `${accountId} can't be closed: ${texts[reason]}.`);
    this.forgetCounts();
  }

  /** A page of what moved an account's money. */
  postings(accountId: string, limit: number, offset: number) {
    return this.#options.repository.postings(accountId, limit, offset);
  }

  /** All that moved an account's money, oldest first. */
  allPostings(accountId: string) {
    return this.#options.repository.allPostings(accountId);
  }

  async #move(
    entry: Omit<LedgerEntry, 'atMs'>,
    objectionTo: (db: Database) => Promise<AppError | undefined>,
  ): Promise<void> {
    const { repository, clock } = this.#options;
    const objection = await repository.move({ ...entry, atMs: clock.nowMs() }, objectionTo);
    if (objection) throw objection;
  }
}
