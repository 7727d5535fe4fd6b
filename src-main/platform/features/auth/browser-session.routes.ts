import type { AccessMode } from '../../../contract/config.ts';
import type { AccountRole } from '../../../contract/domain/account.ts';
import {
  closeSessionRoute,
  openSessionOnceRoute,
  openSessionRoute,
  sessionRoute,
  type Session,
} from '../../../contract/rest/browser-session.routes.ts';
import { credentialsOf } from '../../http/access-control.ts';
import type { HttpServer } from '../../http/http-server.ts';
import type { RouteInput } from '../../http/mount.ts';
import { clearSessionCookie, sessionCookieOf, setSessionCookie } from '../../http/session-cookie.ts';
import { AppError } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import { shownAddress, type Accounts } from '../accounts/index.ts';
import type { BrowserSessions, OpenedSession, Presence } from './browser-sessions.ts';

export interface BrowserSessionRoutesOptions {
  readonly http: HttpServer;
  readonly browserSessions: BrowserSessions;
  readonly accounts: Accounts;
  readonly access: AccessMode;
  readonly clock: Clock;
}

type Headers = Parameters<typeof credentialsOf>[0];
type Exchange = Pick<RouteInput<never, never, never>, 'request' | 'response'>;

/** Sessions of browsers: open, look, end. */
export function mountBrowserSessions(options: BrowserSessionRoutesOptions): void {
  const { http, browserSessions: sessions, clock } = options;

  const begin = async (opened: OpenedSession, { request, response }: Exchange): Promise<Session> => {
    // Who signs in anew has no use for the session before.
    const before = sessionCookieOf(request.headers);
    if (before !== undefined) await sessions.end(before);
    response.setHeader('Cache-Control', 'no-store');
    const maxAgeSec = opened.expiresAtSec - Math.floor(clock.nowMs() / 1000);
    setSessionCookie(request, response, { value: opened.cookie, maxAgeSec });
    return toSession(opened, options);
  };

  http.mount(sessionRoute, async ({ request, response }) => {
    response.setHeader('Cache-Control', 'no-store');
    return toSession(await presenceOf(request.headers, sessions), options);
  });

  http.mount(openSessionRoute, async (input) => {
    const credentials = credentialsOf(input.request.headers);
    if (!credentials)
      throw new AppError(
        'unauthorized',
        'A session is opened with a wallet token (Authorization: Bearer) or an API key (X-API-Key), not with another.',
      );
    return begin(await sessions.open(credentials), input);
  });

  http.mount(openSessionOnceRoute, async (input) => begin(await sessions.openOnce(input.body.token), input));

  http.mount(closeSessionRoute, async ({ request, response }) => {
    const cookie = sessionCookieOf(request.headers);
    if (cookie !== undefined) await sessions.end(cookie);
    response.setHeader('Cache-Control', 'no-store');
    clearSessionCookie(request, response);
    return toSession(undefined, options);
  });
}

/** Who asks; undefined when nothing that is brought is valid. */
async function presenceOf(headers: Headers, sessions: BrowserSessions): Promise<Presence | undefined> {
  try {
    const credentials = credentialsOf(headers);
    if (credentials) return await sessions.ofCredentials(credentials);
    const cookie = sessionCookieOf(headers);
    return cookie === undefined ? undefined : await sessions.ofCookie(cookie);
  } catch (error) {
    if (error instanceof AppError && error.code === 'unauthorized') return undefined;
    throw error;
  }
}

async function toSession(
  presence: Presence | undefined,
  { access, accounts, clock }: BrowserSessionRoutesOptions,
): Promise<Session> {
  const row = presence && (await accounts.find(presence.caller.accountId));
  return {
    account:
      presence && row
        ? {
            account_id: row.account_id,
            role: row.role satisfies AccountRole,
            eth_address: shownAddress(row),
            kind: presence.caller.kind === 'token' ? 'wallet' : 'key',
          }
        : null,
    access,
    trusted: access === 'open' && presence === undefined,
    expires_at: presence?.expiresAtSec ?? null,
    server_time: toUnixSeconds(clock.nowMs()),
  };
}
