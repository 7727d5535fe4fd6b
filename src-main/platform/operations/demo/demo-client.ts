/** Calls of the platform's REST API, typed by the contract. */
import { z } from 'zod';
import type { RouteDefinition } from '../../../contract/rest/define-route.ts';
import { StartupError } from '../../kernel/app-error.ts';

export interface CallOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** API key of who calls; absent: nobody in particular. */
  readonly key?: string;
  readonly signal: AbortSignal;
}

const refusalSchema = z.object({ detail: z.string() });

export class DemoClient {
  readonly #baseUrl: string;

  /** @param baseUrl without a slash at its end */
  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
  }

  /** @throws StartupError when the answer is an error, or not what the contract says */
  async call<Response extends z.ZodType>(
    route: Pick<RouteDefinition<z.ZodType, z.ZodType, Response>, 'method' | 'path' | 'response'>,
    { params = {}, query = {}, body, key, signal }: CallOptions,
  ): Promise<z.output<Response>> {
    const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(params[name] ?? ''),
    );
    const url = new URL(`${this.#baseUrl}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const what = `${route.method.toUpperCase()} ${path}`;
    const response = await fetch(url, {
      method: route.method.toUpperCase(),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'x-api-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
    });
    const answer: unknown = await response.json();
    if (!response.ok) {
      const refusal = refusalSchema.safeParse(answer);
      throw new StartupError(
        `${what} answered ${response.status}: ${refusal.success ? refusal.data.detail : 'without a reason'}`,
      );
    }
    const parsed = route.response.safeParse(answer);
    if (!parsed.success) throw new StartupError(`${what} answered something else than its contract says.`);
    return parsed.data;
  }
}
