/** From a route definition to an Express route: access, validation, ownership, one call, JSON, audit. */
import type { Express, Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import type { ErrorCode } from '../../contract/errors.ts';
import type { CallInput, RouteDefinition } from '../../contract/rest/define-route.ts';
import { AppError, messageOf } from '../kernel/app-error.ts';
import { anonymousCaller, type Caller } from '../kernel/caller.ts';
import { noCredentials, type AccessControl } from './access-control.ts';
import { findForbidden } from './input-shape.ts';

/** What a handler gets: who calls, validated input, and the request for what only HTTP knows. */
export interface RouteInput<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
> extends CallInput<Params, Query, Body> {
  readonly caller: Caller;
  readonly request: Request;
  readonly response: Response;
}

/** Answers with the body; undefined when it answered by itself. */
export type RouteHandler<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Answer extends z.ZodType,
  Body extends z.ZodType,
> = (
  input: RouteInput<Params, Query, Body>,
) => Promise<z.input<Answer> | undefined> | z.input<Answer> | undefined;

/** One call that changed something, or was not allowed to. */
export interface ChangeRecord {
  readonly caller: Caller;
  readonly remoteAddress: string;
  readonly action: string;
  /** What it was about: the ids in its path, or the owned thing; empty when there is none. */
  readonly target: string;
  readonly result: 'ok' | 'refused' | 'failed';
  /** Why not; empty when it was done. */
  readonly reason: string;
  /** The fields of a valid body, as they were sent; undefined when it did not come so far. */
  readonly body: unknown;
}

/** Writes the audit log; the answer waits for it. Never rejects: the answer tells of the change, not of the log. */
export type RecordChange = (change: ChangeRecord) => Promise<void>;

function parse<Schema extends z.ZodType>(
  schema: Schema | undefined,
  value: unknown,
  what: 'Path' | 'Query' | 'Body',
): z.output<Schema> {
  if (!schema) return undefined as z.output<Schema>;
  const code: ErrorCode = what === 'Body' ? 'invalid_body' : 'invalid_input';
  if (what === 'Body' && (typeof value !== 'object' || value === null || Array.isArray(value)))
    throw new AppError(code, 'Body: has to be a JSON object, sent with Content-Type: application/json.');
  const forbidden = findForbidden(value);
  if (forbidden !== undefined) throw new AppError(code, `${what}: ${forbidden}.`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const detail = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.map(String).join('.')} ${message}`.trim())
    .join('; ');
  throw new AppError(code, `${what}: ${detail}`);
}

/** The fields of a body that its schema knows, as the caller sent them: amounts are in credits there. */
function asSent(sent: unknown, parsed: unknown): unknown {
  if (parsed === undefined) return undefined;
  const fields = sent as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(parsed as object)
      .filter((name) => Object.hasOwn(fields, name))
      .map((name) => [name, fields[name]]),
  );
}

function send(route: RouteDefinition, response: Response, answer: unknown): void {
  const json = route.mediaType === undefined;
  const text = json ? JSON.stringify(answer) : String(answer);
  if (route.successStatus !== undefined) response.status(route.successStatus);
  response.setHeader(
    'Content-Type',
    json ? 'application/json; charset=utf-8' : `${route.mediaType}; charset=utf-8`,
  );
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}

export interface RouteTableOptions {
  readonly app: Express;
  readonly access: AccessControl;
  readonly isStrict: boolean;
  readonly recordChange: RecordChange;
  /** Limits calls of routes that ask for it. */
  readonly rateLimit: RequestHandler;
}

/** Adds a route. Another method on its path is answered with 405 once `finish` was called. */
export class RouteTable {
  readonly #options: RouteTableOptions;
  readonly #byPath = new Map<string, RouteDefinition[]>();
  readonly routes: RouteDefinition[] = [];

  constructor(options: RouteTableOptions) {
    this.#options = options;
  }

  mount<Params extends z.ZodType, Query extends z.ZodType, Answer extends z.ZodType, Body extends z.ZodType>(
    route: RouteDefinition<Params, Query, Answer, Body>,
    handler: RouteHandler<Params, Query, NoInfer<Answer>, Body>,
  ): void {
    const { app, access, rateLimit } = this.#options;
    const definition = route as unknown as RouteDefinition;
    const path = route.path.replace(/\{(\w+)\}/g, ':$1');
    const run: RequestHandler = async (request, response) => {
      const call: Call = { caller: anonymousCaller, target: '', body: undefined };
      let answer: z.input<Answer> | undefined;
      let input: CallInput<Params, Query, Body> | undefined;
      try {
        if (!access.needsNobody(definition, request.query))
          call.caller = await access.admit(definition, request);
        const params = parse(route.params, request.params, 'Path');
        call.target = Object.values(params ?? {}).join(' ');
        const query = parse(route.query, request.query, 'Query');
        const body = parse(route.body, request.body, 'Body');
        input = { params, query, body };
        if (call.target === '') call.target = route.owner?.id(input) ?? '';
        call.body = asSent(request.body, body);
        if (route.owner) await access.requireOwner(route, call.caller, input);
        answer = await handler({ ...input, caller: call.caller, request, response });
      } catch (error) {
        if (input && call.target === '') call.target = route.target?.(input, undefined) ?? '';
        await this.#audit(definition, request, call, error);
        throw error;
      }
      if (call.target === '') call.target = route.target?.(input, answer) ?? '';
      await this.#audit(definition, request, call, undefined);
      if (answer !== undefined) send(definition, response, answer);
    };
    app[route.method](path, ...(route.rateLimited ? [rateLimit] : []), run);
    this.#byPath.set(path, [...(this.#byPath.get(path) ?? []), definition]);
    this.routes.push(definition);
  }

  /** Whether errors on a path are read by miners. */
  speaksRpc(path: string): boolean {
    return this.#byPath.get(path)?.some((route) => route.rpcErrors) ?? false;
  }

  /** Answers all other methods on the mounted paths. */
  finish(): void {
    const { app, isStrict } = this.#options;
    for (const [path, routes] of this.#byPath) {
      const methods = routes.map(({ method }) => method);
      const allowed = [...methods, ...(methods.includes('get') ? ['head'] : []), 'options']
        .join(', ')
        .toUpperCase();
      const isHidden = isStrict && routes.every((route) => route.access !== 'always');
      app.all(path, (request, response) => {
        if (isHidden) throw noCredentials();
        response.setHeader('Allow', allowed);
        if (request.method === 'OPTIONS') return void response.status(204).end();
        throw new AppError('method_not_allowed', `${request.method} is not possible here; try ${allowed}.`);
      });
    }
  }

  /** Who knocks without credentials changes nothing and is no entry: anyone could fill the log. */
  #audit(route: RouteDefinition, request: Request, call: Call, error: unknown): Promise<void> | undefined {
    if (route.action === undefined) return undefined;
    const code = error instanceof AppError ? error.code : undefined;
    if (code === 'unauthorized' && !route.rateLimited) return undefined;
    return this.#options.recordChange({
      ...call,
      action: route.action,
      remoteAddress: request.ip ?? '',
      result: error === undefined ? 'ok' : code === undefined ? 'failed' : 'refused',
      reason: error === undefined ? '' : code === undefined ? 'internal error' : messageOf(error),
    });
  }
}

interface Call {
  caller: Caller;
  target: string;
  body: unknown;
}
