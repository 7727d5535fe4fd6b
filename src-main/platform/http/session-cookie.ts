/** The cookie of a browser's session. */
import type { Request, Response } from 'express';
import { sessionCookieName } from '../../contract/rest/browser-session.routes.ts';

const inHeader = new RegExp(`(?:^|;)\\s*${sessionCookieName}=([^;]*)`);

/** Longer than any that this server sets. */
const maxLength = 4096;

/** What the browser brings back; undefined when it brings none. It may be anything that somebody wrote there. */
export function sessionCookieOf({ cookie = '' }: Request['headers']): string | undefined {
  const value = inHeader.exec(cookie)?.[1]?.trim() ?? '';
  return value === '' || value.length > maxLength ? undefined : value;
}

/** No script reads it, no other site sends it, and where the page came by TLS it goes by TLS only. */
function optionsFor(request: Request) {
  return { httpOnly: true, sameSite: 'strict', path: '/', secure: request.secure } as const;
}

/** Gives the browser a session for so many seconds. */
export function setSessionCookie(
  request: Request,
  response: Response,
  { value, maxAgeSec }: { readonly value: string; readonly maxAgeSec: number },
): void {
  response.cookie(sessionCookieName, value, { ...optionsFor(request), maxAge: maxAgeSec * 1000 });
}

/** Takes the browser's session from it. */
export function clearSessionCookie(request: Request, response: Response): void {
  response.clearCookie(sessionCookieName, optionsFor(request));
}
