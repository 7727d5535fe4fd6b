/** From a route definition to an Express route: access, validation, one call, JSON. */
import type { Express, Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import type { AccessMode } from '../../contract/config.ts';
import type { RouteAccess, RouteDefinition } from '../../contract/rest/define-route.ts';
import { AppError } from '../kernel/app-error.ts';

/** What a handler gets: validated input, and the request for what only HTTP knows. */
export interface RouteInput<Params extends z.ZodType, Query extends z.ZodType> {
  readonly params: z.output<Params>;
  readonly query: z.output<Query>;
  readonly request: Request;
  readonly response: Response;
}

/** Answers with the body; undefined when it answered by itself. */
export type RouteHandler<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> = (
  input: RouteInput<Params, Query>,
) => Promise<z.input<Body> | undefined> | z.input<Body> | undefined;

function parse<Schema extends z.ZodType>(
  schema: Schema | undefined,
  value: unknown,
  what: string,
): z.output<Schema> {
  if (!schema) return undefined as z.output<Schema>;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const detail = parsed.error.issues
    .map(({ path, message }) => `${path.map(String).join('.')} ${message}`)
    .join('; ');
  throw new AppError('invalid_input', `${what}: ${detail}`);
}

/** The answer under `--access strict` to everything that is not open `always`. */
export function noCredentials(): AppError {
  return new AppError('unauthorized', 'This platform answers nothing without credentials (--access strict).');
}

/** Under `strict` only what is open `always` answers without credentials, and there are none yet. */
function authorize(routeAccess: RouteAccess, access: AccessMode): void {
  if (access === 'strict' && routeAccess !== 'always') throw noCredentials();
}

/** Adds a route. Another method on its path is answered with 405 once `finish` was called. */
export class RouteTable {
  readonly #app: Express;
  readonly #access: AccessMode;
  readonly #byPath = new Map<string, RouteDefinition[]>();
  readonly routes: RouteDefinition[] = [];

  constructor(app: Express, access: AccessMode) {
    this.#app = app;
    this.#access = access;
  }

  mount<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
    route: RouteDefinition<Params, Query, Body>,
    handler: RouteHandler<Params, Query, NoInfer<Body>>,
  ): void {
    const path = route.path.replace(/\{(\w+)\}/g, ':$1');
    const json = route.mediaType === undefined;
    const run: RequestHandler = async (request, response) => {
      authorize(route.access, this.#access);
      const params = parse(route.params, request.params, 'Path');
      const query = parse(route.query, request.query, 'Query');
      const body = await handler({ params, query, request, response });
      if (body === undefined) return;
      response.setHeader(
        'Content-Type',
        json ? 'application/json; charset=utf-8' : `${route.mediaType}; charset=utf-8`,
      );
      const text = json ? JSON.stringify(body) : String(body);
      response.setHeader('Content-Length', Buffer.byteLength(text));
      response.end(text);
    };
    this.#app[route.method](path, run);
    this.#byPath.set(path, [...(this.#byPath.get(path) ?? []), route]);
    this.routes.push(route);
  }

  /** Answers all other methods on the mounted paths. */
  finish(): void {
    for (const [path, routes] of this.#byPath) {
      const methods = routes.map(({ method }) => method);
      const allowed = [...methods, ...(methods.includes('get') ? ['head'] : []), 'options']
        .join(', ')
        .toUpperCase();
      const access = routes.some((route) => route.access === 'always') ? 'always' : 'public';
      this.#app.all(path, (request, response) => {
        authorize(access, this.#access);
        response.setHeader('Allow', allowed);
        if (request.method === 'OPTIONS') return void response.status(204).end();
        throw new AppError('method_not_allowed', `${request.method} is not possible here; try ${allowed}.`);
      });
    }
  }
}
