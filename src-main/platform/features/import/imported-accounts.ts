/** Who is who: the accounts of the earlier platform, and the ones that its other rows need. */
import {
  operatorAccountId,
  treasuryAccountId,
  workerAccountPrefix,
  type AccountRole,
} from '../../../contract/domain/account.ts';
import { ethAddressPattern } from '../../../contract/mqtt/miner-messages.ts';
import { toCredits } from '../../../contract/domain/money.ts';
import { hashKey } from '../auth/index.ts';
import { maxBalanceMicro } from '../ledger/index.ts';
import type { ImportContext } from './import-context.ts';
import { show, SourceRow, type SourceValues } from './source-row.ts';

/** An account as it will be. */
export interface ImportedAccount {
  readonly accountId: string;
  readonly role: AccountRole;
  readonly origin: 'worker' | 'wallet' | 'registered' | 'system';
  ethAddress: string | null;
  linkedAddress: string;
  /** Lower case; empty without one. */
  readonly address: string;
  readonly createdAtMs: number;
  /** What it has to hold, free and held together. */
  readonly balanceMicro: number;
  readonly hasKey: boolean;
}

/** Begins the id of an account whose own name can't be kept. */
const importedPrefix = 'imported:';

const maxNameLength = 200;

/** The name that the earlier platform gave the account of a wallet. */
function walletNameOf(address: string): string {
  return `wallet-${address.slice(0, 10)}`;
}

/** Whether a name means something here that it did not mean there. */
function isReserved(name: string): boolean {
  return (
    name === '' ||
    name === operatorAccountId ||
    name.length > maxNameLength ||
    ethAddressPattern.test(name) ||
    name.startsWith(workerAccountPrefix) ||
    name.startsWith(importedPrefix)
  );
}

function emptyTreasury(createdAtMs: number): ImportedAccount {
  return {
    ...{ accountId: treasuryAccountId, role: 'admin', origin: 'system', ethAddress: null, linkedAddress: '' },
    ...{ address: '', createdAtMs, balanceMicro: 0, hasKey: false },
  };
}

export class ImportedAccounts {
  readonly #context: ImportContext;
  readonly #accounts = new Map<string, ImportedAccount>();
  /** From the names of the earlier platform to ours. */
  readonly #names = new Map<string, string>();
  readonly #byAddress = new Map<string, ImportedAccount>();
  /** Worker ids with their lower-case addresses. */
  readonly #workers: ReadonlyMap<string, string>;

  /** @param workers ids of the registered workers with their addresses, lower case, empty for none */
  constructor(context: ImportContext, workers: ReadonlyMap<string, string>) {
    this.#context = context;
    this.#workers = workers;
  }

  all(): IterableIterator<ImportedAccount> {
    return this.#accounts.values();
  }

  /** An account by the name that it has here. */
  get(accountId: string): ImportedAccount | undefined {
    return this.#accounts.get(accountId);
  }

