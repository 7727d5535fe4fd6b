import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { defineRoute } from '../src-main/contract/rest/define-route.ts';
import { HttpServer } from '../src-main/platform/http/http-server.ts';
import { AppError } from '../src-main/platform/kernel/app-error.ts';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { openSocket, sendRaw } from './support/raw-http.ts';
import { startTestPlatform } from './support/test-platform.ts';

const reads = [
  '/',
  '/api/status',
  '/healthz',
  '/readyz',
  '/metrics',
  '/api/openapi.json',
  '/api/monitoring/fleet',
  '/api/monitoring/stats',
  '/api/monitoring/hashrate-history',
  '/api/monitoring/blocks/recent',
  '/api/overview/stats',
  '/api/overview/activity',
  '/api/overview/network',
  '/api/workers',
];

async function detailOf(response: Response): Promise<string> {
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const body = (await response.json()) as { detail: string };
  expect(Object.keys(body)).toEqual(['detail']);
  expect(body.detail.length).toBeGreaterThan(10);
  return body.detail;
}

/** What no number may be. */
const noNumbers = [
  '',
  '%20',
  'NaN',
  'Infinity',
  '1e308',
  '1e3',
  '0x10',
  '-1',
  '1.2.3',
  '١',
  'null',
  '1;2',
  '1%00',
];

const bounded: [path: string, parameter: string, allowed: string[], refused: string[]][] = [
  ['/api/monitoring/fleet', 'page', ['1', '1000000000'], ['0', '1000000001', '1.5', ...noNumbers]],
  ['/api/monitoring/fleet', 'limit', ['1', '100'], ['0', '101', '99.5', ...noNumbers]],
  ['/api/monitoring/fleet', 'sort', ['asc', 'desc'], ['', 'ASC', 'hashrate', 'desc; drop table workers']],
  ['/api/monitoring/fleet', 'eth_address', ['', 'x'.repeat(128)], ['x'.repeat(129)]],
  ['/api/monitoring/fleet', 'search', ['', "' or 1=1 --", '%F0%9F%A6%8A'], ['x'.repeat(129)]],
  ['/api/monitoring/fleet', 'state', ['AVAILABLE', 'offline'], ['', 'available', 'OFFLINE', 'x']],
  ['/api/monitoring/fleet', 'online', ['true', 'false', '1', '0'], ['', 'yes', 'TRUE', '2']],
  ['/api/monitoring/blocks/recent', 'limit', ['1', '200'], ['0', '201', ...noNumbers]],
  ['/api/monitoring/hashrate-history', 'hours', ['0.0167', '1', '24'], ['0.0166', '0', '24.1', ...noNumbers]],
  ['/api/monitoring/hashrate-history', 'worker_id', ['', "x' --"], ['x'.repeat(257)]],
  ['/api/overview/activity', 'page', ['1', '1000000000'], ['0', ...noNumbers]],
  ['/api/overview/activity', 'limit', ['1', '200'], ['0', '201', ...noNumbers]],
];

