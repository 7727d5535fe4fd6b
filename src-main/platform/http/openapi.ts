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
import { errorBodySchema, type RouteDefinition } from '../../contract/rest/define-route.ts';

const codes = Object.keys(errorRegistry) as ErrorCode[];

function toFailure(description: string): ZodOpenApiResponseObject {
  return { description, content: { 'application/json': { schema: errorBodySchema } } };
}

/** Errors that this call answers with, beside those that any call may. */
function errorsOf(route: RouteDefinition): ErrorCode[] {
  return [
    ...(route.query || route.params ? (['invalid_input'] as const) : []),
    ...(route.access === 'always' ? [] : (['unauthorized'] as const)),
    ...(route.errors ?? []),
  ];
}

function toOperation(
  route: RouteDefinition,
  shared: Record<ErrorCode | 'any', ZodOpenApiResponseObject>,
): ZodOpenApiOperationObject {
  const failures: ZodOpenApiResponsesObject = {};
  for (const [status, group] of Map.groupBy(errorsOf(route), (code) => errorRegistry[code].status)) {
    failures[`${status as 400}`] =
      group.length === 1
        ? shared[group[0] as ErrorCode]
        : toFailure(group.map((code) => errorRegistry[code].meaning).join(' Or: '));
  }
  const mediaType = route.mediaType?.split(';')[0] ?? 'application/json';
  return {
    tags: [route.tag],
    summary: route.summary,
    'x-access': route.access,
    requestParams: {
      ...(route.params ? { path: route.params as z.ZodObject } : {}),
      ...(route.query ? { query: route.query as z.ZodObject } : {}),
    },
    responses: {
      '200': { description: 'OK', content: { [mediaType]: { schema: route.response } } },
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
    components: { responses: shared },
  });
  for (const code of codes) {
    const response = document.components?.responses?.[code];
    if (response) Object.assign(response, { 'x-status': errorRegistry[code].status });
  }
  return document;
}
