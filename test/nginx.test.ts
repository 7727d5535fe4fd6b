import { readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import type { LookupFunction } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { AuditEntryView } from '../src-main/contract/domain/audit.ts';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { admin, ok } from './support/accounts.ts';
import { buildDashboard } from './support/built-dashboard.ts';
import { FeedListener } from './support/feed-listener.ts';
import {
  askOverTls,
  hasNginx,
  hasNginxStream,
  makeCertificate,
  onLoopback,
  replaceEach,
  siteName,
  startNginx,
} from './support/nginx.ts';
import { freePort } from './support/ports.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const shipped = (name: string) =>
  readFileSync(join(import.meta.dirname, '../resources/deploy', name), 'utf8');
const skipped = hasNginx ? '' : ' (SKIPPED: nginx or openssl is not installed)';
const streamSkipped = hasNginxStream
  ? ''
  : ' (SKIPPED: nginx, its stream module or openssl is not installed)';

interface Site {
  readonly port: number;
  readonly httpPort: number;
  readonly ca: string;
}

/** The shipped site in front of a platform, on free loopback ports; `edits` for what is to be different. */
async function startSite(platform: TestPlatform, edits: [string, string][] = []): Promise<Site> {
  const { certificatePath, keyPath, ca } = makeCertificate(temporaryFolder());
  const port = await freePort();
  const httpPort = await freePort();
  const site = replaceEach(shipped('nginx.conf'), [
    ['127.0.0.1:8080', new URL(platform.apiUrl).host],
    ['/etc/xenblocks/tls/fullchain.pem', certificatePath],
    ['/etc/xenblocks/tls/privkey.pem', keyPath],
    ...onLoopback(httpPort, 80),
    ...onLoopback(port, 443, ' ssl http2'),
    ...edits,
  ]);
  await startNginx({ site }, port);
  return { port, httpPort, ca };
}

const behindProxy = ['--trust-proxy', 'loopback'];

/** The name of the site leads to loopback, whatever the machine's resolver says. */
const lookup: LookupFunction = (_name, options, found) =>
  options.all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4);
const onThisMachine = { lookup };

