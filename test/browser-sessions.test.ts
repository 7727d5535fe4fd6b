import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { admin, call, newWallet, ok, register, signIn, type Who } from './support/accounts.ts';
import { closeSession, cookieOf, openSession, sessionOf } from './support/browsers.ts';
import { FeedListener } from './support/feed-listener.ts';
import { ManualClock } from './support/manual-clock.ts';
import { readRows } from './support/platform-figures.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';

const path = '/api/auth/session';
const manyTries = ['--sign-in-max-per-min', '1000'];

/** What the cookie is worth: 200 while it opens something. */
const statusOf = async (platform: TestPlatform, headers: Record<string, string>) =>
  (await call(platform, 'GET', '/api/auth/me', { headers })).status;

const keyIdOf = async (platform: TestPlatform, accountId: string) =>
  (
    await ok<{ key_id: string }[]>(platform, 'GET', `/api/accounts/${accountId}/keys`, {
      who: admin(platform),
    })
  )[0]!.key_id;

describe('a session of a browser', () => {
  test('is a cookie that no script reads, no other site sends, and that lasts a day', async () => {
    const platform = await startTestPlatform();
    const answer = await call(platform, 'POST', path, { who: await register(platform, 'renter') });
    const { value, attributes } = cookieOf(answer)!;
    expect(attributes.filter((attribute) => !attribute.startsWith('Expires='))).toEqual([
      'Max-Age=86400',
      'Path=/',
      'HttpOnly',
      'SameSite=Strict',
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(JSON.stringify(answer.body)).not.toContain(value);
    // As a token it opens nothing.
    const bearer = { authorization: `Bearer ${value}` };
    expect(await statusOf(platform, bearer)).toBe(401);
  });

  test('goes by TLS only where a trusted proxy says that the page came by TLS', async () => {
    const open = async (args: string[], headers: Record<string, string>) => {
      const platform = await startTestPlatform({ args });
      const answer = await call(platform, 'POST', path, { who: admin(platform), headers });
      return cookieOf(answer)!.attributes.includes('Secure');
    };
    const https = { 'x-forwarded-proto': 'https' };
    expect(await open(['--trust-proxy', 'loopback'], https)).toBe(true);
    expect(await open(['--trust-proxy', 'loopback'], { 'x-forwarded-proto': 'http' })).toBe(false);
    expect(await open([], https)).toBe(false);
  });

  test('says who is there, in every access mode, and never fails', async () => {
    const wallet = newWallet();
    for (const access of ['open', 'standard', 'strict'] as const) {
      const clock = new ManualClock();
      const platform = await startTestPlatform({ args: ['--access', access], clock });
      const nobody = { account: null, access, trusted: access === 'open', expires_at: null };
      const server_time = clock.nowMs() / 1000;
      expect((await sessionOf(platform)).body).toEqual({ ...nobody, server_time });
      for (const headers of [
        { cookie: 'xenblocks_session=nonsense' },
        { cookie: 'xenblocks_session=' },
        { cookie: `xenblocks_session=${'a'.repeat(9000)}` },
        { authorization: 'Bearer nonsense' },
        { authorization: 'Basic eDp5' },
        { 'x-api-key': 'nonsense' },
      ] as Record<string, string>[]) {
        const { status, body } = await sessionOf(platform, undefined, headers);
        expect({ status, body }, JSON.stringify(headers)).toEqual({
          status: 200,
          body: { ...nobody, server_time },
        });
      }
      const { cookie } = await openSession(platform, await signIn(platform, wallet));
      const { body } = await sessionOf(platform, cookie);
      expect(body).toEqual({
        account: {
          account_id: wallet.address.toLowerCase(),
          role: 'provider',
          eth_address: wallet.address,
          kind: 'wallet',
        },
        access,
        trusted: false,
        expires_at: server_time + 86_400,
        server_time,
      });
      const operator = await openSession(platform, admin(platform));
      expect((await sessionOf(platform, operator.cookie)).body.account).toMatchObject({
        account_id: 'admin',
        role: 'admin',
        kind: 'key',
      });
    }
  });

  test('says it of the headers, too: with the end of the token or key', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    await register(platform, 'renter');
    const made = await ok<{ api_key: string; expires_at: number }>(
      platform,
      'POST',
      '/api/accounts/renter/keys',
      {
        who: admin(platform),
        body: { expires_in_sec: 90 },
      },
    );
    const endOf = async (who: Who) => (await ok(platform, 'GET', path, { who }))['expires_at'];
    expect(await endOf({ key: made.api_key })).toBe(made.expires_at);
    expect(await endOf(admin(platform))).toBeNull();
    expect(await endOf(await signIn(platform, newWallet()))).toBe(clock.nowMs() / 1000 + 86_400);
  });

  test("of a wallet may what the wallet's token may, and one of a key what the key may", async () => {
    const platform = await startTestPlatform();
    const wallet = await openSession(platform, await signIn(platform, newWallet()));
    const renter = await openSession(platform, await register(platform, 'renter'));
    const operator = await openSession(platform, admin(platform));
    const stats = (headers: Record<string, string>) =>
      call(platform, 'GET', '/api/wallet/stats', { headers });
    const accounts = (headers: Record<string, string>) => call(platform, 'GET', '/api/accounts', { headers });
    expect((await stats(wallet)).status).toBe(200);
    expect((await stats(renter)).status).toBe(403);
    expect((await stats(operator)).status).toBe(403);
    expect((await accounts(operator)).status).toBe(200);
    expect((await accounts(renter)).status).toBe(403);
    const balance = await call(platform, 'GET', '/api/accounts/renter/balance', { headers: renter });
    expect(balance.status).toBe(200);
    expect((await call(platform, 'GET', '/api/accounts/renter/balance', { headers: wallet })).status).toBe(
      403,
    );
  });

  test('gives way to headers, right or wrong', async () => {
    const platform = await startTestPlatform();
    const renter = await openSession(platform, await register(platform, 'renter'));
    const me = await call(platform, 'GET', '/api/auth/me', { headers: renter, who: admin(platform) });
    expect(me.body['account_id']).toBe('admin');
    const wrong = await call(platform, 'GET', '/api/auth/me', { headers: renter, who: { key: 'wrong' } });
    expect(wrong.status).toBe(401);
  });

  test('is opened by a token or key in the headers only, not by another session', async () => {
    const platform = await startTestPlatform();
    const headers = await openSession(platform, admin(platform));
    const again = await call(platform, 'POST', path, { headers });
    expect(again.status).toBe(401);
    expect(cookieOf(again)).toBeUndefined();
    for (const who of [{}, { key: 'wrong' }, { token: 'a.b.c' }]) {
      const refused = await call(platform, 'POST', path, { who });
      expect(refused.status).toBe(401);
      expect(cookieOf(refused)).toBeUndefined();
    }
  });

  test('is as if it were not there on a public call when it opens nothing any more', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    const headers = await openSession(platform, admin(platform));
    clock.jump(86_400_000);
    for (const cookie of [headers.cookie, 'xenblocks_session=nonsense', 'other=1; xenblocks_session=a.b.c']) {
      const open = await call(platform, 'GET', '/api/monitoring/fleet', { headers: { cookie } });
      expect(open.status).toBe(200);
      const opened = await call(platform, 'POST', '/api/auth/register', {
        headers: { cookie },
        body: { account_id: `renter-${cookie.length}`, role: 'consumer', balance: 5 },
      });
      expect(opened).toMatchObject({ status: 200, body: { balance: 0 } });
      const closed = await call(platform, 'GET', '/api/auth/me', { headers: { cookie } });
      expect(closed.status).toBe(401);
      expect(closed.body['detail']).toContain('session has ended');
    }
  });

  test('takes nothing from who needs no credentials under open access', async () => {
    const platform = await startTestPlatform({ args: ['--access', 'open'] });
    const renter = await openSession(platform, await register(platform, 'renter'));
    const deposit = (headers: Record<string, string>) =>
      call(platform, 'POST', '/api/accounts/renter/deposit', { headers, body: { amount: 1 } });
    expect((await deposit({ cookie: 'xenblocks_session=nonsense' })).status).toBe(200);
    // Who is signed in is who it is.
    expect((await deposit(renter)).status).toBe(403);
    expect((await sessionOf(platform, renter.cookie)).body.trusted).toBe(false);
    await closeSession(platform, renter);
    expect((await deposit(renter)).status).toBe(200);
  });

  test('tells a public call who asks, where that matters', async () => {
    const platform = await startTestPlatform();
    const headers = await openSession(platform, admin(platform));
    const opened = await call(platform, 'POST', '/api/auth/register', {
      headers,
      body: { account_id: 'renter', role: 'consumer', balance: 5 },
    });
    expect(opened).toMatchObject({ status: 200, body: { balance: 5 } });
  });

  test('can not be forged', async () => {
    const secret = 'a secret of more than sixteen characters';
    const platform = await startTestPlatform({ args: ['--jwt-secret', secret] });
    const { token } = await signIn(platform, newWallet());
    const nowSec = Math.floor(Date.now() / 1000);
    const forge = (claims: Record<string, unknown>, key = secret) =>
      new SignJWT({ account_id: 'admin', kind: 'operator', bound_to: 'guess', ...claims })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer('xenblocks-session')
        .setJti('1')
        .setIssuedAt(nowSec)
        .setExpirationTime(nowSec + 60)
        .sign(new TextEncoder().encode(key));
    for (const value of [
      // A wallet's token is no session.
      token,
      await forge({}),
      await forge({ kind: 'wallet', bound_to: '' }),
      await forge({ kind: 'key', bound_to: '' }),
      await forge({ kind: 'trusted' }),
      await forge({}, 'another secret of enough length'),
    ])
      expect(await statusOf(platform, { cookie: `xenblocks_session=${value}` })).toBe(401);
  });
});

