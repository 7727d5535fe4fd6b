/** The OpenAPI document, from the same definitions that validate. */
import type { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { errorRegistry, type ErrorCode } from '../../contract/errors.ts';
import { sessionCookieName } from '../../contract/rest/browser-session.routes.ts';
import {
  errorBodySchema,
  rpcErrorBodySchema,
  type RouteDefinition,
} from '../../contract/rest/define-route.ts';

const codes = Object.keys(errorRegistry) as ErrorCode[];

function toFailure(description: string, schema: z.ZodType = errorBodySchema): ZodOpenApiResponseObject {
  return { description, content: { 'application/json': { schema } } };
}

/** Errors that this call answers with, beside those that any call may. */
function errorsOf(route: RouteDefinition): ErrorCode[] {
  return [
    ...(route.query || route.params ? (['invalid_input'] as const) : []),
    ...(route.body ? (['invalid_body', 'malformed_body', 'body_too_large'] as const) : []),
    ...(route.access === 'always' ? [] : (['unauthorized'] as const)),
    ...(needsRights(route) ? (['forbidden'] as const) : []),
    ...(route.owner ? (['not_found'] as const) : []),
    ...(route.rateLimited ? (['too_many_requests'] as const) : []),
    ...(route.errors ?? []),
  ];
}

/** Whether valid credentials alone are not enough. */
function needsRights({ access, owner }: RouteDefinition): boolean {
  return owner !== undefined || ['admin', 'wallet', 'consumer'].includes(access);
}

/** A token, a key or the cookie of a session, one of them; an empty entry where none is needed. */
function securityOf(route: RouteDefinition) {
  const token = { walletToken: [] };
  const session = { session: [] };
  if (route.access === 'wallet') return [token, session];
  const isPublic = route.access === 'always' || route.access === 'public';
  return [...(isPublic ? [{}] : []), ...(route.access === 'always' ? [] : [token, { apiKey: [] }, session])];
}

function toOperation(
  route: RouteDefinition,
  shared: Record<ErrorCode | 'any', ZodOpenApiResponseObject>,
): ZodOpenApiOperationObject {
  const failures: ZodOpenApiResponsesObject = {};
  for (const [status, group] of Map.groupBy(errorsOf(route), (code) => errorRegistry[code].status)) {
    const meaning = group.map((code) => errorRegistry[code].meaning).join(' Or: ');
    const isShared = group.length === 1 && !route.rpcErrors;
    failures[`${status as 400}`] = isShared
      ? shared[group[0] as ErrorCode]
      : toFailure(meaning, route.rpcErrors ? rpcErrorBodySchema : errorBodySchema);
  }
  const mediaType = route.mediaType?.split(';')[0] ?? 'application/json';
  return {
    tags: [route.tag],
    summary: route.summary,
    'x-access': route.access,
    ...(route.openToAll ? { 'x-open-to-all': true } : {}),
    ...(route.owner ? { 'x-owner': route.owner.kind } : {}),
    security: securityOf(route),
    requestParams: {
      ...(route.params ? { path: route.params as z.ZodObject } : {}),
      ...(route.query ? { query: route.query as z.ZodObject } : {}),
    },
    ...(route.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }
      : {}),
    responses: {
      [`${route.successStatus ?? 200}`]: {
        description: route.successStatus === undefined ? 'OK' : 'Accepted; the work goes on',
        content: { [mediaType]: { schema: route.response } },
      },
      ...failures,
      default: shared.any,
    },
  };
}

/** Builds the document (OpenAPI 3.1) of the mounted routes and of all errors. */
export function createOpenApiDocument(routes: readonly RouteDefinition[], version: string) {
  const shared = Object.fromEntries([
    ...codes.map((code) => [code, toFailure(errorRegistry[code].meaning)]),
    ['any', toFailure('Any other error of components.responses.')],
  ]) as Record<ErrorCode | 'any', ZodOpenApiResponseObject>;
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: toOperation(route, shared) };
  }
  const document = createDocument({
    openapi: '3.1.0',
    info: {
      title: 'XenBlocks control center',
      version,
      description: 'Fleet, blocks and market of a XenBlocks farm.',
    },
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      responses: shared,
      securitySchemes: {
        walletToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        session: { type: 'apiKey', in: 'cookie', name: sessionCookieName },
      },
    },
  });
  for (const code of codes) {
    const response = document.components?.responses?.[code];
    if (response) Object.assign(response, { 'x-status': errorRegistry[code].status });
  }
  return document;
}
