/** REST calls, typed by the contract's route definitions. */
import type { z } from 'zod';
import type { RouteDefinition } from '../../src-main/contract/rest/define-route.ts';

/** A call that was answered with an error, or not at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Seconds after which the platform asks to try again; 0 when it does not say. */
  readonly retryAfterSec: number;

  constructor(status: number, detail: string, retryAfterSec = 0) {
    super(detail);
    this.status = status;
    this.retryAfterSec = retryAfterSec;
  }
}

type QueryValue = string | number | boolean | undefined;

/** Parameters travel as text: numbers and booleans may be given as what they are. */
type QueryOf<Query extends z.ZodType> =
  z.input<Query> extends undefined ? undefined : { [Name in keyof z.input<Query>]?: QueryValue };

type InputOf<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> = {
  signal?: AbortSignal | undefined;
} & (z.input<Params> extends undefined ? { params?: undefined } : { params: z.input<Params> }) &
  (QueryOf<Query> extends undefined ? { query?: undefined } : { query?: QueryOf<Query> }) &
  (z.input<Body> extends undefined ? { body?: undefined } : { body: z.input<Body> });

/** What a route answers. */
export type AnswerOf<Route extends RouteDefinition> = z.output<Route['response']>;

interface Address {
  readonly params?: object | undefined;
  readonly query?: object | undefined;
}

/** The address of a call, with its parameters filled in. */
export function addressOf(route: Pick<RouteDefinition, 'path'>, { params, query }: Address = {}): string {
  const values = (params ?? {}) as Record<string, unknown>;
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_text, name: string) =>
    encodeURIComponent(String(values[name])),
  );
  const search = new URLSearchParams(
    Object.entries((query ?? {}) as Record<string, QueryValue>)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => [name, String(value)]),
  ).toString();
  return search === '' ? path : `${path}?${search}`;
}

/**
 * Calls the platform.
 *
 * @throws ApiError with the platform's own words when it refuses, with status 0 when it can't be reached
 */
export async function call<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Answer extends z.ZodType,
  Body extends z.ZodType,
>(
  route: RouteDefinition<Params, Query, Answer, Body>,
  input?: InputOf<Params, Query, Body>,
  headers: Readonly<Record<string, string>> = {},
): Promise<z.output<Answer>> {
  const { body, signal } = input ?? {};
  const response = await fetch(addressOf(route, input as Address), {
    method: route.method.toUpperCase(),
    headers: body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: signal ?? null,
    credentials: 'same-origin',
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'The platform does not answer. Is it running, and can this device reach it?');
  });
  if (!response.ok) throw await toError(response);
  const isText = route.mediaType !== undefined;
  return (isText ? response.text() : response.json()) as Promise<z.output<Answer>>;
}

async function toError(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '');
  const retryAfter = Number(response.headers.get('Retry-After') ?? 0);
  return new ApiError(response.status, detailIn(text) ?? fallbackDetail(response), retryAfter || 0);
}

function detailIn(text: string): string | undefined {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    return typeof detail === 'string' ? detail : undefined;
  } catch {
    return undefined;
  }
}

/** A proxy in between answers in its own words. */
function fallbackDetail({ status, statusText }: Response): string {
  return `The server answered ${status}${statusText === '' ? '' : ` ${statusText}`}.`;
}
