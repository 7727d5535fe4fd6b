import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { buildDashboard, builtPaths } from './support/built-dashboard.ts';
import { getRaw } from './support/raw-http.ts';
import { startTestPlatform, temporaryFolder } from './support/test-platform.ts';

const immutable = 'public, max-age=31536000, immutable';

async function startWithDashboard(args: string[] = []) {
  const built = buildDashboard();
  const platform = await startTestPlatform({ args, dashboardFolder: built.folder });
  return {
    ...built,
    get: (path: string, headers?: Record<string, string>, method?: 'GET' | 'HEAD') =>
      getRaw(`${platform.apiUrl}${path}`, headers, method),
  };
}

describe('the page', () => {
  test('answers on every path that is no file, and is asked for anew each time', async () => {
    const { get, page } = await startWithDashboard();
    for (const path of [
      '/dashboard',
      '/dashboard/',
      '/dashboard/fleet/rig-1.farm',
      '/dashboard/a/b?c=/assets/d',
    ]) {
      const answer = await get(path);
      expect(answer.status, path).toBe(200);
      expect(answer.body.toString(), path).toBe(page);
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers['cache-control']).toBe('no-cache');
      const etag = answer.headers.etag ?? '';
      expect(etag).not.toBe('');
      const again = await get(path, { 'If-None-Match': etag });
      expect(again.status, path).toBe(304);
      expect(again.body).toHaveLength(0);
    }
  });

  test('is another one after a build, without a restart', async () => {
    const { get, folder, page } = await startWithDashboard();
    const { headers } = await get('/dashboard');
    for (const copy of ['.br', '.gz', '']) writeFileSync(join(folder, `index.html${copy}`), `${page}\n`);
    const answer = await get('/dashboard', { 'If-None-Match': headers.etag ?? '' });
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toBe(`${page}\n`);
  });

  test('may run its own scripts, workers and WebAssembly, and no script of a page or of elsewhere', async () => {
    const { get } = await startWithDashboard();
    for (const path of ['/dashboard', builtPaths.script]) {
      const policy = String((await get(path)).headers['content-security-policy']).split(';');
      expect(policy, path).toContain("script-src 'self' 'wasm-unsafe-eval'");
      expect(policy).toContain("worker-src 'self'");
      expect(policy).toContain("connect-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
    }
    const { headers } = await get('/api/docs');
    expect(headers['content-security-policy']).not.toContain('wasm');
  });
});

