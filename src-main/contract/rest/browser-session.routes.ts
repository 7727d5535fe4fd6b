/** Sessions of browsers: a cookie that no script can read, so that no secret lies in a page's storage. */
import { z } from 'zod';
import { accessModes } from '../config.ts';
import { accountRoles } from '../domain/account.ts';
import { defineRoute } from './define-route.ts';

/** It goes to this server only (host, path `/`), not to scripts, and never along with a call of another site. */
export const sessionCookieName = 'xenblocks_session';

/** A session lasts this long at most: not longer than the token or key that opened it. */
export const sessionMaxAgeSec = 24 * 3600;

const path = '/api/auth/session';

/** Who the caller is, in a form that a page can ask for at any time. */
export const sessionSchema = z
  .object({
    account: z
      .object({
        account_id: z.string(),
        role: z.enum(accountRoles),
        eth_address: z.string().meta({ description: 'EIP-55 form; empty without one' }),
        kind: z.enum(['wallet', 'key']).meta({ description: 'What the session was opened with' }),
      })
      .nullable()
      .meta({ description: 'Null without valid credentials' }),
    access: z.enum(accessModes),
    trusted: z.boolean().meta({
      description: 'Under open access and without an account: the caller may do what is open to all',
    }),
    expires_at: z.number().nullable().meta({ description: 'Unix seconds; null when nothing ends by itself' }),
    server_time: z.number(),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof sessionSchema>;

export const sessionRoute = defineRoute({
  method: 'get',
  path,
  tag: 'Accounts',
  summary: 'Who the caller is, by its cookie or its headers; never an error',
  access: 'always',
  response: sessionSchema,
});

export const openSessionRoute = defineRoute({
  method: 'post',
  path,
  tag: 'Accounts',
  summary: `Opens a browser's session for the credentials in the headers: a cookie for 24 hours that no script can read`,
  access: 'signed_in',
  rateLimited: true,
  action: 'auth.open_session',
  target: (_input, answer) => answer?.account?.account_id ?? '',
  response: sessionSchema,
  errors: ['forbidden'],
});

export const openSessionOnceRoute = defineRoute({
  method: 'post',
  path: `${path}/one-time`,
  tag: 'Accounts',
  summary:
    "Opens the operator's session for a token that the program itself handed out; valid once and for a minute",
  access: 'always',
  rateLimited: true,
  action: 'auth.open_session_once',
  target: (_input, answer) => answer?.account?.account_id ?? '',
  body: z.object({ token: z.string().min(1).max(256) }),
  response: sessionSchema,
  errors: ['unauthorized', 'forbidden'],
});

export const closeSessionRoute = defineRoute({
  method: 'delete',
  path,
  tag: 'Accounts',
  summary: 'Ends the session of the cookie: it is refused from now on, wherever a copy of it lies',
  access: 'always',
  optionalCaller: true,
  rateLimited: true,
  action: 'auth.close_session',
  response: sessionSchema,
  errors: ['unauthorized', 'forbidden'],
});
