/** One definition a REST call: it validates, types both sides and feeds the OpenAPI document. */
import { z } from 'zod';
import { maxTagLength } from '../domain/tag.ts';
import type { ErrorCode } from '../errors.ts';

/**
 * Who may call (rest.md).
 * - `always`: everybody in every access mode (service info, health, sign-in);
 * - `public`: everybody, except under `--access strict`, where any credentials will do;
 * - `signed_in`: any credentials;
 * - `wallet`: a wallet's token; with `owner`, of the owner;
 * - `consumer`: who may rent: a consumer, a wallet's token, or an admin;
 * - `owner`: the account that the thing belongs to, or an admin;
 * - `admin`: admins.
 */
export const routeAccesses = [
  'always',
  'public',
  'signed_in',
  'wallet',
  'consumer',
  'owner',
  'admin',
] as const;
export type RouteAccess = (typeof routeAccesses)[number];

/**
 * What an owned thing is: an account (or a worker's id, which stands for its owner), a worker, a lease for its
 * consumer, a lease for its consumer and its worker's owner, a provider (address, worker id or account id), a
 * command to a worker for who owned the worker when it was sent, or a worker's name, which belongs to nobody but the
 * admins before a worker registers with it.
 */
export type OwnedKind =
  'account' | 'worker' | 'worker_name' | 'lease' | 'lease_party' | 'provider' | 'command';

/** The validated input of a call. */
export interface CallInput<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
  readonly params: z.output<Params>;
  readonly query: z.output<Query>;
  readonly body: z.output<Body>;
}

/** The thing whose owner may call. */
export interface Ownership<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
  readonly kind: OwnedKind;
  /** Its id; an empty one means the caller itself (kind `provider`). */
  id(input: CallInput<Params, Query, Body>): string;
}

export interface RouteDefinition<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** OpenAPI form: `/api/workers/{worker_id}/control`. */
  readonly path: string;
  readonly tag: RouteTag;
  readonly summary: string;
  readonly access: RouteAccess;
  /** Under `--access open` nobody needs credentials for it ("open: none" in rest.md). */
  readonly openToAll?: boolean;
  /** Said to those who may not, instead of the general text. */
  readonly refusal?: string;
  /** Needed by `owner`; with another access it is an additional condition. */
  readonly owner?: Ownership<Params, Query, Body>;
  /**
   * A public call that answers differently to someone who brings credentials. `by_tag`: only when it asks for a tag;
   * else it looks at no credentials, not even at those that have ended.
   */
  readonly optionalCaller?: true | 'by_tag';
  /** Errors are `{status: "error", message}`, as miners read them, beside `detail`. */
  readonly rpcErrors?: boolean;
  /** Calls of one address are limited (sign-in). */
  readonly rateLimited?: boolean;
  /** Name under which the audit log records it; every call that changes something has one. */
  readonly action?: string;
  /**
   * What the call was about, for the audit log, where neither its path nor an owned thing says it. The answer is
   * undefined when the call was refused.
   */
  target?(input: CallInput<Params, Query, Body>, answer: z.input<Response> | undefined): string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly response: Response;
  /** 202: the work goes on after the answer. */
  readonly successStatus?: 202;
  /** Media type of the answer; JSON unless said otherwise. */
  readonly mediaType?: string;
  /** Errors beside the ones that every call may answer with. */
  readonly errors?: readonly ErrorCode[];
}

/** Groups of calls in the OpenAPI document. */
export type RouteTag =
  | 'Service'
  | 'Fleet'
  | 'Overview'
  | 'Accounts'
  | 'Ledger'
  | 'Market'
  | 'Leases'
  | 'Blocks'
  | 'Control'
  | 'Tags'
  | 'Provider'
  | 'Earnings'
  | 'Wallet'
  | 'Chain'
  | 'Alerts'
  | 'Audit'
  | 'Backups'
  | 'Storage'
  | 'Simulator'
  | 'System';

/** Keeps the exact types of a definition. */
export function defineRoute<
  Response extends z.ZodType,
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(route: RouteDefinition<Params, Query, Response, Body>): RouteDefinition<Params, Query, Response, Body> {
  return route;
}

interface NumberBounds {
  min: number;
  max: number;
  default: number;
}

/** Documents a parameter as what it means, not as the text by which it travels. */
function asCallersSee(schema: Record<string, unknown>) {
  return ({ jsonSchema }: { jsonSchema: Record<string, unknown> }) => {
    delete jsonSchema['pattern'];
    delete jsonSchema['enum'];
    Object.assign(jsonSchema, schema);
  };
}

