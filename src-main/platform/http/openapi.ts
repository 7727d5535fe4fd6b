/** The OpenAPI document, from the same definitions that validate. */
import type { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { errorRegistry, type ErrorCode } from '../../contract/errors.ts';
import { errorBodySchema, type RouteDefinition } from '../../contract/rest/define-route.ts';

function toOperation(route: RouteDefinition): ZodOpenApiOperationObject {
  const errors: ErrorCode[] = [
    ...(route.query || route.params ? (['invalid_input'] as const) : []),
    ...(route.access === 'always' ? [] : (['unauthorized'] as const)),
    ...(route.errors ?? []),
  ];
  const failures: ZodOpenApiResponsesObject = {};
  for (const code of errors) {
    const { status, meaning } = errorRegistry[code];
    failures[`${status as 400}`] = {
      description: meaning,
      content: { 'application/json': { schema: errorBodySchema } },
    };
  }
  return {
    tags: [route.tag],
    summary: route.summary,
    'x-access': route.access,
    requestParams: {
      ...(route.params ? { path: route.params as z.ZodObject } : {}),
      ...(route.query ? { query: route.query as z.ZodObject } : {}),
    },
    responses: {
      '200': {
        description: 'OK',
        content: { [route.mediaType ?? 'application/json']: { schema: route.response } },
      },
      ...failures,
    },
  };
}

/** Builds the document (OpenAPI 3.1) of the mounted routes. */
export function createOpenApiDocument(routes: readonly RouteDefinition[], version: string) {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: toOperation(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'XenBlocks control center',
      version,
      description: 'Fleet, blocks and market of a XenBlocks farm.',
    },
    paths,
  });
}
