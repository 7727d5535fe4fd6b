/** Who may call: one place for all routes (rest.md). */
import type { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import type { z } from 'zod';
import type { AccessMode } from '../../contract/config.ts';
import type { CallInput, OwnedKind, RouteDefinition } from '../../contract/rest/define-route.ts';
import { AppError } from '../kernel/app-error.ts';
import { anonymousCaller, trustedCaller, type Caller } from '../kernel/caller.ts';
import { sessionCookieOf } from './session-cookie.ts';

/** What a request brings to say who it is; empty strings where it brings nothing. */
export interface Credentials {
  /** The token of `Authorization: Bearer <token>`. */
  readonly token: string;
  /** `X-API-Key`. */
  readonly apiKey: string;
}

/** What the features know about accounts and what belongs to them. */
export interface Identities {
  /** @throws AppError `unauthorized` when the credentials are not valid; never called without any */
  identify(credentials: Credentials): Promise<Caller>;
  /**
   * Whose browser brings this cookie of a session.
   *
   * @throws AppError `unauthorized` when it opens nothing, or no more
   */
  identifySession(cookie: string): Promise<Caller>;
  /**
   * The accounts to which a thing belongs.
   *
   * @returns undefined when there is no such thing
   */
  ownersOf(kind: OwnedKind, id: string): Promise<readonly string[] | undefined>;
}

/** Nobody has credentials, and nothing belongs to anybody: what a server without accounts knows. */
export const noIdentities: Identities = {
  identify: () => Promise.reject(new AppError('unauthorized', 'There are no accounts here.')),
  identifySession: () => Promise.reject(new AppError('unauthorized', 'There are no sessions here.')),
  ownersOf: () => Promise.resolve(undefined),
};

/** The answer to a page of another origin that has the browser send the cookie of a session along. */
function foreignPage(): AppError {
  return new AppError(
    'forbidden',
    'A page of another origin may not use this session; --allowed-origin permits it.',
  );
}

/** The answer under `--access strict` to everything that is not open `always`. */
export function noCredentials(): AppError {
  return new AppError('unauthorized', 'This platform answers nothing without credentials (--access strict).');
}

/** The credentials of a request. */
export function credentialsOf(headers: Request['headers']): Credentials | undefined {
  const { authorization = '', 'x-api-key': key } = headers;
  const apiKey = typeof key === 'string' ? key.trim() : '';
  const token = /^bearer +(\S+)$/i.exec(authorization.trim())?.[1] ?? '';
  if (authorization !== '' && token === '' && apiKey === '')
    throw new AppError('unauthorized', 'Authorization has to be "Bearer" and a token.');
  return token === '' && apiKey === '' ? undefined : { token, apiKey };
}

export interface AccessControlOptions {
  readonly mode: AccessMode;
  readonly identities: Identities;
  /** Whether a request comes from a page of this server or of an allowed origin, or from no page at all. */
  readonly isOwnPage: (request: Pick<Request, 'headers'>) => boolean;
}

export class AccessControl {
  readonly #mode: AccessMode;
  readonly #identities: Identities;
  readonly #isOwnPage: AccessControlOptions['isOwnPage'];

  constructor({ mode, identities, isOwnPage }: AccessControlOptions) {
    this.#mode = mode;
    this.#identities = identities;
    this.#isOwnPage = isOwnPage;
  }

  /** Whether a call needs no look at its credentials. */
  needsNobody(route: RouteDefinition, query: Request['query']): boolean {
    if (route.optionalCaller === true || (route.optionalCaller === 'by_tag' && query['tag'])) return false;
    return route.access === 'always' || (route.access === 'public' && this.#mode !== 'strict');
  }

  /**
   * Who calls, when that is somebody who may call this route at all. The cookie of a session counts where no other
   * credentials are brought; one that opens nothing (any more) counts as none.
   *
   * @throws AppError `unauthorized` without (valid) credentials, `forbidden` with those of somebody else
   */
  async admit(route: RouteDefinition, request: Pick<Request, 'headers'>): Promise<Caller> {
    const credentials = credentialsOf(request.headers);
    const cookie = credentials ? undefined : sessionCookieOf(request.headers);
    if (cookie !== undefined) return this.#admitSession(route, request, cookie);
    if (!credentials) return this.#admitAnonymous(route);
    return admitAs(route, await this.#identities.identify(credentials));
  }

  /**
   * Lets a WebSocket in that brings any credentials: in its headers, a token in its address (`?token=`), or the cookie
   * of a session, because browsers can't send headers with it. Asked under `--access strict` only.
   *
   * @throws AppError `unauthorized`; `forbidden` when the cookie comes with a page of another origin
   */
  async admitUpgrade({ headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>): Promise<void> {
    const token = new URLSearchParams(url.split('?')[1]).get('token') ?? '';
    const credentials = credentialsOf(headers) ?? (token === '' ? undefined : { token, apiKey: '' });
    if (credentials) {
      await this.#identities.identify(credentials);
      return;
    }
    const cookie = sessionCookieOf(headers);
    if (cookie === undefined) throw noCredentials();
    if (!this.#isOwnPage({ headers })) throw foreignPage();
    await this.#identities.identifySession(cookie);
  }

  /**
   * Lets the owner of the thing pass, and who acts for all.
   *
   * @throws AppError `not_found` when there is no such thing, `forbidden` when it is somebody else's
   */
  async requireOwner<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
    route: RouteDefinition<Params, Query, z.ZodType, Body>,
    caller: Caller,
    input: CallInput<Params, Query, Body>,
  ): Promise<void> {
    if (!route.owner) return;
    const { kind } = route.owner;
    const id = route.owner.id(input);
    // The caller itself.
    if (id === '' && kind === 'provider') return;
    const owners = await this.#identities.ownersOf(kind, id);
    if (!owners) throw new AppError('not_found', `There is no ${nounOf(kind)} ${id.slice(0, 128)}.`);
    const actsForAll = caller.actsForAll && route.access !== 'wallet';
    if (!actsForAll && !owners.includes(caller.accountId))
      throw new AppError('forbidden', `This ${nounOf(kind)} belongs to another account.`);
  }

  async #admitSession(
    route: RouteDefinition,
    request: Pick<Request, 'headers'>,
    cookie: string,
  ): Promise<Caller> {
    // Another site's page could have the browser send the cookie along (a program beside this one on the same host).
    if (route.method !== 'get' && !this.#isOwnPage(request)) throw foreignPage();
    let caller: Caller;
    try {
      caller = await this.#identities.identifySession(cookie);
    } catch (error) {
      if (error instanceof AppError && error.code === 'unauthorized')
        return this.#admitAnonymous(route, error);
      throw error;
    }
    return admitAs(route, caller);
  }

  /** @param reason why what was brought does not count; said where credentials are needed */
  #admitAnonymous(route: RouteDefinition, reason?: AppError): Caller {
    if (route.openToAll && this.#mode === 'open') return trustedCaller;
    if (route.access === 'always') return this.#mode === 'open' ? trustedCaller : anonymousCaller;
    if (route.access === 'public') {
      if (this.#mode === 'strict') throw reason ?? noCredentials();
      return this.#mode === 'open' ? trustedCaller : anonymousCaller;
    }
    throw (
      reason ??
      new AppError(
        'unauthorized',
        'This call needs credentials: a wallet token (Authorization: Bearer) or an API key (X-API-Key).',
      )
    );
  }
}

function nounOf(kind: OwnedKind): string {
  if (kind === 'lease_party') return 'lease';
  return kind === 'worker_name' ? 'worker' : kind;
}

function admitAs(route: RouteDefinition, caller: Caller): Caller {
  const refusal = refuse(route, caller);
  if (refusal !== undefined) throw new AppError('forbidden', route.refusal ?? refusal);
  return caller;
}

/** Undefined when somebody of this role may call the route, else the reason of the refusal. */
function refuse(route: RouteDefinition, caller: Caller): string | undefined {
  switch (route.access) {
    case 'admin':
      return caller.role === 'admin' ? undefined : 'Only the operator (role admin) may do this.';
    case 'wallet':
      return caller.kind === 'token'
        ? undefined
        : 'Only a wallet that signed in may do this, not an API key.';
    case 'consumer':
      return caller.role === 'provider' && caller.kind !== 'token'
        ? 'Only a consumer, a wallet that signed in, or an admin may rent.'
        : undefined;
    default:
      return undefined;
  }
}