describe.skipIf(!hasNginx)('the shipped nginx site' + skipped, () => {
  test('serves the API over TLS, also with HTTP/2, and tells browsers to keep to it', async () => {
    const platform = await startTestPlatform({ args: behindProxy });
    const site = await startSite(platform);
    const answer = await askOverTls(site, '/api/status');
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ workers: 0, mqtt_clients: [] });
    expect(answer.headers['strict-transport-security']).toBe('max-age=15768000');
    const refused = await askOverTls(site, '/api/nothing');
    expect(refused.status).toBe(404);
    expect(refused.json()).toHaveProperty('detail');
    expect(refused.headers['strict-transport-security']).toBe('max-age=15768000');

    const session = connectHttp2(`https://127.0.0.1:${site.port}`, { ca: site.ca, servername: siteName });
    const stream = session.request({ ':path': '/api/monitoring/stats', ':authority': siteName });
    let body = '';
    stream.on('data', (chunk: Buffer) => (body += chunk.toString()));
    await once(stream, 'end');
    session.close();
    expect(session.alpnProtocol).toBe('h2');
    expect(JSON.parse(body)).toMatchObject({ total_workers: 0 });
  });

  test('sends plain HTTP to the same address over TLS, with its method', async () => {
    const site = await startSite(await startTestPlatform({ args: behindProxy }));
    const path = '/api/rent?x=1';
    const request = requestHttp({
      ...{ host: '127.0.0.1', port: site.httpPort, path, method: 'POST', agent: false },
      headers: { Host: siteName },
    });
    request.end('{}');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(308);
    expect(response.headers.location).toBe(`https://${siteName}${path}`);
  });

  test('opens sessions of browsers whose cookie goes by TLS only, for pages of its own name only', async () => {
    const platform = await startTestPlatform({ args: behindProxy });
    const site = await startSite(platform);
    const { key = '' } = admin(platform);
    const path = '/api/auth/session';
    const opened = await askOverTls(site, path, { method: 'POST', headers: { 'X-API-Key': key } });
    const [cookie = ''] = opened.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/; HttpOnly; Secure; SameSite=Strict$/);
    const close = (origin: string) =>
      askOverTls(site, path, {
        method: 'DELETE',
        headers: { Cookie: cookie.split(';')[0]!, Origin: origin },
      });
    expect((await close('https://elsewhere.example.com')).status).toBe(403);
    expect((await close(`https://${siteName}`)).status).toBe(200);
  });

  test('carries the live feed, for pages of its own name only', async () => {
    const platform = await startTestPlatform({ args: behindProxy });
    const site = await startSite(platform);
    const url = `wss://${siteName}:${site.port}/ws/dashboard`;
    const options = { ca: site.ca, ...onThisMachine };
    const listener = await FeedListener.connect(url, { ...options, origin: `https://${siteName}` });
    const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    await miner.introduce();
    await miner.heartbeat({ hashrate: 12.5 });
    const frame = await listener.next('heartbeat');
    expect(frame.data).toMatchObject({ worker_id: 'rig-1', hashrate: 12.5 });
    expect(await FeedListener.refusal(url, { ...options, origin: 'https://elsewhere.example.com' })).toBe(
      403,
    );
  });

  test('serves the dashboard and the API page with all they load, under their policy, and unchanged once loaded', async () => {
    const { folder: dashboardFolder } = buildDashboard();
    const site = await startSite(await startTestPlatform({ args: behindProxy, dashboardFolder }));
    for (const path of ['/dashboard', '/api/docs']) {
      const page = await askOverTls(site, path);
      expect(page.status).toBe(200);
      expect(page.headers['content-type']).toMatch('text/html');
      expect(page.headers['content-security-policy']).toMatch("default-src 'self'");
      const assets = [...page.body.toString().matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)];
      expect(assets.length).toBeGreaterThanOrEqual(2);
      for (const [, asset = ''] of assets) {
        const loaded = await askOverTls(site, asset);
        expect(loaded.status, asset).toBe(200);
        expect(loaded.headers['content-type'], asset).toMatch(
          asset.endsWith('.css') ? 'text/css' : 'javascript',
        );
        const again = await askOverTls(site, asset, {
          headers: { 'If-None-Match': String(loaded.headers['etag']) },
        });
        expect(again.status, asset).toBe(304);
      }
    }
  });

  test("hands on the client's real address, whatever the client says it is", async () => {
    const lines: string[] = [];
    const loggers = createLogger({
      level: 'info,http=debug',
      format: 'json',
      write: (line) => lines.push(line),
    });
    const platform = await startTestPlatform({
      args: [...behindProxy, '--log-level', 'info,http=debug', '--sign-in-max-per-min', '2'],
      loggers,
    });
    const site = await startSite(platform);
    const lie = (address: string) => ({ 'X-Forwarded-For': address, 'X-Real-IP': address });

    const register = await askOverTls(site, '/api/auth/register', {
      method: 'POST',
      localAddress: '127.0.0.2',
      headers: { ...lie('6.6.6.6'), 'Content-Type': 'application/json', 'X-API-Key': admin(platform).key! },
      body: JSON.stringify({ account_id: 'renter-1', role: 'consumer' }),
    });
    expect(register.status).toBe(200);
    const audit = await askOverTls(site, '/api/admin/audit', {
      headers: { 'X-API-Key': admin(platform).key! },
    });
    const { items } = audit.json() as { items: AuditEntryView[] };
    expect(items.find(({ target }) => target.includes('renter-1'))?.remote_address).toBe('127.0.0.2');
    const logged = lines
      .map((line) => JSON.parse(line) as { path?: string; address?: string })
      .find(({ path }) => path === '/api/auth/register');
    expect(logged?.address).toBe('127.0.0.2');

    const trySignIn = (localAddress: string, lied: string) =>
      askOverTls(site, '/api/auth/login', {
        method: 'POST',
        localAddress,
        headers: { ...lie(lied), 'Content-Type': 'application/json' },
        body: JSON.stringify({ account_id: 'renter-1', api_key: 'wrong' }),
      });
    const tries = [
      await trySignIn('127.0.0.3', '1.1.1.1'),
      await trySignIn('127.0.0.3', '1.1.1.2'),
      await trySignIn('127.0.0.3', '1.1.1.3'),
    ];
    expect(tries.map(({ status }) => status)).toEqual([401, 401, 429]);
    expect((await trySignIn('127.0.0.4', '1.1.1.3')).status).toBe(401);
  });

  test('passes large answers on compressed', async () => {
    const platform = await startTestPlatform({ args: behindProxy });
    const site = await startSite(platform);
    const plain = await askOverTls(site, '/api/openapi.json');
    const packed = await askOverTls(site, '/api/openapi.json', { headers: { 'Accept-Encoding': 'gzip' } });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(packed.body.length).toBeLessThan(plain.body.length / 4);
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
  });

  test('refuses too large bodies in the form of the API, the platform first, nginx beyond', async () => {
    const site = await startSite(await startTestPlatform({ args: behindProxy }));
    const send = (bytes: number) =>
      askOverTls(site, '/api/auth/login', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Content-Length': String(bytes) },
        body: Buffer.alloc(bytes, ' '),
      });
    const byPlatform = await send(300_000);
    expect(byPlatform.status).toBe(413);
    expect(byPlatform.json()).toEqual({ detail: 'The body is larger than 262144 bytes.' });
    const byNginx = await send(1_100_000);
    expect(byNginx.status).toBe(413);
    expect(byNginx.headers['content-type']).toBe('application/json');
    expect(byNginx.json()).toEqual({ detail: 'The request body is too large.' });
  });

  test('says when to come back while the platform does not answer', async () => {
    const platform = await startTestPlatform({ args: behindProxy });
    const site = await startSite(platform);
    await platform.stop();
    const answer = await askOverTls(site, '/api/status');
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    expect(answer.json()).toHaveProperty('detail', expect.stringContaining('Try again'));
  });

  test('shows the metrics to addresses near by, and to no others', async () => {
    const platform = await startTestPlatform({ args: behindProxy });
    const near = await startSite(platform);
    const scraped = await askOverTls(near, '/metrics');
    expect(scraped.status).toBe(200);
    expect(scraped.body.toString()).toMatch('xenblocks_workers');
    // Every client of this test is on loopback, so loopback stands for somewhere else here.
    const far = await startSite(platform, [['allow 127.0.0.0/8;', '']]);
    expect((await askOverTls(far, '/metrics')).status).toBe(403);
    expect((await askOverTls(far, '/readyz')).status).toBe(200);
  });

  test('brings the key of its own with which a strict platform shows the metrics', async () => {
    const platform = await startTestPlatform({ args: [...behindProxy, '--access', 'strict'] });
    expect((await askOverTls(await startSite(platform), '/metrics')).status).toBe(401);
    const { api_key: key } = await ok<{ api_key: string }>(platform, 'POST', '/api/auth/register', {
      who: admin(platform),
      body: { account_id: 'prometheus', role: 'consumer' },
    });
    const site = await startSite(platform, [
      ['deny  all;', `deny  all;\nproxy_set_header X-API-Key ${key};`],
    ]);
    const scraped = await askOverTls(site, '/metrics');
    expect(scraped.status).toBe(200);
    expect(scraped.body.toString()).toMatch('xenblocks_workers');
    expect((await askOverTls(site, '/api/status')).status).toBe(401);
  });
});