/** A number as text, within bounds; absent it is missing. */
function numberText(kind: 'integer' | 'number', { min, max }: Omit<NumberBounds, 'default'>) {
  const message = `must be ${kind === 'integer' ? 'a whole number' : 'a number'} from ${min} to ${max}`;
  const pattern = kind === 'integer' ? /^-?\d{1,15}$/ : /^-?\d{1,15}(\.\d{1,15})?$/;
  return z
    .string({ error: message })
    .regex(pattern, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message));
}

function numberMeta(
  kind: 'integer' | 'number',
  { min, max, default: fallback }: Omit<NumberBounds, 'default'> & { default?: number },
  description: string | undefined,
) {
  return {
    ...(description === undefined ? {} : { description }),
    override: asCallersSee({
      type: kind,
      minimum: min,
      maximum: max,
      ...(fallback === undefined ? {} : { default: fallback }),
    }),
  };
}

function queryNumber(kind: 'integer' | 'number', bounds: NumberBounds, description?: string) {
  return numberText(kind, bounds)
    .optional()
    .transform((value) => value ?? bounds.default)
    .meta(numberMeta(kind, bounds, description));
}

/** A whole number in a query string, refused (not clamped) when out of bounds. */
export function queryInteger(bounds: NumberBounds, description?: string) {
  return queryNumber('integer', bounds, description);
}

/** The same, but it has to be there. */
export function queryRequiredInteger(bounds: Omit<NumberBounds, 'default'>, description?: string) {
  return numberText('integer', bounds).meta(numberMeta('integer', bounds, description));
}

/** A decimal number in a query string, refused when out of bounds. */
export function queryDecimal(bounds: NumberBounds, description?: string) {
  return queryNumber('number', bounds, description);
}

/** The same; absent means no filter. */
export function queryOptionalDecimal(bounds: Omit<NumberBounds, 'default'>, description?: string) {
  return numberText('number', bounds)
    .optional()
    .meta(numberMeta('number', bounds, description));
}

/** `true`, `1`, `false` or `0` in a query string. */
function booleanText() {
  return z
    .enum(['true', 'false', '1', '0'], { error: 'must be true or false' })
    .transform((value) => value === 'true' || value === '1')
    .optional();
}

/** `true`, `1`, `false` or `0` in a query string; absent means no filter. */
export function queryBoolean(description?: string) {
  return booleanText().meta({
    ...(description === undefined ? {} : { description }),
    override: asCallersSee({ type: 'boolean' }),
  });
}

/** The same; absent means `fallback`. */
export function queryFlag(fallback: boolean, description: string) {
  return booleanText()
    .transform((value) => value ?? fallback)
    .meta({ description, override: asCallersSee({ type: 'boolean', default: fallback }) });
}

/** Text in a query string; absent and empty mean no filter. */
export function queryText(maxLength: number, description?: string) {
  return z
    .string({ error: 'must be given once, as text' })
    .max(maxLength, `must have at most ${maxLength} characters`)
    .default('')
    .meta(description === undefined ? {} : { description });
}

/** A tag in a query string, capitals and blanks around it taken for what was meant; absent and empty mean no filter. */
export function queryTag(description: string) {
  return z
    .string({ error: 'must be given once, as text' })
    .trim()
    .toLowerCase()
    .max(maxTagLength, `must have at most ${maxTagLength} characters`)
    .default('')
    .meta({ description: `${description}, of those whose tags the caller may see` });
}

/** Highest page number: the first item's offset stays an exact integer. */
export const maxPage = 1_000_000_000;

/** `{items, total, page, limit, total_pages}` (rest.md, Pages). */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    total: z.number(),
    page: z.number(),
    limit: z.number(),
    total_pages: z.number(),
  });
}

/** `{items, total, limit, offset}` (rest.md, offset lists). */
export function offsetListOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), total: z.number(), limit: z.number(), offset: z.number() });
}

/** `limit` and `offset` of an offset list. */
export const offsetQuery = {
  limit: queryInteger({ min: 1, max: 500, default: 50 }),
  offset: queryInteger({ min: 0, max: maxPage, default: 0 }),
};

/** When a day begins: nobody's clock is further from UTC. */
export const utcOffsetQuery = queryInteger(
  { min: -840, max: 840, default: 0 },
  "Minutes by which the reader's clock is ahead of UTC: when its day began",
);

/** A worker's id in a path; URL-decoded, may hold colons. */
export const workerParams = z.object({ worker_id: z.string().min(1).max(256) });

/** The body of errors of routes with `rpcErrors`. */
export const rpcErrorBodySchema = z
  .object({ detail: z.string(), status: z.literal('error'), message: z.string() })
  .meta({ id: 'RpcError' });

/** The body of every other error. */
export const errorBodySchema = z
  .object({ detail: z.string().meta({ description: 'What was wrong and what to do, for people' }) })
  .meta({ id: 'Error' });
