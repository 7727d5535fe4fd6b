import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { errorRegistry } from '../src-main/contract/errors.ts';
import type { RouteDefinition } from '../src-main/contract/rest/define-route.ts';
import { admin, newWallet, signIn } from './support/accounts.ts';
import { sendRaw } from './support/raw-http.ts';
import { startTestPlatform } from './support/test-platform.ts';

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: Record<string, unknown>;
}

interface Operation {
  tags: string[];
  summary: string;
  'x-access': string;
  parameters?: Parameter[];
  responses: Record<string, { $ref?: string; description?: string; content?: Record<string, object> }>;
}

interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, object>;
    responses: Record<string, { description: string; content: object; 'x-status'?: number }>;
  };
}

const contract = join(import.meta.dirname, '../src-main/contract/rest');
const files = globSync('*.routes.ts', { cwd: contract });
const modules = await Promise.all(files.map((file) => import(join(contract, file)) as Promise<object>));
const routes = modules
  .flatMap((module) => Object.values(module) as unknown[])
  .filter((entry): entry is RouteDefinition => Object.hasOwn(Object(entry) as object, 'path'));

/** Names and schemas of what a route takes in its path or its query. */
const fieldsOf = (schema: unknown) =>
  Object.entries((schema as { shape?: Record<string, z.ZodType> } | undefined)?.shape ?? {});

async function readDocument() {
  const platform = await startTestPlatform();
  return { platform, document: await platform.get<OpenApi>('/api/openapi.json') };
}

const operationsOf = ({ paths }: OpenApi) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

