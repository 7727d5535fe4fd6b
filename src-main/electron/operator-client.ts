/** Calls of the program itself to its own platform, over the same REST API as everybody's: checked, and in the audit log. */
import type { z } from 'zod';
import { openSessionOnceRoute, sessionCookieName } from '../contract/rest/browser-session.routes.ts';
import type { RouteDefinition } from '../contract/rest/define-route.ts';
import type { PlatformHost } from './platform-host.ts';

export class OperatorClient {
  readonly #host: PlatformHost;
  #cookie = '';

  constructor(host: PlatformHost) {
    this.#host = host;
  }

  /**
   * Calls a route without parameters.
   *
   * @throws Error with the platform's words when it refuses, or when it does not run
   */
  async call<Answer extends z.ZodType, Body extends z.ZodType>(
    route: RouteDefinition<z.ZodType, z.ZodType, Answer, Body>,
    body?: z.input<Body>,
  ): Promise<z.output<Answer>> {
    let response = await this.#send(route, body, this.#cookie);
    if (response.status === 401) {
      this.#cookie = await this.#signIn();
      response = await this.#send(route, body, this.#cookie);
    }
    const answer: unknown = await response.json();
    if (!response.ok)
      throw new Error((answer as { detail?: string }).detail ?? `answered ${response.status}`);
    return answer as z.output<Answer>;
  }

  async #signIn(): Promise<string> {
    const { platform } = this.#host;
    if (!platform) throw new Error('The platform is not running.');
    const response = await this.#send(openSessionOnceRoute, { token: platform.operatorSignIn() }, '');
    const cookie = response.headers
      .getSetCookie()
      .map((text) => text.split(';', 1)[0] as string)
      .find((pair) => pair.startsWith(`${sessionCookieName}=`));
    if (!response.ok || cookie === undefined)
      throw new Error('The platform refused the sign-in of its own program.');
    return cookie;
  }

  #send(route: Pick<RouteDefinition, 'method' | 'path'>, body: unknown, cookie: string): Promise<Response> {
    const { url } = this.#host;
    if (url === undefined) throw new Error('The platform is not running.');
    return fetch(`${url}${route.path}`, {
      method: route.method.toUpperCase(),
      headers: {
        ...(cookie === '' ? {} : { Cookie: cookie }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}
