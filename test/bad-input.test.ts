import { expect, test } from 'vitest';
import type { z } from 'zod';
import type { RouteDefinition } from '../src-main/contract/rest/define-route.ts';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { call, ok } from './support/accounts.ts';
import { startCast, type Cast } from './support/cast.ts';
import { workerOf } from './support/platform-figures.ts';
import { pathOf, routeSamples, type Sample } from './support/route-samples.ts';
import { checkOf } from './support/trading.ts';

/** JSON as it is sent: also what no JavaScript value becomes, such as 1e999. */
const badJson = [
  ...['null', 'true', '[]', '{}', '""', '" "', '0', '-1', '1.5', '-0', '1e308', '-1e308', '1e999', '-1e999'],
  ...['1e-320', '9007199254740993', '"NaN"', '"Infinity"', '"1"', '"1e308"', '[1]', '[["a"]]', '{"$gt":""}'],
  '{"__proto__":{"role":"admin"},"constructor":{"prototype":{}}}',
  ...[
    "'; drop table accounts; --",
    "' or '1'='1",
    '") union select key_hash from api_keys --',
    '../../../etc/passwd',
  ].map((text) => JSON.stringify(text)),
  ...['<script>alert(1)</script>', '${7*7}', 'ключ 🔑 漢字', '\u202Etxt', '\r\nSet-Cookie: a=b'].map((text) =>
    JSON.stringify(text),
  ),
  ...['"\\ud800"', '"a\\udfffb"', '"\\u0000"', '"a\\u0000b"'],
  JSON.stringify('x'.repeat(20_000)),
  JSON.stringify(`0x${'f'.repeat(40)}`),
  `${'['.repeat(40)}${']'.repeat(40)}`,
  `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
];

/** Text in a path or a query, already encoded. */
const badText = [
  ...[
    '',
    '%20',
    '0',
    '-1',
    '1.5',
    '1e308',
    '1e999',
    '-1e999',
    'NaN',
    'Infinity',
    '0x10',
    '%D9%A3',
    '+1',
    'null',
  ],
  ...[
    'true',
    '[object%20Object]',
    '9007199254740993',
    '99999999999999999999',
    '%00',
    'a%00b',
    '%F0%9F%94%91',
  ],
  ...[
    "'%3B%20drop%20table%20accounts%3B%20--",
    "'%20or%20'1'%3D'1",
    '%25',
    '%2F..%2F..%2Fetc%2Fpasswd',
    '..%2F',
  ],
  ...['%E2%80%AE', '%0d%0aSet-Cookie:%20a=b', '__proto__', 'constructor', '*', '%23', '%3Cscript%3E'],
  'x'.repeat(5000),
];

/** Bytes that are no UTF-8: in a path they are refused, in a query they are read as a mark. */
const brokenEscapes = ['%ff', '%zz', '%', '%C0%80', '%ED%A0%80'];

type Shape = Record<string, z.ZodType>;

/** The fields of an object schema, whatever it is wrapped in. */
function shapeOf(schema: unknown): Shape {
  const { shape, def } = schema as { shape?: Shape; def?: { innerType?: unknown; in?: unknown } };
  if (shape) return shape;
  const inner = def?.innerType ?? def?.in;
  return inner === undefined ? {} : shapeOf(inner);
}

/** Every field of a body, and of the objects in it, as paths. */
function pathsOf(schema: unknown, depth = 0): string[][] {
  return Object.entries(shapeOf(schema)).flatMap(([name, field]) => [
    [name],
    ...(depth < 2 ? pathsOf(field, depth + 1).map((path) => [name, ...path]) : []),
  ]);
}

/** The body as JSON, with one field replaced by a text of JSON, or left out. */
function bodyWith(body: unknown, path: readonly string[], json: string | undefined): string {
  const [name, ...rest] = path;
  if (name === undefined) return json ?? '';
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const others = Object.entries(fields).filter(([field]) => field !== name);
  const value = rest.length === 0 ? json : bodyWith(fields[name], rest, json);
  const parts = others.map(([field, other]) => `${JSON.stringify(field)}:${JSON.stringify(other)}`);
  return `{${[...parts, ...(value === undefined ? [] : [`${JSON.stringify(name)}:${value}`])].join(',')}}`;
}

interface Request {
  readonly what: string;
  readonly path: string;
  readonly body?: string;
  /** Whether the definition takes it: then it may be answered with 200. */
  readonly isValid: boolean;
}

function* badRequests(route: RouteDefinition, sample: Sample): Generator<Request> {
  const json = sample.body && JSON.stringify(sample.body);
  const withBody = json === undefined ? {} : { body: json };
  for (const name of Object.keys(shapeOf(route.params ?? {}))) {
    for (const text of [...badText, ...brokenEscapes]) {
      const marked = pathOf(route.path, { ...sample, params: { ...sample.params, [name]: '@@' } });
      yield {
        what: `path ${name}=${text}`,
        path: marked.replace('%40%40', text),
        isValid: true,
        ...withBody,
      };
    }
  }
  for (const name of Object.keys(shapeOf(route.query ?? {}))) {
    const others = new URLSearchParams(sample.query);
    others.delete(name);
    const queries = [...badText, ...brokenEscapes].map((text) => `${name}=${text}`);
    for (const query of ['', name, `${name}=1&${name}=2`, `${name}[]=1`, `${name}[a]=1`, ...queries]) {
      const path = pathOf(route.path, { ...sample, query: [others.toString(), query].join('&') });
      const parsed = Object.fromEntries(new URLSearchParams(path.split('?')[1]));
      const isTwice = query === `${name}=1&${name}=2`;
      const isValid = !isTwice && route.query?.safeParse(parsed).success === true;
      yield { what: `query ${query}`, path, isValid, ...withBody };
    }
  }
  if (!route.body) return;
  const path = pathOf(route.path, sample);
  const toRequest = (what: string, body: string): Request => {
    const parsed: unknown = JSON.parse(body);
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return { what, path, body, isValid: isObject && route.body?.safeParse(parsed).success === true };
  };
  for (const value of badJson) yield toRequest(`body ${value.slice(0, 60)}`, value);
  // No body at all is an empty one.
  yield { what: 'no body', path, body: '', isValid: route.body.safeParse({}).success };
  for (const text of ['{', '{"a":1,}', 'undefined', "{'a':1}", '\u0000', '{"a":NaN}'])
    yield { what: `body text ${text}`, path, body: text, isValid: false };
  yield { what: 'body of 10 MB', path, body: `{"a":"${'x'.repeat(10_000_000)}"}`, isValid: false };
  for (const fields of pathsOf(route.body)) {
    yield toRequest(`without ${fields.join('.')}`, bodyWith(sample.body, fields, undefined));
    for (const value of badJson)
      yield toRequest(`${fields.join('.')}: ${value.slice(0, 60)}`, bodyWith(sample.body, fields, value));
  }
}

const nameOf = ({ method, path }: RouteDefinition) => `${method} ${path}`;

/** Sends everything that is bad for a route; returns what was answered wrongly. */
async function tryRoute(cast: Cast, route: RouteDefinition, sample: Sample): Promise<string[]> {
  const who = route.access === 'wallet' ? cast.callers.wallet : cast.callers.admin;
  const wrong: string[] = [];
  for (const { what, path, body, isValid } of badRequests(route, sample)) {
    const { status, body: answer } = await call<{ detail?: unknown } | string>(
      cast.platform,
      route.method.toUpperCase(),
      path,
      { who, ...(body === undefined ? {} : { body }) },
    );
    const isRefused = status >= 400 && status < 500;
    const detail = typeof answer === 'object' ? answer.detail : undefined;
    // Miners read 500 as "not a block".
    const isNoBlock = route.rpcErrors === true && status === 500 && isValid;
    const isRight = isRefused ? typeof detail === 'string' && detail !== '' : isValid && status < 400;
    if (!isRight && !isNoBlock)
      wrong.push(`${nameOf(route)} ${what}: ${status} ${JSON.stringify(answer).slice(0, 200)}`);
  }
  return wrong;
}

test('whatever a call brings is answered with a reason or done, and never fails', async () => {
  const lines: string[] = [];
  const loggers = createLogger({ level: 'error', format: 'json', write: (line) => lines.push(line) });
  // One platform for all: it has to go on working after everything that it was sent.
  const cast = await startCast('standard', { loggers });
  const wrong: string[] = [];
  let sent = 0;
  const calls: [RouteDefinition, Sample][] = [];
  for (const route of cast.platform.platform.routes)
    calls.push([route, (await routeSamples[nameOf(route)]?.(cast)) ?? {}]);
  for (const [route, sample] of calls) {
    sent += [...badRequests(route, sample)].length;
    wrong.push(...(await tryRoute(cast, route, sample)));
  }
  expect(sent).toBeGreaterThan(4000);
  expect(wrong).toEqual([]);
  expect(lines).toEqual([]);
  expect((await checkOf(cast.platform)).findings).toEqual([]);
  expect(await ok(cast.platform, 'GET', '/readyz')).toMatchObject({ status: 'ready' });
  expect(await cast.freshLease()).toMatch(/^lease-/);
  await cast.miner.heartbeat({ hashrate: 4321 });
  expect(await workerOf(cast.platform, 'rig-a')).toMatchObject({ hashrate: 4321 });
}, 300_000);