describe('an asset', () => {
  test('comes as the smallest copy that the caller can read, compressed once, and is kept for ever', async () => {
    const { get, script } = await startWithDashboard();
    const sizes: number[] = [];
    for (const [accepted, encoding, decode] of [
      ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
      ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
      ['identity', undefined, (body: Buffer) => body],
      ['zstd', undefined, (body: Buffer) => body],
    ] as const) {
      const answer = await get(builtPaths.script, { 'Accept-Encoding': accepted });
      expect(answer.status).toBe(200);
      expect(answer.headers['content-encoding'], accepted).toBe(encoding);
      expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8');
      expect(answer.headers['cache-control']).toBe(immutable);
      expect(answer.headers.vary).toBe('Accept-Encoding');
      expect(Number(answer.headers['content-length']), accepted).toBe(answer.body.length);
      expect(decode(answer.body).toString()).toBe(script);
      sizes.push(answer.body.length);
    }
    expect(sizes[0]).toBeLessThan(sizes[1]!);
    expect(sizes[1]).toBeLessThan(sizes[3]!);
  });

  test('without copies is compressed on the fly', async () => {
    const { get, picture } = await startWithDashboard();
    const answer = await get(builtPaths.picture, { 'Accept-Encoding': 'br' });
    expect(answer.headers).toMatchObject({ 'content-encoding': 'br', 'content-type': 'image/svg+xml' });
    expect(answer.headers['cache-control']).toBe(immutable);
    expect(brotliDecompressSync(answer.body).toString()).toBe(picture);
  });

  test('is served in ranges, which count the bytes of what is sent', async () => {
    const { get, picture, script } = await startWithDashboard();
    for (const [path, encoding] of [
      [builtPaths.script, 'identity'],
      [builtPaths.picture, 'br, gzip'],
    ] as const) {
      const text = path === builtPaths.script ? script : picture;
      const tail = await get(path, { 'Accept-Encoding': encoding, Range: 'bytes=-2500' });
      expect(tail.status).toBe(206);
      expect(tail.headers['content-encoding']).toBeUndefined();
      expect(tail.headers['content-range']).toBe(
        `bytes ${text.length - 2500}-${text.length - 1}/${text.length}`,
      );
      expect(tail.body.toString()).toBe(text.slice(-2500));
    }
    const whole = await get(builtPaths.script, { 'Accept-Encoding': 'br' });
    const part = await get(builtPaths.script, { 'Accept-Encoding': 'br', Range: 'bytes=10-' });
    expect(part.headers).toMatchObject({
      'content-encoding': 'br',
      'content-range': `bytes 10-${whole.body.length - 1}/${whole.body.length}`,
    });
    expect(part.body.equals(whole.body.subarray(10))).toBe(true);
    for (const encoding of ['br', 'identity']) {
      const beyond = await get(builtPaths.script, { 'Accept-Encoding': encoding, Range: 'bytes=9999999-' });
      const length = encoding === 'br' ? whole.body.length : script.length;
      expect(beyond.status).toBe(416);
      expect(beyond.headers['content-range']).toBe(`bytes */${length}`);
      expect(beyond.headers).not.toHaveProperty('content-encoding');
      expect(beyond.headers).not.toHaveProperty('cache-control');
      expect(JSON.parse(beyond.body.toString())).toEqual({ detail: expect.any(String) as string });
    }
  });

  test('answers HEAD as GET without its body, and says when nothing changed', async () => {
    const { get } = await startWithDashboard();
    for (const path of [builtPaths.script, '/dashboard', '/dashboard/fleet']) {
      for (const accepted of ['br', 'identity']) {
        const asked = { 'Accept-Encoding': accepted };
        const whole = await get(path, asked);
        const head = await get(path, asked, 'HEAD');
        expect(head.status).toBe(200);
        expect(head.body).toHaveLength(0);
        for (const name of ['content-length', 'content-encoding', 'content-type', 'etag', 'cache-control'])
          expect(head.headers[name], `${path} ${name}`).toBe(whole.headers[name]);
        const unchanged = await get(path, { ...asked, 'If-None-Match': whole.headers.etag ?? '' });
        expect(unchanged.status).toBe(304);
        expect(unchanged.headers.vary).toBe('Accept-Encoding');
      }
    }
    const br = await get(builtPaths.script, { 'Accept-Encoding': 'br' });
    const gzip = await get(builtPaths.script, { 'Accept-Encoding': 'gzip' });
    expect(br.headers.etag).not.toBe(gzip.headers.etag);
  });

  test('that is missing is 404, not the page', async () => {
    const { get } = await startWithDashboard();
    for (const path of ['/dashboard/assets/index-0.js', '/dashboard/assets/', '/dashboard/assets/a/b']) {
      const answer = await get(path, { 'Accept-Encoding': 'br', Accept: 'text/html' });
      expect(answer.status, path).toBe(404);
      expect(answer.headers['content-encoding']).toBeUndefined();
      expect(JSON.parse(answer.body.toString())).toEqual({ detail: expect.stringContaining(path) as string });
    }
  });

  test('is told apart by origin where foreign origins are allowed', async () => {
    const { get } = await startWithDashboard(['--allowed-origin', 'https://farm.example.com']);
    const { headers } = await get(builtPaths.script, { Origin: 'https://farm.example.com' });
    expect(headers.vary).toBe('Origin, Accept-Encoding');
    expect(headers['access-control-allow-origin']).toBe('https://farm.example.com');
  });
});

test('under strict access the dashboard is there without credentials', async () => {
  const { get, page } = await startWithDashboard(['--access', 'strict']);
  expect((await get('/dashboard/fleet')).body.toString()).toBe(page);
  expect((await get(builtPaths.script)).status).toBe(200);
});

test('without a build the page says what to do, and the API answers', async () => {
  const dashboardFolder = join(temporaryFolder(), 'renderer');
  const platform = await startTestPlatform({ dashboardFolder });
  for (const path of ['/dashboard', '/dashboard/fleet']) {
    const answer = await getRaw(`${platform.apiUrl}${path}`, { 'Accept-Encoding': 'br' });
    expect(answer.status).toBe(503);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body.toString()).toContain('npm run build');
  }
  expect((await getRaw(`${platform.apiUrl}/healthz`)).status).toBe(200);
  const { page } = buildDashboard(dashboardFolder);
  expect((await getRaw(`${platform.apiUrl}/dashboard`)).body.toString()).toBe(page);
});

test('the built program serves the dashboard that was built with it: all that the page loads, compressed once', async () => {
  const platform = await startTestPlatform();
  const get = (path: string, accepted: string) =>
    getRaw(`${platform.apiUrl}${path}`, { 'Accept-Encoding': accepted });
  const page = await get('/dashboard', 'identity');
  expect(page.status).toBe(200);
  const loaded = [...page.body.toString().matchAll(/(?:src|href)="(\/dashboard\/assets\/[^"]+)"/g)];
  expect(loaded.length).toBeGreaterThanOrEqual(2);
  for (const [, path = ''] of loaded) {
    const plain = await get(path, 'identity');
    expect(plain.headers['cache-control'], path).toBe(immutable);
    const [br, gzip] = [await get(path, 'br, gzip'), await get(path, 'gzip')];
    expect(br.headers['content-encoding'], path).toBe('br');
    expect(gzip.headers['content-encoding'], path).toBe('gzip');
    // Copies of the build have a length; what is compressed on the fly has none.
    for (const copy of [br, gzip]) expect(Number(copy.headers['content-length'])).toBe(copy.body.length);
    expect(brotliDecompressSync(br.body).equals(plain.body)).toBe(true);
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
  }
});