/** As the earlier platform's guide gives it, section 5. */
const earlierSite = `
upstream xenblocks_api {
    server 127.0.0.1:8080;
}

server {
    listen 80;
    server_name xenblocks.example.com;

    # Frontend static files
    root /opt/xenblocks/web/dist;
    index index.html;

    # SPA fallback
    location / {
        try_files $uri $uri/ /index.html;
    }

    # REST API proxy
    location /api/ {
        proxy_pass http://xenblocks_api;
        proxy_set_header Host $host;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
    }

    # WebSocket proxy
    location /ws/ {
        proxy_pass http://xenblocks_api;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection "upgrade";
        proxy_set_header Host $host;
        proxy_read_timeout 86400s;
    }

    # Built-in dashboard (served by FastAPI)
    location /dashboard {
        proxy_pass http://xenblocks_api;
        proxy_set_header Host $host;
    }
}
`;

describe.skipIf(!hasNginx)("the earlier platform's nginx site" + skipped, () => {
  test('works in front of this platform: API, feed, dashboard, static pages of its own', async () => {
    const { folder: dashboardFolder } = buildDashboard();
    const platform = await startTestPlatform({ args: ['--trust-proxy', '127.0.0.1'], dashboardFolder });
    const webRoot = temporaryFolder();
    writeFileSync(join(webRoot, 'index.html'), 'a frontend of the operator');
    const port = await freePort();
    const site = replaceEach(earlierSite, [
      ['127.0.0.1:8080', new URL(platform.apiUrl).host],
      ['/opt/xenblocks/web/dist', webRoot],
      ['listen 80;', `listen 127.0.0.1:${port};`],
    ]);
    await startNginx({ site }, port);
    const url = `http://127.0.0.1:${port}`;

    const page = await fetch(`${url}/dashboard`);
    expect(page.status).toBe(200);
    const [, script = ''] = /src="([^"]+\.js)"/.exec(await page.text()) ?? [];
    expect((await fetch(url + script)).headers.get('content-type')).toMatch('javascript');
    expect(await (await fetch(`${url}/wallet/any`)).text()).toBe('a frontend of the operator');

    // The proxy adds to what the client says; only the proxy's own word counts.
    const registered = await new Promise<number | undefined>((resolve, reject) => {
      const request = requestHttp({
        ...{ host: '127.0.0.1', port, path: '/api/auth/register', method: 'POST', agent: false },
        localAddress: '127.0.0.2',
        headers: {
          ...{ Host: siteName, 'Content-Type': 'application/json' },
          ...{ 'X-Forwarded-For': '6.6.6.6', 'X-API-Key': admin(platform).key! },
        },
      });
      request.on('response', (response) => resolve((response.resume(), response.statusCode)));
      request.on('error', reject);
      request.end(JSON.stringify({ account_id: 'renter-1', role: 'consumer' }));
    });
    expect(registered).toBe(200);
    const audit = await fetch(`${url}/api/admin/audit`, { headers: { 'X-API-Key': admin(platform).key! } });
    const { items } = (await audit.json()) as { items: AuditEntryView[] };
    expect(items.find(({ target }) => target.includes('renter-1'))?.remote_address).toBe('127.0.0.2');

    const feedUrl = `ws://${siteName}:${port}/ws/dashboard`;
    const listener = await FeedListener.connect(feedUrl, {
      ...onThisMachine,
      origin: `http://${siteName}:${port}`,
    });
    expect(listener.of('snapshot')).toHaveLength(1);
  });
});