/** Every object of a JSON document. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  yield value as Record<string, unknown>;
  for (const child of Object.values(value)) yield* objectsIn(child);
}

test('the document is OpenAPI 3.1: its parts are complete and its references lead somewhere', async () => {
  const { document } = await readDocument();
  expect(document.openapi).toMatch(/^3\.1\.\d$/);
  expect(document.info.title).not.toBe('');
  expect(document.info.version).toMatch(/^\d/);
  for (const { path, method, operation } of operationsOf(document)) {
    expect(path).toMatch(/^\//);
    expect(['get', 'put', 'post', 'delete']).toContain(method);
    expect(document.tags.map(({ name }) => name)).toEqual(expect.arrayContaining(operation.tags));
    expect(operation.summary).not.toBe('');
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const parameters = operation.parameters ?? [];
    expect(parameters.filter((entry) => entry.in === 'path').map(({ name }) => name)).toEqual(inPath);
    expect(new Set(parameters.map((entry) => `${entry.in} ${entry.name}`)).size).toBe(parameters.length);
    expect(parameters.every(({ schema, name }) => name !== '' && 'type' in schema)).toBe(true);
    for (const [status, response] of Object.entries(operation.responses)) {
      expect(status).toMatch(/^([1-5]\d\d|default)$/);
      expect(response.$ref ?? response.description, `${path} ${status}`).toBeTypeOf('string');
    }
    const success = operation.responses['200'] ?? operation.responses['202'];
    expect(Object.keys(success?.content ?? {})).toHaveLength(1);
  }
  for (const response of Object.values(document.components.responses)) {
    expect(response.description).not.toBe('');
    expect(response.content).toEqual({
      'application/json': { schema: { $ref: '#/components/schemas/Error' } },
    });
  }
  for (const object of objectsIn(document)) {
    // Word for word 3.0: 3.1 says it with JSON Schema.
    expect(object).not.toHaveProperty('nullable');
    if (typeof object['$ref'] !== 'string') continue;
    const steps = object['$ref'].split('/');
    expect(steps[0]).toBe('#');
    const target = steps
      .slice(1)
      .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], document);
    expect(target, object['$ref']).toBeTypeOf('object');
  }
});

test('the document lists every route of the contract, with its parameters and access', async () => {
  const { document } = await readDocument();
  const listed = operationsOf(document).map(({ path, method }) => `${method} ${path}`);
  expect(listed.toSorted()).toEqual(routes.map(({ path, method }) => `${method} ${path}`).toSorted());
  for (const route of routes) {
    const operation = document.paths[route.path]![route.method]!;
    expect(operation['x-access'], route.path).toBe(route.access);
    const listedFields = (operation.parameters ?? []).map((entry) => [entry.in, entry.name, entry.required]);
    expect(listedFields, route.path).toEqual([
      ...fieldsOf(route.params).map(([name]) => ['path', name, true]),
      ...fieldsOf(route.query).map(([name, schema]) => [
        'query',
        name,
        schema.safeParse(undefined).success ? undefined : true,
      ]),
    ]);
    const expectError = (code: keyof typeof errorRegistry) =>
      expect(operation.responses, `${route.path} ${code}`).toHaveProperty(String(errorRegistry[code].status));
    if (route.query) expectError('invalid_input');
    if (route.access !== 'always') expectError('unauthorized');
    route.errors?.forEach(expectError);
    expect(operation.responses).toHaveProperty('default');
  }
});

test('every reading route that needs no parameter answers with its media type', async () => {
  const { platform, document } = await readDocument();
  const { key = '' } = admin(platform);
  const { token } = await signIn(platform, newWallet());
  const plain = operationsOf(document).filter(
    ({ path, method, operation }) =>
      method === 'get' &&
      !path.includes('{') &&
      operation.parameters?.some(({ required }) => required) !== true &&
      // An empty address is none.
      path !== '/api/auth/nonce' &&
      // Nothing was imported.
      path !== '/api/admin/import',
  );
  expect(plain.length).toBeGreaterThan(15);
  for (const { path, operation } of plain) {
    const headers: Record<string, string> =
      operation['x-access'] === 'wallet' ? { authorization: `Bearer ${token}` } : { 'x-api-key': key };
    const response = await fetch(`${platform.apiUrl}${path}`, { headers });
    expect(response.status, path).toBe(200);
    const [mediaType = ''] = Object.keys(operation.responses['200']!.content!);
    expect(response.headers.get('content-type'), path).toContain(mediaType);
    await response.body?.cancel();
  }
});

test('the bounds of parameters are in the document', async () => {
  const { document } = await readDocument();
  const parameter = (path: string, name: string) =>
    document.paths[path]!['get']!.parameters!.find((entry) => entry.name === name)!;
  const fleet = (name: string) => parameter('/api/monitoring/fleet', name);
  expect(fleet('limit').schema).toEqual({ type: 'integer', minimum: 1, maximum: 100, default: 20 });
  expect(fleet('page').schema).toMatchObject({ type: 'integer', minimum: 1, default: 1 });
  expect(fleet('sort').schema).toMatchObject({ enum: ['asc', 'desc'], default: 'desc' });
  expect(fleet('eth_address').schema).toMatchObject({ type: 'string', maxLength: 128 });
  expect(fleet('online').schema).not.toHaveProperty('enum');
  expect(fleet('state').schema['enum']).toContain('MINING');
  expect(parameter('/api/monitoring/hashrate-history', 'hours').schema).toEqual({
    type: 'number',
    minimum: 0.0167,
    maximum: 24,
    default: 1,
  });
  expect(parameter('/api/monitoring/blocks/recent', 'limit').schema).toMatchObject({
    minimum: 1,
    maximum: 200,
  });
  expect(parameter('/api/overview/activity', 'limit').schema).toMatchObject({ maximum: 200, default: 50 });
});

test('every error of the registry is in the document with its status and meaning', async () => {
  const { document } = await readDocument();
  for (const [code, { status, meaning }] of Object.entries(errorRegistry)) {
    expect(document.components.responses[code], code).toMatchObject({
      description: meaning,
      'x-status': status,
    });
  }
});

test('an unchanged document is not sent again', async () => {
  const { platform } = await readDocument();
  const get = (header = '') =>
    sendRaw(
      platform.apiUrl,
      `GET /api/openapi.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${header}\r\n`,
    );
  const first = await get();
  const etag = first.headers['etag'] ?? '';
  expect(etag).toMatch(/^W\/"[\w-]{10,}"$/);
  expect(first.headers['cache-control']).toBe('no-cache');
  expect(await get(`If-None-Match: ${etag}\r\n`)).toMatchObject({ status: 304, body: '' });
  expect((await get('If-None-Match: W/"other"\r\n')).status).toBe(200);
});
