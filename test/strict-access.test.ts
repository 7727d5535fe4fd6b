import { describe, expect, test } from 'vitest';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { admin, call, newWallet, ok, signIn } from './support/accounts.ts';
import { FeedListener } from './support/feed-listener.ts';
import { ManualClock } from './support/manual-clock.ts';
import { openSocket } from './support/raw-http.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';

const strict = ['--access', 'strict'];

/** What an upgrade is answered when it is refused. */
async function refusalOf(platform: TestPlatform, path: string, headers: string[] = []) {
  const socket = await openSocket(platform.apiUrl);
  const lines = [
    `GET ${path} HTTP/1.1`,
    ...['Host: a', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
    ...['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', ...headers],
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), detail: (JSON.parse(body) as { detail: string }).detail };
}

describe('the feed under strict access', () => {
  test('is open to a key, a token in the headers, and a token in the address', async () => {
    const platform = await startTestPlatform({ args: strict });
    const { token } = await signIn(platform, newWallet());
    const { key = '' } = admin(platform);
    await FeedListener.connect(platform.feedUrl, { headers: { 'x-api-key': key } });
    await FeedListener.connect(platform.feedUrl, { headers: { authorization: `Bearer ${token}` } });
    await FeedListener.connect(`${platform.feedUrl}?batch=1&token=${token}`);
  });

  test('is closed to everybody else, and does not tell what there is', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ args: strict, clock });
    const { token } = await signIn(platform, newWallet());
    const { key = '' } = admin(platform);
    const refused = [
      await refusalOf(platform, '/ws/dashboard'),
      await refusalOf(platform, '/ws/nothing'),
      await refusalOf(platform, '/ws/dashboard?token='),
      await refusalOf(platform, `/ws/dashboard?token=${token.slice(0, -2)}`),
      // Only tokens may stand in an address: a key never expires.
      await refusalOf(platform, `/ws/dashboard?token=${key}`),
      await refusalOf(platform, '/ws/dashboard', ['X-API-Key: wrong']),
      await refusalOf(platform, '/ws/dashboard', ['Authorization: Basic YTpi']),
    ];
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 401));
    expect(refused.every(({ detail }) => detail !== '')).toBe(true);
    expect((await refusalOf(platform, '/ws/nothing', [`X-API-Key: ${key}`])).status).toBe(404);
    const foreign = [`X-API-Key: ${key}`, 'Origin: https://elsewhere.example'];
    expect((await refusalOf(platform, '/ws/dashboard', foreign)).status).toBe(403);
    clock.jump(25 * 3_600_000);
    expect((await refusalOf(platform, `/ws/dashboard?token=${token}`)).status).toBe(401);
  });

  test('never logs the token', async () => {
    const lines: string[] = [];
    const loggers = createLogger({ level: 'trace', format: 'json', write: (line) => lines.push(line) });
    const platform = await startTestPlatform({ args: strict, loggers });
    const { token } = await signIn(platform, newWallet());
    const feed = await FeedListener.connect(`${platform.feedUrl}?token=${token}`);
    await refusalOf(platform, `/ws/dashboard?token=${token}x`);
    await call(platform, 'GET', `/ws/dashboard?token=${token}`);
    feed.socket.terminate();
    await platform.stop();
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.join('')).not.toContain(token);
  });
});

test('under strict access public calls answer whoever has credentials', async () => {
  const platform = await startTestPlatform({ args: strict });
  const wallet = await signIn(platform, newWallet());
  const open = platform.platform.routes.filter(
    ({ access, method, path, query }) =>
      access === 'public' &&
      method === 'get' &&
      !path.includes('{') &&
      (query?.safeParse({}).success ?? true),
  );
  expect(open.length).toBeGreaterThan(10);
  for (const { path } of open) {
    expect((await call(platform, 'GET', path)).status, path).toBe(401);
    for (const who of [wallet, admin(platform)])
      expect((await call(platform, 'GET', path, { who })).status, path).toBe(200);
  }
});

test('under strict access only the operator opens accounts', async () => {
  const platform = await startTestPlatform({ args: strict });
  const body = { account_id: 'renter-1', role: 'consumer' };
  const register = (who = {}) => call(platform, 'POST', '/api/auth/register', { body, who });
  expect((await register()).status).toBe(401);
  expect((await register(await signIn(platform, newWallet()))).status).toBe(403);
  expect((await register(admin(platform))).status).toBe(200);
  expect(await ok(platform, 'GET', '/api/accounts/renter-1/balance', { who: admin(platform) })).toMatchObject(
    {
      balance: 0,
    },
  );
});