describe('a parameter', () => {
  test('out of bounds, malformed or given twice is refused with its name, and never clamped', async () => {
    const platform = await startTestPlatform();
    for (const [path, parameter, allowed, refused] of bounded) {
      const ask = (query: string) => fetch(`${platform.apiUrl}${path}?${query}`);
      for (const value of allowed) {
        const response = await ask(`${parameter}=${value}`);
        expect(response.status, `${path}?${parameter}=${value}`).toBe(200);
        await response.body?.cancel();
      }
      for (const value of [
        ...refused.map((text) => `${parameter}=${text}`),
        `${parameter}=1&${parameter}=1`,
      ]) {
        const response = await ask(value);
        expect(response.status, `${path}?${value}`).toBe(422);
        expect(await detailOf(response)).toContain(parameter);
      }
    }
  });

  test('that is not known is ignored, whatever it is called', async () => {
    const platform = await startTestPlatform();
    const junk =
      '__proto__=1&constructor=2&page[]=9&limit.x=1&toString=&=&&%zz=%zz&🦊=1&' + 'a=1&'.repeat(1500);
    for (const path of reads) {
      const response = await fetch(`${platform.apiUrl}${path}?${junk}`, { redirect: 'manual' });
      expect(response.status, path).toBe(200);
      await response.body?.cancel();
    }
  });

  test('of a megabyte is refused before it is read', async () => {
    const platform = await startTestPlatform();
    const answer = await sendRaw(
      platform.apiUrl,
      `GET /api/monitoring/fleet?search=${'x'.repeat(1_048_576)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    );
    expect(answer.status).toBe(431);
    expect(JSON.parse(answer.body)).toEqual({ detail: expect.stringContaining('16 kB') as string });
  });
});

describe('a request', () => {
  test('for an unknown path is answered with 404', async () => {
    const platform = await startTestPlatform();
    for (const path of [
      '/api/nothing',
      '/api',
      '/api/workers/',
      '/API/status/x',
      '/%2e%2e/package.json',
      '/a%2Fb',
    ]) {
      const response = await fetch(`${platform.apiUrl}${path}`);
      if (path === '/api/workers/') expect(response.status).toBe(200);
      else {
        expect(response.status, path).toBe(404);
        expect(await detailOf(response)).toContain('/api/docs');
      }
    }
  });

  test('with another method is answered with 405 and what is allowed', async () => {
    const platform = await startTestPlatform();
    for (const path of [...reads, '/dashboard', '/dashboard/some/view', '/api/docs']) {
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
        const response = await fetch(`${platform.apiUrl}${path}`, { method });
        expect(response.status, `${method} ${path}`).toBe(405);
        expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
        expect(await detailOf(response)).toContain(method);
      }
    }
  });

  test('of HEAD has the headers of GET and no body, OPTIONS tells the methods', async () => {
    const platform = await startTestPlatform();
    for (const path of reads) {
      const head = await fetch(`${platform.apiUrl}${path}`, { method: 'HEAD' });
      expect(head.status, path).toBe(200);
      expect(Number(head.headers.get('content-length')), path).toBeGreaterThan(1);
      expect(await head.text()).toBe('');
      const options = await fetch(`${platform.apiUrl}${path}`, { method: 'OPTIONS' });
      expect(options.status, path).toBe(204);
      expect(options.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    }
    expect((await fetch(`${platform.apiUrl}/nothing`, { method: 'HEAD' })).status).toBe(404);
    expect((await fetch(`${platform.apiUrl}/nothing`, { method: 'OPTIONS' })).status).toBe(404);
  });

  test('with a malformed, too large or strangely encoded body is refused', async () => {
    const platform = await startTestPlatform({ args: ['--http-max-body-bytes', '2000'] });
    const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
      fetch(`${platform.apiUrl}/api/monitoring/stats`, {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/json', ...headers },
      });
    for (const body of ['{', '{"a":}', 'nonsense', '"text"', '\u0000', '{"a":1}}']) {
      const response = await post(body);
      expect(response.status, body).toBe(400);
      expect(await detailOf(response)).toBe('The body is not valid JSON.');
    }
    const tooLarge = await post(JSON.stringify({ text: 'x'.repeat(2000) }));
    expect(tooLarge.status).toBe(413);
    expect(await detailOf(tooLarge)).toContain('2000 bytes');
    for (const headers of [
      { 'Content-Encoding': 'zip' },
      { 'Content-Type': 'application/json; charset=x' },
    ]) {
      const response = await post('{}', headers);
      expect(response.status).toBe(415);
      await detailOf(response);
    }
    const notGzip = await post('{}', { 'Content-Encoding': 'gzip' });
    expect(notGzip.status).toBe(400);
    await detailOf(notGzip);
    expect((await post('{"a":1}')).status).toBe(405);
  });

  test('with a broken escape in its path is refused with 400 wherever it goes', async () => {
    const platform = await startTestPlatform();
    for (const path of ['/%', '/api/%zz', '/dashboard/%E0%A4%A', '/api/docs/%ff', '/api/status%']) {
      const response = await fetch(`${platform.apiUrl}${path}`);
      expect(response.status, path).toBe(400);
      expect(await detailOf(response)).toContain('%25');
    }
  });

  test('that is not HTTP, or whose headers are too long, gets an answer with a detail', async () => {
    const platform = await startTestPlatform();
    const long = await sendRaw(
      platform.apiUrl,
      `GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expect(long.status).toBe(431);
    for (const bytes of ['nonsense\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', '\u0000\u0001\u0002\r\n\r\n']) {
      const answer = await sendRaw(platform.apiUrl, bytes);
      expect(answer.status, bytes).toBe(400);
      expect(answer.headers['content-type']).toContain('application/json');
      expect(JSON.parse(answer.body)).toEqual({ detail: expect.any(String) as string });
    }
  });

  test('that offers another protocol is answered as if it did not', async () => {
    const platform = await startTestPlatform();
    const answer = await sendRaw(
      platform.apiUrl,
      'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n' +
        'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n',
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toBe('{"status":"ok"}');
  });
});

describe('under strict access', () => {
  test('nothing but the service, its health and the pages answers without credentials', async () => {
    const platform = await startTestPlatform({ args: ['--access', 'strict'] });
    const status = async (path: string, method = 'GET') => {
      const response = await fetch(`${platform.apiUrl}${path}`, { method });
      if (response.status === 401) {
        expect(response.headers.get('www-authenticate')).toBe('Bearer');
        expect(await detailOf(response)).toContain('credentials');
      } else await response.body?.cancel();
      return response.status;
    };
    for (const path of ['/', '/healthz', '/readyz']) expect(await status(path), path).toBe(200);
    for (const path of ['/dashboard', '/dashboard/x.js', '/api/docs'])
      expect(await status(path), path).not.toBe(401);
    const open = ['/', '/healthz', '/readyz'];
    for (const path of [...reads.filter((read) => !open.includes(read)), '/api/nothing', '/nothing']) {
      for (const method of ['GET', 'POST', 'DELETE']) expect(await status(path, method), path).toBe(401);
    }
    expect(await status('/api/monitoring/fleet?limit=junk')).toBe(401);
    const upgrade = await sendRaw(
      platform.apiUrl,
      'GET /ws/dashboard HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    expect(upgrade.status).toBe(401);
  });
});

describe('a route with a path parameter', () => {
  async function startServer() {
    const lines: string[] = [];
    const logger = createLogger({ level: 'info', format: 'json', write: (line) => lines.push(line) });
    const server = new HttpServer({
      host: '127.0.0.1',
      port: 0,
      access: 'standard',
      trustProxy: undefined,
      allowedOrigins: [],
      maxBodyBytes: 1024,
      maxSignInsPerMin: 30,
      version: '0',
      logger: logger.module('http'),
    });
    const route = defineRoute({
      method: 'get',
      path: '/api/workers/{worker_id}/echo',
      tag: 'Fleet',
      summary: 'Echo',
      access: 'public',
      params: z.object({ worker_id: z.string().max(20, 'must have at most 20 characters') }),
      response: z.object({ worker_id: z.string() }),
    });
    server.mount(route, ({ params }) => {
      if (params.worker_id === 'secret') throw new Error('password 1234 of the inside');
      if (params.worker_id === 'gone') throw new AppError('not_found', 'There is no worker gone.');
      return params;
    });
    await server.start();
    onTestFinished(() => server.stop());
    return { lines, get: (id: string) => fetch(`http://127.0.0.1:${server.port}/api/workers/${id}/echo`) };
  }

  test('takes ids with colons, slashes and any other encoded character', async () => {
    const { get } = await startServer();
    for (const id of ['aa:bb:cc', 'a/b', 'a b', '100%', '🦊', 'é', '..', 'a?b#c', '+']) {
      expect(await (await get(encodeURIComponent(id).replaceAll('.', '%2E'))).json(), id).toEqual(
        id === '..' ? expect.anything() : { worker_id: id },
      );
    }
    expect(await (await get('aa:bb')).json()).toEqual({ worker_id: 'aa:bb' });
    const long = await get('x'.repeat(21));
    expect(long.status).toBe(422);
    expect(await detailOf(long)).toBe('Path: worker_id must have at most 20 characters');
    expect((await get('%zz')).status).toBe(400);
  });

  test('shows its own errors and hides what it did not expect, which is logged', async () => {
    const { get, lines } = await startServer();
    const gone = await get('gone');
    expect(gone.status).toBe(404);
    expect(await detailOf(gone)).toBe('There is no worker gone.');
    expect(lines).toEqual([]);
    const failed = await get('secret');
    expect(failed.status).toBe(500);
    expect(await detailOf(failed)).not.toContain('1234');
    expect(lines.join('')).toContain('password 1234 of the inside');
  });
});

test('a connection that sends half a request does not keep the platform from stopping', async () => {
  const platform = await startTestPlatform();
  const socket = await openSocket(platform.apiUrl);
  socket.write('GET /healthz HTTP/1.1\r\nHost:');
  await fetch(`${platform.apiUrl}/healthz`);
  await platform.stop();
});