  /** Takes all accounts over, with their keys; then it is decided to whom each address belongs. */
  load(rows: Iterable<SourceValues>): void {
    const { findings, nowMs, tally, pace } = this.#context;
    for (const values of rows) {
      const row = new SourceRow(values, `account ${show(values['account_id'])}`, findings, nowMs);
      pace.row(row.where);
      const name = row.text('account_id');
      this.#add(name, this.#read(row, name));
      tally('accounts').imported += 1;
    }
    if (!this.#accounts.has(treasuryAccountId)) this.#add(treasuryAccountId, emptyTreasury(nowMs));
    this.#assignAddresses();
  }

  /** Our name of an account that another row names; opened when it is not there. */
  require(name: string, role: 'provider' | 'consumer', atMs: number): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    this.#context.findings.add('account_recreated', `account ${show(name)}`, `as a ${role}`);
    const address = this.#workers.get(name) ?? '';
    const account = this.#add(name, {
      accountId: this.#freeName(name),
      role,
      origin: this.#workers.has(name) ? 'worker' : 'registered',
      ethAddress: null,
      linkedAddress: '',
      address,
      createdAtMs: atMs,
      balanceMicro: 0,
      hasKey: false,
    });
    if (address !== '') this.#claim(account);
    return account.accountId;
  }

  /** The account named like a worker, into which the earlier platform paid what it earned; undefined: there is none. */
  namedLike(workerId: string): string | undefined {
    return this.#names.get(workerId);
  }

  /**
   * The account that a worker's earnings go to from now on (domain.md, Worker): the one of its address, or the one
   * named like it.
   *
   * @param address lower case; empty for none
   */
  ofWorker(workerId: string, address: string, atMs: number): string {
    const make = (accountId: string, ethAddress: string | null): ImportedAccount => ({
      ...{ accountId, role: 'provider', origin: 'worker', ethAddress, linkedAddress: '' },
      ...{ address, createdAtMs: atMs, balanceMicro: 0, hasKey: false },
    });
    if (address !== '') {
      const owner = this.#byAddress.get(address);
      if (owner) return owner.accountId;
      this.#context.findings.add('address_opened', `worker ${show(workerId)}`, address);
      const opened = make(address, address);
      this.#accounts.set(address, opened);
      this.#byAddress.set(address, opened);
      return address;
    }
    const named = this.#accounts.get(workerId);
    const isOwn = named === undefined ? !isReserved(workerId) : named.origin === 'worker';
    const accountId = isOwn ? workerId : `${workerAccountPrefix}${workerId}`;
    if (!this.#accounts.has(accountId)) {
      this.#accounts.set(accountId, make(accountId, null));
      if (isOwn) this.#names.set(workerId, accountId);
    }
    return accountId;
  }

  #add(name: string, account: ImportedAccount): ImportedAccount {
    // Of two that read the same (bytes and text), the first one is meant.
    if (!this.#names.has(name)) this.#names.set(name, account.accountId);
    this.#accounts.set(account.accountId, account);
    return account;
  }

  #read(row: SourceRow, name: string): ImportedAccount {
    const createdAtMs = row.timeMs('created_at', 0);
    const accountId = this.#freeName(name);
    const isTreasury = accountId === treasuryAccountId;
    if (accountId !== name)
      this.#context.findings.add('account_renamed', row.where, `is ${show(accountId)} here`);
    const role = row.text('role') === 'provider' ? 'provider' : 'consumer';
    if (role !== row.text('role'))
      this.#context.findings.add('account_role', row.where, show(row.values['role']));
    const hasKey = this.#takeKey(row, accountId, createdAtMs);
    const isWorkers = role === 'provider' && this.#workers.has(name);
    const declared = this.#addressOf(row);
    // Opened before its worker had an address: without a key, only that one can tell whose it is.
    const address = declared === '' && isWorkers && !hasKey ? (this.#workers.get(name) ?? '') : declared;
    const isWallet = address !== '' && accountId === walletNameOf(address);
    return {
      accountId,
      role: isTreasury ? 'admin' : role,
      origin: isTreasury ? 'system' : isWallet ? 'wallet' : isWorkers ? 'worker' : 'registered',
      ethAddress: null,
      linkedAddress: '',
      address: isTreasury ? '' : address,
      createdAtMs,
      balanceMicro: this.#balanceOf(row),
      hasKey,
    };
  }

  /** What can't be held is 0, or the most that an account may hold. */
  #balanceOf(row: SourceRow): number {
    const { findings, leaveOver } = this.#context;
    const balanceMicro = row.amountMicro('balance');
    if (balanceMicro !== undefined && balanceMicro >= 0) return balanceMicro;
    const balance = row.values['balance'];
    const isTooMuch = typeof balance === 'number' && balance > 0 && Number.isFinite(balance);
    const taken = isTooMuch ? maxBalanceMicro : 0;
    findings.add('balance_unusable', row.where, `is ${show(balance)}, taken as ${toCredits(taken)}`);
    leaveOver('accounts', row, 'balance_unusable', '', false);
    return taken;
  }

  #addressOf(row: SourceRow): string {
    const text = row.text('eth_address');
    if (text === '' || ethAddressPattern.test(text)) return text.toLowerCase();
    this.#context.findings.add('address_invalid', row.where, show(text));
    this.#context.leaveOver('accounts', row, 'address_invalid', '', false);
    return '';
  }

  /** Keys were kept in clear; here only their hashes are. */
  #takeKey(row: SourceRow, accountId: string, createdAtMs: number): boolean {
    const { target, findings, newKeyId } = this.#context;
    const key = row.text('api_key');
    if (key === '') return false;
    if (accountId === treasuryAccountId) {
      // It would be a key of an admin's account.
      findings.add('key_dropped', row.where, '');
      return false;
    }
    const isNew = target.insert('api_keys', {
      key_id: newKeyId(),
      account_id: accountId,
      key_hash: hashKey(key),
      label: 'earlier platform',
      created_at_ms: createdAtMs,
      expires_at_ms: null,
      last_used_at_ms: null,
      revoked_at_ms: null,
    });
    if (!isNew) findings.add('key_doubled', row.where, '');
    return isNew;
  }

  #freeName(name: string): string {
    if (!isReserved(name) && !this.#accounts.has(name)) return name;
    const base = `${importedPrefix}${name.slice(0, maxNameLength)}`;
    let free = base;
    for (let number = 2; this.#accounts.has(free); number += 1) free = `${base}:${number}`;
    return free;
  }

  /**
   * An address belongs to one account here: the one that the earlier platform opened for its wallet, else the first
   * one; never to one of which somebody has a key, who may have named any address: what the address earns from now on
   * would be theirs. The wallet may use the others with its address as well.
   */
  #assignAddresses(): void {
    const withAddress = [...this.#accounts.values()].filter(({ address }) => address !== '');
    for (const [address, accounts] of Map.groupBy(withAddress, (account) => account.address)) {
      const keyless = accounts.filter(({ hasKey }) => !hasKey);
      const first = keyless.find(({ origin }) => origin === 'wallet') ?? keyless[0];
      if (first) {
        first.ethAddress = address;
        this.#byAddress.set(address, first);
      }
      for (const account of accounts) if (account !== first) account.linkedAddress = address;
      this.#report(address, first, accounts);
    }
    this.#reportAmbiguous();
  }

  #report(address: string, first: ImportedAccount | undefined, accounts: readonly ImportedAccount[]): void {
    const { findings } = this.#context;
    if (!first) {
      for (const { accountId } of accounts)
        findings.add('address_declared', `account ${show(accountId)}`, address);
    } else if (accounts.length > 1) {
      const names = [first, ...accounts.filter((account) => account !== first)].slice(0, 10);
      const list = names.map(({ accountId }) => show(accountId)).join(', ');
      findings.add('address_shared', address, `${accounts.length} accounts: ${list}`);
    }
  }

  /** A late account of an address. */
  #claim(account: ImportedAccount): void {
    const owner = this.#byAddress.get(account.address);
    if (owner) account.linkedAddress = account.address;
    else {
      account.ethAddress = account.address;
      this.#byAddress.set(account.address, account);
    }
  }

  /** Ten characters of an address are eight digits: two wallets could meet in one account. */
  #reportAmbiguous(): void {
    const addresses = new Set([
      ...[...this.#accounts.values()].map(({ address }) => address),
      ...this.#workers.values(),
    ]);
    for (const address of addresses) {
      const account = address === '' ? undefined : this.#accounts.get(walletNameOf(address));
      if (!account || account.address === address || account.address === '') continue;
      this.#context.findings.add(
        'address_ambiguous',
        `account ${account.accountId}`,
        `of ${account.address}; ${address} would have the same name`,
      );
    }
  }
}
