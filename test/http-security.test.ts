import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { buildDashboard } from './support/built-dashboard.ts';
import { FeedListener } from './support/feed-listener.ts';
import { getRaw, sendRaw } from './support/raw-http.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const farm = 'https://farm.example.com';

describe('headers', () => {
  test('protect each kind of answer, and ask for no HTTPS that is not there', async () => {
    const platform = await startTestPlatform();
    for (const path of [
      '/',
      '/api/monitoring/fleet',
      '/api/monitoring/fleet?limit=x',
      '/nothing',
      '/dashboard',
      '/%zz',
    ]) {
      const { headers } = await fetch(`${platform.apiUrl}${path}`);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy, path).toContain("default-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toContain('upgrade-insecure-requests');
      expect(policy).not.toMatch(/script-src[^;]*'unsafe-/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('permissions-policy')).toMatch(/(^|, )camera=\(\), .*microphone=\(\)/);
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('strict-transport-security')).toBeNull();
      expect(headers.get('server')).toBeNull();
    }
  });

  test('tell browsers of other origins nothing unless they are allowed', async () => {
    const platform = await startTestPlatform();
    const ask = (method: string) =>
      fetch(`${platform.apiUrl}/api/monitoring/stats`, {
        method,
        headers: { Origin: farm, 'Access-Control-Request-Method': 'GET' },
      });
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await ask(method);
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  test('let the pages of an allowed origin call, also when the answer is an error, and no others', async () => {
    const platform = await startTestPlatform({ args: ['--allowed-origin', `${farm},http://other:1`] });
    const ask = (origin: string, path: string, method = 'GET') =>
      fetch(`${platform.apiUrl}${path}`, {
        method,
        headers: {
          Origin: origin,
          ...(method === 'OPTIONS'
            ? { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' }
            : {}),
        },
      });
    const allowedFor = async (...args: Parameters<typeof ask>) =>
      (await ask(...args)).headers.get('access-control-allow-origin');
    for (const path of ['/api/monitoring/stats', '/api/monitoring/fleet?page=0', '/nothing', '/%zz']) {
      expect(await allowedFor(farm, path), path).toBe(farm);
      expect(await allowedFor('http://other:1', path)).toBe('http://other:1');
      for (const origin of ['null', 'http://farm.example.com', `${farm}.evil.com`, `${farm}:8443`])
        expect(await allowedFor(origin, path), origin).toBeNull();
    }
    const preflight = await ask(farm, '/api/monitoring/stats', 'OPTIONS');
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(farm);
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization');
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    expect((await ask(farm, '/api/monitoring/stats')).headers.get('vary')).toContain('Origin');
  });
});

test('large answers are compressed for clients that can read them, small ones are not', async () => {
  const platform = await startTestPlatform();
  const url = `${platform.apiUrl}/api/openapi.json`;
  const plain = await getRaw(url, {});
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(Number(plain.headers['content-length'])).toBe(plain.body.length);
  const gzip = await getRaw(url, { 'Accept-Encoding': 'gzip' });
  expect(gzip.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
  expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
  expect(gzip.body.length).toBeLessThan(plain.body.length / 2);
  const brotli = await getRaw(url, { 'Accept-Encoding': 'gzip, deflate, br' });
  expect(brotli.headers['content-encoding']).toBe('br');
  expect(brotliDecompressSync(brotli.body).equals(plain.body)).toBe(true);
  const small = await getRaw(`${platform.apiUrl}/api/monitoring/stats`, { 'Accept-Encoding': 'gzip, br' });
  expect(small.headers['content-encoding']).toBeUndefined();
  expect(JSON.parse(small.body.toString())).toMatchObject({ online: 0 });
});

test('no file outside the pages can be read', async () => {
  const platform = await startTestPlatform({ dashboardFolder: buildDashboard().folder });
  const secret = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8').slice(0, 30);
  for (const base of ['/dashboard', '/api/docs']) {
    for (const path of [
      '/../../../package.json',
      '/..%2f..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/%2e%2e/package.json',
      '/..%5c..%5c..%5cpackage.json',
      '//etc/passwd',
      '/%00',
      '/index.html%00.js',
      '/.git/config',
    ]) {
      const answer = await sendRaw(
        platform.apiUrl,
        `GET ${base}${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      );
      expect(answer.status, path).toBeLessThan(500);
      expect(answer.body).not.toContain(secret);
      expect(answer.body).not.toContain('root:');
      expect(answer.body).not.toContain(import.meta.dirname.replace(/\/test$/, ''));
    }
  }
});

describe('an upgrade to a WebSocket', () => {
  const dial = (platform: TestPlatform, headers: Record<string, string>) =>
    FeedListener.connect(platform.feedUrl, { headers });
  const refusal = (platform: TestPlatform, headers: Record<string, string>) =>
    FeedListener.refusal(platform.feedUrl, { headers });

  test('is open to programs and to pages of this server, and to no other page', async () => {
    const platform = await startTestPlatform();
    const { host, port } = new URL(platform.apiUrl);
    await dial(platform, {});
    await dial(platform, { Origin: `http://${host}` });
    await dial(platform, { Origin: `https://${host}` });
    await dial(platform, { Origin: 'http://rig.local', Host: 'RIG.local:80' });
    await dial(platform, { Origin: 'https://rig.local', Host: 'rig.local:443' });
    for (const origin of [
      'null',
      '',
      farm,
      `http://127.0.0.1:${Number(port) + 1}`,
      'http://127.0.0.1',
      `http://${host}.evil.com`,
      'file://',
      'nonsense',
      '*',
    ])
      expect(await refusal(platform, { Origin: origin }), origin).toBe(403);
  });

  test('is open to pages of an allowed origin', async () => {
    const platform = await startTestPlatform({ args: ['--allowed-origin', farm] });
    await dial(platform, { Origin: farm });
    expect(await refusal(platform, { Origin: 'http://farm.example.com' })).toBe(403);
    expect(await refusal(platform, { Origin: `${farm}.evil.com` })).toBe(403);
  });

  test('behind a trusted proxy may come through another port of the same host', async () => {
    const direct = await startTestPlatform();
    const proxied = await startTestPlatform({ args: ['--trust-proxy'] });
    const headers = { Origin: farm, Host: 'farm.example.com:8080' };
    expect(await refusal(direct, headers)).toBe(403);
    await dial(proxied, headers);
    expect(await refusal(proxied, { ...headers, Origin: 'https://evil.example.com' })).toBe(403);
  });

  test('on another path is answered with 404, and without a key with 400', async () => {
    const platform = await startTestPlatform();
    expect(await FeedListener.refusal(`${platform.feedUrl}/more`)).toBe(404);
    const answer = await sendRaw(
      platform.apiUrl,
      'GET /ws/dashboard HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    expect(answer.status).toBe(400);
    expect((await fetch(`${platform.apiUrl}/ws/dashboard`)).status).toBe(404);
  });
});

describe('the access log', () => {
  async function requestsSeen(args: string[], level = 'http=debug') {
    const lines: string[] = [];
    const loggers = createLogger({
      level: `info,${level}`,
      format: 'json',
      write: (line) => lines.push(line),
    });
    const platform = await startTestPlatform({ args, loggers });
    const headers = { 'X-Forwarded-For': '203.0.113.9' };
    await fetch(`${platform.apiUrl}/api/monitoring/fleet?page=0`, { headers }).then((response) =>
      response.text(),
    );
    await platform.stop();
    return lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ module, msg }) => module === 'http' && msg === 'request');
  }

  test('is written at the debug level only, with method, path, status, time and address', async () => {
    expect(await requestsSeen([], 'http=info')).toEqual([]);
    expect(await requestsSeen([])).toEqual([
      expect.objectContaining({
        level: 20,
        method: 'GET',
        path: '/api/monitoring/fleet',
        status: 422,
        ms: expect.any(Number) as number,
        address: '127.0.0.1',
      }),
    ]);
  });

  test('believes X-Forwarded-For only of a trusted proxy', async () => {
    const addressWith = async (...args: string[]) => (await requestsSeen(args))[0]?.['address'];
    expect(await addressWith('--trust-proxy')).toBe('203.0.113.9');
    expect(await addressWith('--trust-proxy=1')).toBe('203.0.113.9');
    expect(await addressWith('--trust-proxy=10.0.0.0/8')).toBe('127.0.0.1');
  });
});

test('a stop lets requests under way end and closes idle connections at once', async () => {
  const platform = await startTestPlatform();
  await fetch(`${platform.apiUrl}/healthz`).then((response) => response.text());
  const startedMs = performance.now();
  await platform.stop();
  expect(performance.now() - startedMs).toBeLessThan(1500);
  await waitFor(
    () =>
      fetch(`${platform.apiUrl}/healthz`).then(
        () => false,
        () => true,
      ),
    'the port to be closed',
  );
});
