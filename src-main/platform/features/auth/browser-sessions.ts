/**
 * Sessions of browsers. A session is worth what opened it: it acts as the wallet's token or as the API key, and ends
 * with it, at the latest after a day. Ends are remembered in the database: a copy of the cookie stays refused, also
 * after a restart.
 */
import { operatorAccountId } from '../../../contract/domain/account.ts';
import { sessionMaxAgeSec } from '../../../contract/rest/browser-session.routes.ts';
import type { Credentials } from '../../http/access-control.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Accounts } from '../accounts/index.ts';
import type { ApiKeys } from './api-keys.ts';
import { toCaller, type Auth } from './auth.service.ts';
import type { EndedSessionRepository } from './ended-session.repository.ts';
import { Nonces } from './nonces.ts';
import type { OperatorKey } from './operator-key.ts';
import { sessionEnded, SessionTokens, type SessionClaims } from './session-tokens.ts';

/** A window that is being opened needs no longer. */
const oneTimeValidMs = 60_000;

export interface BrowserSessionsOptions {
  readonly auth: Pick<Auth, 'identify' | 'expiryOf'>;
  readonly accounts: Pick<Accounts, 'find'>;
  readonly keys: Pick<ApiKeys, 'findLive' | 'findLiveById'>;
  readonly operatorKey: Pick<OperatorKey, 'matches' | 'mark'>;
  readonly repository: EndedSessionRepository;
  readonly clock: Clock;
  /** The secret that signs tokens; asked for at each start. */
  readonly readSecret: () => string;
}

/** Who is there, and until when by itself (Unix seconds; null: no end is set). */
export interface Presence {
  readonly caller: Caller;
  readonly expiresAtSec: number | null;
}

/** A session that was just opened. */
export interface OpenedSession extends Presence {
  /** The value of its cookie. */
  readonly cookie: string;
  readonly expiresAtSec: number;
}

export class BrowserSessions implements Component {
  readonly name = 'browser-sessions';
  readonly #options: BrowserSessionsOptions;
  #oneTime: Nonces;
  #signing: { readonly tokens: SessionTokens; readonly secret: string } | undefined;

  constructor(options: BrowserSessionsOptions) {
    this.#options = options;
    this.#oneTime = new Nonces(options.clock, oneTimeValidMs);
  }

  start(): void {
    const secret = this.#options.readSecret();
    this.#signing = { secret, tokens: new SessionTokens(secret, this.#options.clock) };
  }

  stop(): void {
    this.#signing = undefined;
    this.#oneTime = new Nonces(this.#options.clock, oneTimeValidMs);
  }

  /**
   * Opens a session for credentials.
   *
   * @throws AppError `unauthorized` when they are not valid
   */
  async open(credentials: Credentials): Promise<OpenedSession> {
    const { caller, expiresAtSec } = await this.ofCredentials(credentials);
    const { token, apiKey } = credentials;
    if (token !== '')
      return this.#issue(caller, { kind: 'wallet', boundTo: caller.ethAddress }, expiresAtSec);
    if (this.#options.operatorKey.matches(apiKey)) return this.#issueToOperator(caller);
    const keyId = (await this.#options.keys.findLive(apiKey))?.key_id;
    // Revoked between two looks at it.
    if (keyId === undefined) throw sessionEnded();
    return this.#issue(caller, { kind: 'key', boundTo: keyId }, expiresAtSec);
  }

  /** A text that opens one session of the operator: for a window of this very program. Valid for a minute. */
  createOneTimeToken(): string {
    return this.#oneTime.create(operatorAccountId);
  }

  /** Opens the session that such a text stands for. @throws AppError `unauthorized` */
  async openOnce(oneTimeToken: string): Promise<OpenedSession> {
    const accountId = this.#oneTime.take(oneTimeToken);
    const row = accountId === undefined ? undefined : await this.#options.accounts.find(accountId);
    if (!row)
      throw new AppError(
        'unauthorized',
        'This sign-in was used already or is too old; open the window again.',
      );
    return this.#issueToOperator(toCaller('key', row));
  }

  /** Who a cookie stands for. @throws AppError `unauthorized` when it opens nothing, or no more */
  async ofCookie(cookie: string): Promise<Presence> {
    const claims = await this.#requireSigning().tokens.check(cookie);
    const { accounts, repository } = this.#options;
    const row = await accounts.find(claims.accountId);
    const isOver = !row || row.closed_at_ms !== null || (await repository.has(claims.sessionId));
    if (isOver || !(await this.#isBound(claims, row.eth_address))) throw sessionEnded();
    const caller = toCaller(claims.kind === 'wallet' ? 'token' : 'key', row);
    return { caller, expiresAtSec: claims.expiresAtSec };
  }

  /** Who credentials stand for, and until when. @throws AppError `unauthorized` */
  async ofCredentials(credentials: Credentials): Promise<Presence> {
    const { auth, keys, operatorKey } = this.#options;
    const caller = await auth.identify(credentials);
    const { token, apiKey } = credentials;
    if (token !== '') return { caller, expiresAtSec: await auth.expiryOf(token) };
    const key = operatorKey.matches(apiKey) ? undefined : await keys.findLive(apiKey);
    const expiresAtMs = key?.expires_at_ms ?? null;
    return { caller, expiresAtSec: expiresAtMs === null ? null : expiresAtMs / 1000 };
  }

  /** Ends a session for good. A cookie that opens nothing needs no end. */
  async end(cookie: string): Promise<void> {
    const { repository, clock } = this.#options;
    let claims: SessionClaims;
    try {
      claims = await this.#requireSigning().tokens.check(cookie);
    } catch (error) {
      if (error instanceof AppError && error.code === 'unauthorized') return;
      throw error;
    }
    await repository.add(claims.sessionId, claims.expiresAtSec * 1000, clock.nowMs());
  }

  /** Whether what opened it is still what it was. */
  async #isBound({ kind, boundTo, accountId }: SessionClaims, ethAddress: string | null): Promise<boolean> {
    switch (kind) {
      case 'wallet':
        return ethAddress === boundTo;
      case 'key':
        return (await this.#options.keys.findLiveById(boundTo))?.account_id === accountId;
      case 'operator':
        return boundTo === this.#operatorMark();
    }
  }

  #issueToOperator(caller: Caller): Promise<OpenedSession> {
    return this.#issue(caller, { kind: 'operator', boundTo: this.#operatorMark() }, null);
  }

  async #issue(
    caller: Caller,
    binding: Pick<SessionClaims, 'kind' | 'boundTo'>,
    endsAtSec: number | null,
  ): Promise<OpenedSession> {
    const latestSec = Math.floor(this.#options.clock.nowMs() / 1000) + sessionMaxAgeSec;
    const expiresAtSec = Math.floor(Math.min(latestSec, endsAtSec ?? latestSec));
    const claims = { ...binding, accountId: caller.accountId, expiresAtSec };
    return { caller, expiresAtSec, cookie: await this.#requireSigning().tokens.issue(claims) };
  }

  #operatorMark(): string {
    return this.#options.operatorKey.mark(this.#requireSigning().secret);
  }

  #requireSigning() {
    if (!this.#signing) throw new AppError('not_ready', 'The platform is starting or stopping.');
    return this.#signing;
  }
}