describe.skipIf(!hasNginxStream)('the shipped nginx stream' + streamSkipped, () => {
  test('lets a miner work over MQTT with TLS, and its loss is noticed at once', async () => {
    const platform = await startTestPlatform();
    const { certificatePath, keyPath, ca } = makeCertificate(temporaryFolder());
    const port = await freePort();
    const stream = replaceEach(shipped('nginx-mqtts.conf'), [
      ['127.0.0.1:1883', `127.0.0.1:${platform.mqttPort}`],
      ['/etc/xenblocks/tls/fullchain.pem', certificatePath],
      ['/etc/xenblocks/tls/privkey.pem', keyPath],
      ...onLoopback(port, 8883, ' ssl so_keepalive=on'),
    ]);
    await startNginx({ stream }, port);
    const miner = await TestMiner.connect({
      workerId: 'rig-1',
      mqttUrl: `mqtts://127.0.0.1:${port}`,
      client: { ca, servername: siteName },
    });
    await miner.introduce();
    await miner.heartbeat({ hashrate: 99 });
    const online = async (isOnline: boolean) => {
      const { items } = await platform.get<{ items: { online: boolean }[] }>('/api/monitoring/fleet');
      return items[0]?.online === isOnline;
    };
    await waitFor(() => online(true), 'the worker to be online');
    await waitFor(() => miner.tasks.length > 0, 'the answer to its register');
    miner.client.stream.destroy();
    await waitFor(() => online(false), 'the worker to be offline');
  });
});