describe('a session ends', () => {
  test('when it is closed, for every copy of it, also after a restart', async () => {
    const platform = await startTestPlatform();
    const copy = await openSession(platform, admin(platform));
    const other = await openSession(platform, admin(platform));
    expect(await statusOf(platform, copy)).toBe(200);
    const closed = await closeSession(platform, copy);
    expect(closed).toMatchObject({ status: 200, body: { account: null } });
    expect(cookieOf(closed)).toMatchObject({ value: '' });
    expect(cookieOf(closed)?.attributes).toContain('Expires=Thu, 01 Jan 1970 00:00:00 GMT');
    expect(await statusOf(platform, copy)).toBe(401);
    expect((await sessionOf(platform, copy.cookie)).body.account).toBeNull();
    expect(await statusOf(platform, other)).toBe(200);
    await platform.stop();
    const again = await startTestPlatform({ dataDir: platform.dataDir });
    expect(await statusOf(again, copy)).toBe(401);
    expect(await statusOf(again, other)).toBe(200);
  });

  test('without an error when there is none', async () => {
    const platform = await startTestPlatform();
    expect((await closeSession(platform, {})).status).toBe(200);
    expect((await closeSession(platform, { cookie: 'xenblocks_session=nonsense' })).status).toBe(200);
    const headers = await openSession(platform, admin(platform));
    expect((await closeSession(platform, headers)).status).toBe(200);
    expect((await closeSession(platform, headers)).status).toBe(200);
  });

  test('when its browser opens another', async () => {
    const platform = await startTestPlatform();
    const headers = await openSession(platform, admin(platform));
    const answer = await call(platform, 'POST', path, { headers, who: await register(platform, 'renter') });
    expect(answer.status).toBe(200);
    expect(await statusOf(platform, headers)).toBe(401);
  });

  test('after a day, and with the key when that is sooner', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    await register(platform, 'renter');
    const { api_key: key } = await ok<{ api_key: string }>(platform, 'POST', '/api/accounts/renter/keys', {
      who: admin(platform),
      body: { expires_in_sec: 90 },
    });
    const short = await call(platform, 'POST', path, { who: { key } });
    expect(cookieOf(short)!.attributes).toContain('Max-Age=90');
    const day = await openSession(platform, admin(platform));
    clock.jump(89_000);
    expect(await statusOf(platform, { cookie: cookieOf(short)!.pair })).toBe(200);
    clock.jump(1000);
    expect(await statusOf(platform, { cookie: cookieOf(short)!.pair })).toBe(401);
    clock.jump(86_400_000 - 91_000);
    expect(await statusOf(platform, day)).toBe(200);
    clock.jump(1000);
    expect(await statusOf(platform, day)).toBe(401);
  });

  test("not later than the wallet's token that opened it", async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    const who = await signIn(platform, newWallet());
    clock.jump(3_600_000);
    const answer = await call(platform, 'POST', path, { who });
    expect(cookieOf(answer)!.attributes).toContain(`Max-Age=${23 * 3600}`);
  });

  test('with its key, its account, and the key of the operator', async () => {
    const platform = await startTestPlatform({ args: manyTries });
    const revoked = await openSession(platform, await register(platform, 'renter-1'));
    const closed = await openSession(platform, await register(platform, 'renter-2'));
    const wallet = newWallet();
    const gone = await openSession(platform, await signIn(platform, wallet));
    const operator = await openSession(platform, admin(platform));
    const stays = await openSession(platform, await register(platform, 'renter-3'));
    const keyId = await keyIdOf(platform, 'renter-1');
    await ok(platform, 'DELETE', `/api/accounts/renter-1/keys/${keyId}`, { who: admin(platform) });
    expect(await statusOf(platform, revoked)).toBe(401);
    for (const accountId of ['renter-2', wallet.address.toLowerCase()])
      await ok(platform, 'DELETE', `/api/accounts/${accountId}`, { who: admin(platform) });
    expect(await statusOf(platform, closed)).toBe(401);
    expect(await statusOf(platform, gone)).toBe(401);
    expect(await statusOf(platform, operator)).toBe(200);
    await ok(platform, 'POST', '/api/admin/key', { who: admin(platform) });
    expect(await statusOf(platform, operator)).toBe(401);
    expect(await statusOf(platform, stays)).toBe(200);
  });

  test('and is forgotten once it would be over anyway', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    await closeSession(platform, await openSession(platform, admin(platform)));
    clock.jump(86_400_000);
    await closeSession(platform, await openSession(platform, admin(platform)));
    expect(readRows(platform, 'select * from ended_sessions')).toHaveLength(1);
  });
});

