/** Who may call: one place for all routes (rest.md). */
import type { Request } from 'express';
import type { z } from 'zod';
import type { AccessMode } from '../../contract/config.ts';
import type { CallInput, OwnedKind, RouteDefinition } from '../../contract/rest/define-route.ts';
import { AppError } from '../kernel/app-error.ts';
import { anonymousCaller, trustedCaller, type Caller } from '../kernel/caller.ts';

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
   * The accounts to which a thing belongs.
   *
   * @returns undefined when there is no such thing
   */
  ownersOf(kind: OwnedKind, id: string): Promise<readonly string[] | undefined>;
}

/** Nobody has credentials, and nothing belongs to anybody: what a server without accounts knows. */
export const noIdentities: Identities = {
  identify: () => Promise.reject(new AppError('unauthorized', 'There are no accounts here.')),
  ownersOf: () => Promise.resolve(undefined),
};

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

export class AccessControl {
  readonly #mode: AccessMode;
  readonly #identities: Identities;

  constructor(mode: AccessMode, identities: Identities) {
    this.#mode = mode;
    this.#identities = identities;
  }

  /** Whether a call needs no look at its credentials. */
  needsNobody(route: RouteDefinition): boolean {
    if (route.optionalCaller) return false;
    return route.access === 'always' || (route.access === 'public' && this.#mode !== 'strict');
  }

  /**
   * Who calls, when that is somebody who may call this route at all.
   *
   * @throws AppError `unauthorized` without (valid) credentials, `forbidden` with those of somebody else
   */
  async admit(route: RouteDefinition, request: Pick<Request, 'headers'>): Promise<Caller> {
    const credentials = credentialsOf(request.headers);
    if (!credentials) return this.#admitAnonymous(route);
    const caller = await this.#identities.identify(credentials);
    const refusal = refuse(route, caller);
    if (refusal !== undefined) throw new AppError('forbidden', route.refusal ?? refusal);
    return caller;
  }

  /**
   * Lets a WebSocket in that brings any credentials: in its headers, or a token in its address (`?token=`), because
   * browsers can't send headers with it. Asked under `--access strict` only.
   *
   * @throws AppError `unauthorized`
   */
  async admitUpgrade({
    headers,
    url = '',
  }: {
    headers: Request['headers'];
    url?: string | undefined;
  }): Promise<void> {
    const token = new URLSearchParams(url.split('?')[1]).get('token') ?? '';
    const credentials = credentialsOf(headers) ?? (token === '' ? undefined : { token, apiKey: '' });
    if (!credentials) throw noCredentials();
    await this.#identities.identify(credentials);
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

  #admitAnonymous(route: RouteDefinition): Caller {
    if (route.openToAll && this.#mode === 'open') return trustedCaller;
    if (route.access === 'always') return this.#mode === 'open' ? trustedCaller : anonymousCaller;
    if (route.access === 'public') {
      if (this.#mode === 'strict') throw noCredentials();
      return this.#mode === 'open' ? trustedCaller : anonymousCaller;
    }
    throw new AppError(
      'unauthorized',
      'This call needs credentials: a wallet token (Authorization: Bearer) or an API key (X-API-Key).',
    );
  }
}

function nounOf(kind: OwnedKind): string {
  if (kind === 'lease_party') return 'lease';
  return kind === 'worker_name' ? 'worker' : kind;
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
