import type { Session } from '../../src-main/contract/rest/browser-session.routes.ts';
import { call, type Answer, type Who } from './accounts.ts';
import type { TestPlatform } from './test-platform.ts';

type Reached = Pick<TestPlatform, 'apiUrl'>;

const path = '/api/auth/session';

/** The cookie that an answer sets, with its attributes; undefined when it sets none. */
export function cookieOf({ headers }: Pick<Answer<unknown>, 'headers'>) {
  const [text] = headers.getSetCookie();
  if (text === undefined) return undefined;
  const [pair = '', ...attributes] = text.split('; ');
  return { pair, value: pair.slice(pair.indexOf('=') + 1), attributes };
}

/** The session as a browser sees it that holds this cookie. */
export const sessionOf = (platform: Reached, cookie?: string, headers: Record<string, string> = {}) =>
  call<Session>(platform, 'GET', path, {
    headers: { ...(cookie === undefined ? {} : { cookie }), ...headers },
  });

/** Opens a session as a page does; returns the header with which the browser calls from now on. */
export async function openSession(platform: Reached, who: Who): Promise<{ cookie: string }> {
  const answer = await call<Session>(platform, 'POST', path, { who });
  const cookie = cookieOf(answer)?.pair;
  if (answer.status !== 200 || cookie === undefined)
    throw new Error(`no session: ${answer.status} ${JSON.stringify(answer.body)}`);
  return { cookie };
}

/** Signs out as a page does. */
export const closeSession = (platform: Reached, headers: Record<string, string>) =>
  call<Session>(platform, 'DELETE', path, { headers });