describe('a page of another origin', () => {
  const foreign = [
    { origin: 'https://elsewhere.example' },
    { origin: 'null' },
    // Another program on this host: its pages share the cookie, but not the origin.
    { origin: 'http://127.0.0.1:1' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site' },
  ] as Record<string, string>[];

  test('changes nothing with the session of this one', async () => {
    const platform = await startTestPlatform();
    const session = await openSession(platform, admin(platform));
    const deposit = (headers: Record<string, string>) =>
      call(platform, 'POST', '/api/accounts/renter/deposit', {
        headers: { ...session, ...headers },
        body: { amount: 1 },
      });
    await register(platform, 'renter');
    for (const headers of foreign) {
      expect((await deposit(headers)).status, JSON.stringify(headers)).toBe(403);
      expect((await closeSession(platform, { ...session, ...headers })).status).toBe(403);
    }
    for (const headers of [
      {},
      { origin: platform.apiUrl, 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
    ] as Record<string, string>[])
      expect((await deposit(headers)).status, JSON.stringify(headers)).toBe(200);
    expect(await statusOf(platform, session)).toBe(200);
  });

  test('does when it is allowed', async () => {
    const farm = 'https://farm.example.com';
    const platform = await startTestPlatform({ args: ['--allowed-origin', farm] });
    const session = await openSession(platform, admin(platform));
    await register(platform, 'renter');
    const { status } = await call(platform, 'POST', '/api/accounts/renter/deposit', {
      headers: { ...session, origin: farm, 'sec-fetch-site': 'same-site' },
      body: { amount: 1 },
    });
    expect(status).toBe(200);
  });

  test('gets no feed with it', async () => {
    const platform = await startTestPlatform({ args: ['--access', 'strict'] });
    const session = await openSession(platform, admin(platform));
    await FeedListener.connect(platform.feedUrl, { headers: { ...session, origin: platform.apiUrl } });
    for (const headers of foreign)
      expect(await FeedListener.refusal(platform.feedUrl, { headers: { ...session, ...headers } })).toBe(403);
    await closeSession(platform, session);
    expect(await FeedListener.refusal(platform.feedUrl, { headers: session })).toBe(401);
  });
});

test('sessions are in the audit log, and their secrets in no log', async () => {
  const lines: string[] = [];
  const loggers = createLogger({ level: 'trace', format: 'json', write: (line) => lines.push(line) });
  const platform = await startTestPlatform({ loggers });
  const oneTime = platform.platform.operatorSignIn();
  const answer = await call(platform, 'POST', `${path}/one-time`, { body: { token: oneTime } });
  const session = await openSession(platform, await register(platform, 'renter'));
  await closeSession(platform, session);
  const entries = readRows<{ actor: string; action: string; target: string }>(
    platform,
    "select * from audit_log where action like 'auth.%session%' order by audit_id",
  );
  expect(entries.map(({ actor, action, target }) => [actor, action, target])).toEqual([
    ['anonymous', 'auth.open_session_once', 'admin'],
    ['renter', 'auth.open_session', 'renter'],
    ['renter', 'auth.close_session', ''],
  ]);
  const secrets = [oneTime, cookieOf(answer)!.value, session.cookie.split('=')[1]!];
  const secret = readFileSync(join(platform.dataDir, 'jwt-secret'), 'utf8').trim();
  expect(lines.length).toBeGreaterThan(5);
  for (const text of [...secrets, secret]) {
    expect(lines.filter((line) => line.includes(text))).toEqual([]);
    expect(JSON.stringify(entries)).not.toContain(text);
  }
});

test('tries to sign in with sessions are limited', async () => {
  const platform = await startTestPlatform({ args: ['--sign-in-max-per-min', '3'] });
  const statuses = [];
  for (let count = 0; count < 4; count += 1)
    statuses.push((await call(platform, 'POST', `${path}/one-time`, { body: { token: 'guess' } })).status);
  expect(statuses).toEqual([401, 401, 401, 429]);
  expect((await call(platform, 'POST', path, { who: admin(platform) })).status).toBe(429);
  expect((await sessionOf(platform)).status).toBe(200);
});
