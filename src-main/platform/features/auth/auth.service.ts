/** Who somebody is: wallet sign-in, tokens, API keys, the operator's key (rest.md). */
import { getAddress, verifyMessage } from 'viem/utils';
import { operatorAccountId } from '../../../contract/domain/account.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Credentials } from '../../http/access-control.ts';
import type { Component } from '../../kernel/component.ts';
import type { AccountRow, Accounts } from '../accounts/index.ts';
import type { ApiKeys } from './api-keys.ts';
import { Nonces } from './nonces.ts';
import type { OperatorKey } from './operator-key.ts';
import { Tokens } from './tokens.ts';

export interface AuthOptions {
  readonly accounts: Accounts;
  readonly keys: ApiKeys;
  readonly operatorKey: OperatorKey;
  readonly clock: Clock;
  /** The secret that signs tokens; asked for at each start. */
  readonly readSecret: () => string;
}

/** rest.md: a wallet has five minutes to sign. */
const nonceValidMs = 5 * 60_000;

/** EIP-191: 65 bytes. */
const signaturePattern = /^0x[0-9a-f]{130}$/i;

function messageOfNonce(nonce: string): string {
  return `Sign this message to authenticate with XenBlocks.\n\nNonce: ${nonce}`;
}

/** The caller that an account is, by a wallet's proof or by a key. */
export function toCaller(kind: 'key' | 'token', row: AccountRow): Caller {
  return {
    kind,
    accountId: row.account_id,
    role: row.role,
    ethAddress: row.eth_address ?? '',
    actsForAll: row.role === 'admin',
  };
}

export class Auth implements Component {
  readonly name = 'auth';
  readonly #options: AuthOptions;
  readonly #nonces: Nonces;
  #tokens: Tokens | undefined;

  constructor(options: AuthOptions) {
    this.#options = options;
    this.#nonces = new Nonces(options.clock, nonceValidMs);
  }

  start(): void {
    this.#tokens = new Tokens(this.#options.readSecret(), this.#options.clock);
  }

  stop(): void {
    this.#tokens = undefined;
  }

  /**
   * A message for a wallet to sign.
   *
   * @param address lower case
   */
  challenge(address: string): { nonce: string; message: string } {
    const nonce = this.#nonces.create(address);
    return { nonce, message: messageOfNonce(nonce) };
  }

  /**
   * Signs a wallet in; the nonce is used up whatever comes of it.
   *
   * @param address lower case
   * @throws AppError `unauthorized`; `forbidden` when its account was closed
   */
  async signIn(address: string, signature: string, nonce: string) {
    const isCurrent = this.#nonces.take(nonce) === address;
    const isSigned =
      isCurrent && signaturePattern.test(signature) && (await isSignedBy(address, nonce, signature));
    if (!isSigned)
      throw new AppError('unauthorized', 'The signature is not of this address, or the nonce has expired.');
    const row = await this.#options.accounts.ofWallet(address);
    const token = await this.#requireTokens().issue({
      address,
      accountId: row.account_id,
      role: row.role,
    });
    return { token, address: getAddress(address), account_id: row.account_id, role: row.role };
  }

  /** Who brings these credentials. @throws AppError `unauthorized` */
  async identify({ token, apiKey }: Credentials): Promise<Caller> {
    return token === '' ? this.#identifyKey(apiKey) : this.#identifyToken(token);
  }

  /** Whether it is the operator's key; in constant time. */
  isOperatorKey(key: string): boolean {
    return this.#options.operatorKey.matches(key);
  }

  /** Until when a wallet's token is valid, in Unix seconds. @throws AppError `unauthorized` */
  async expiryOf(token: string): Promise<number> {
    return (await this.#requireTokens().check(token)).expiresAtSec;
  }

  async #identifyToken(token: string): Promise<Caller> {
    const { address, accountId } = await this.#requireTokens().check(token);
    const row = await this.#options.accounts.find(accountId);
    if (!row || row.closed_at_ms !== null || row.eth_address !== address)
      throw new AppError('unauthorized', "The token's account is closed or gone.");
    return toCaller('token', row);
  }

  async #identifyKey(apiKey: string): Promise<Caller> {
    const { accounts, keys, operatorKey } = this.#options;
    const accountId = operatorKey.matches(apiKey)
      ? operatorAccountId
      : (await keys.findLive(apiKey))?.account_id;
    const row = accountId === undefined ? undefined : await accounts.find(accountId);
    if (!row || row.closed_at_ms !== null)
      throw new AppError('unauthorized', 'The API key is not known here, has expired or was revoked.');
    return toCaller('key', row);
  }

  #requireTokens(): Tokens {
    if (!this.#tokens) throw new AppError('not_ready', 'The platform is starting or stopping.');
    return this.#tokens;
  }
}

async function isSignedBy(address: string, nonce: string, signature: string): Promise<boolean> {
  try {
    return await verifyMessage({
      address: address as `0x${string}`,
      message: messageOfNonce(nonce),
      signature: signature as `0x${string}`,
    });
  } catch {
    // A signature that no key can have made.
    return false;
  }
}
