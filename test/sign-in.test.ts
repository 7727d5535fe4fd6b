import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { admin, call, newWallet, ok, register, signIn } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';

const manyTries = ['--sign-in-max-per-min', '1000'];

interface Challenge {
  nonce: string;
  message: string;
}

const challenge = (platform: TestPlatform, address: string) =>
  ok<Challenge>(platform, 'GET', `/api/auth/nonce?address=${address}`);

const verify = (platform: TestPlatform, body: unknown) =>
  call<{ token: string; account_id: string; role: string; address: string }>(
    platform,
    'POST',
    '/api/auth/verify',
    { body },
  );

const me = (platform: TestPlatform, token: string) =>
  call<{ account_id: string; detail: string }>(platform, 'GET', '/api/auth/me', { who: { token } });

describe('a wallet', () => {
  test('signs the message and gets a token for its own account', async () => {
    const platform = await startTestPlatform();
    const wallet = newWallet();
    const { nonce, message } = await challenge(platform, wallet.address);
    expect(message).toBe(`Sign this message to authenticate with XenBlocks.\n\nNonce: ${nonce}`);
    const signature = await wallet.signMessage({ message });
    const { status, body } = await verify(platform, {
      address: wallet.address.toLowerCase(),
      signature,
      nonce,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      address: wallet.address,
      account_id: wallet.address.toLowerCase(),
      role: 'provider',
    });
    const account = await me(platform, body.token);
    expect(account.body).toEqual({
      account_id: wallet.address.toLowerCase(),
      role: 'provider',
      eth_address: wallet.address,
      balance: 0,
      held: 0,
      linked_accounts: [],
    });
  });

  test('gets the account back that its worker opened', async () => {
    const platform = await startTestPlatform();
    const wallet = newWallet();
    const { TestMiner } = await import('./support/test-miner.ts');
    const miner = await TestMiner.connect({
      workerId: 'rig-1',
      mqttUrl: platform.mqttUrl,
      ethAddress: wallet.address,
    });
    await miner.register();
    const who = await signIn(platform, wallet);
    expect(await ok(platform, 'GET', '/api/accounts/rig-1/balance', { who })).toMatchObject({
      account_id: wallet.address.toLowerCase(),
    });
    const other = await signIn(platform, newWallet());
    expect((await call(platform, 'GET', '/api/accounts/rig-1/balance', { who: other })).status).toBe(403);
  });

  test('can use a nonce once, for its own address, and within five minutes', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock, args: manyTries });
    const [wallet, other] = [newWallet(), newWallet()];
    const attempt = async (address: string, signer = wallet, waitMs = 0, signedNonce?: string) => {
      const { nonce, message } = await challenge(platform, wallet.address);
      clock.advance(waitMs);
      const text = signedNonce === undefined ? message : message.replace(nonce, signedNonce);
      const body = { address, signature: await signer.signMessage({ message: text }), nonce };
      return { first: (await verify(platform, body)).status, again: (await verify(platform, body)).status };
    };
    expect(await attempt(wallet.address)).toEqual({ first: 200, again: 401 });
    expect(await attempt(other.address, other)).toEqual({ first: 401, again: 401 });
    expect(await attempt(wallet.address, other)).toEqual({ first: 401, again: 401 });
    expect(await attempt(wallet.address, wallet, 299_999)).toEqual({ first: 200, again: 401 });
    expect(await attempt(wallet.address, wallet, 300_000)).toEqual({ first: 401, again: 401 });
    expect(await attempt(wallet.address, wallet, 0, 'another')).toEqual({ first: 401, again: 401 });
  });

  test.each([
    '',
    '0x',
    '0x00',
    'junk',
    `0x${'00'.repeat(65)}`,
    `0x${'ff'.repeat(65)}`,
    `0x${'1b'.repeat(1000)}`,
  ])('that sends the signature %j is refused', async (signature) => {
    const platform = await startTestPlatform();
    const { address } = newWallet();
    const { nonce } = await challenge(platform, address);
    expect((await verify(platform, { address, signature, nonce })).status).toBe(401);
  });

  test.each(['', '0x', 'vitalik.eth', `0x${'1'.repeat(39)}`, `0x${'g'.repeat(40)}`])(
    'with the address %j gets no nonce',
    async (address) => {
      const platform = await startTestPlatform();
      const { status, body } = await call(platform, 'GET', `/api/auth/nonce?address=${address}`);
      expect(status).toBe(400);
      expect(body['detail']).toContain('40 hex digits');
    },
  );
});

describe('a token', () => {
  const secret = 'a secret of more than sixteen characters';
  const claims = (address: string) => ({ role: 'admin', account_id: address.toLowerCase() });

  test('is refused without signature, of another secret, algorithm or issuer, too old, or from the future', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock, args: ['--jwt-secret', secret] });
    const wallet = newWallet();
    const { token } = await signIn(platform, wallet);
    expect((await me(platform, token)).status).toBe(200);
    const nowSec = clock.nowMs() / 1000;
    const build = (changes: {
      alg?: string;
      key?: string;
      iat?: number;
      exp?: number | null;
      iss?: string;
    }) => {
      const jwt = new SignJWT(claims(wallet.address))
        .setProtectedHeader({ alg: changes.alg ?? 'HS256' })
        .setSubject(wallet.address.toLowerCase())
        .setJti('1')
        .setIssuer(changes.iss ?? 'xenblocks')
        .setIssuedAt(changes.iat ?? nowSec);
      if (changes.exp !== null) jwt.setExpirationTime(changes.exp ?? nowSec + 60);
      return jwt.sign(new TextEncoder().encode(changes.key ?? secret));
    };
    // What is well made passes: the refusals below have the reason that they name.
    expect((await me(platform, await build({}))).status).toBe(200);
    const forged = {
      'another secret': await build({ key: 'another secret of enough length' }),
      'another algorithm': await build({ alg: 'HS512', key: secret.repeat(2) }),
      HS384: await build({ alg: 'HS384' }),
      'another issuer': await build({ iss: 'elsewhere' }),
      expired: await build({ exp: nowSec - 1 }),
      'no expiry': await build({ exp: null }),
      'the future': await build({ iat: nowSec + 3600, exp: nowSec + 7200 }),
      'alg none': new UnsecuredJWT(claims(wallet.address))
        .setSubject(wallet.address.toLowerCase())
        .setIssuer('xenblocks')
        .setIssuedAt(nowSec)
        .setExpirationTime(nowSec + 60)
        .encode(),
      'a cut signature': token.slice(0, -1),
      'a changed claim': [token.split('.')[0], btoa('{"sub":"0x"}'), token.split('.')[2]].join('.'),
      junk: 'a.b.c',
    };
    for (const [what, forgery] of Object.entries(forged))
      expect((await me(platform, forgery)).status, what).toBe(401);
    clock.jump(24 * 3_600_000 + 1000);
    const late = await me(platform, token);
    expect(late.status).toBe(401);
    expect(late.body.detail).toContain('expired');
  });

  test('gets its role from the account, not from what it says', async () => {
    const platform = await startTestPlatform({ args: ['--jwt-secret', secret] });
    const wallet = newWallet();
    await signIn(platform, wallet);
    const nowSec = Math.floor(Date.now() / 1000);
    const token = await new SignJWT(claims(wallet.address))
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(wallet.address.toLowerCase())
      .setJti('1')
      .setIssuer('xenblocks')
      .setIssuedAt(nowSec)
      .setExpirationTime(nowSec + 60)
      .sign(new TextEncoder().encode(secret));
    expect((await call(platform, 'GET', '/api/accounts', { who: { token } })).status).toBe(403);
  });

  test('ends with its account', async () => {
    const platform = await startTestPlatform();
    const wallet = newWallet();
    const who = await signIn(platform, wallet);
    await ok(platform, 'DELETE', `/api/accounts/${wallet.address.toLowerCase()}`, { who: admin(platform) });
    expect((await me(platform, who.token)).status).toBe(401);
    const { nonce, message } = await challenge(platform, wallet.address);
    const signature = await wallet.signMessage({ message });
    expect((await verify(platform, { address: wallet.address, signature, nonce })).status).toBe(403);
  });

  test('survives a restart, whose secret only the owner of the folder can read', async () => {
    const first = await startTestPlatform();
    const who = await signIn(first, newWallet());
    await first.stop();
    const second = await startTestPlatform({ dataDir: first.dataDir });
    expect((await me(second, who.token)).status).toBe(200);
    for (const file of ['jwt-secret', 'admin-key'])
      expect(statSync(join(first.dataDir, file)).mode & 0o777).toBe(0o600);
  });
});

test('too many tries of one address are refused with the time to wait', async () => {
  const platform = await startTestPlatform({ args: ['--sign-in-max-per-min', '5'] });
  const tries = [];
  for (let count = 0; count < 7; count += 1)
    tries.push(
      await call(platform, 'POST', '/api/auth/login', {
        body: { account_id: 'admin', api_key: `guess-${count}` },
      }),
    );
  expect(tries.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429, 429]);
  expect(Number(tries[6]?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await call(platform, 'GET', `/api/auth/nonce?address=${newWallet().address}`)).status).toBe(429);
  expect((await call(platform, 'GET', '/api/monitoring/stats')).status).toBe(200);
});

test('no secret appears in the log', async () => {
  const lines: string[] = [];
  const loggers = createLogger({ level: 'trace', format: 'json', write: (line) => lines.push(line) });
  const platform = await startTestPlatform({ loggers });
  const who = await signIn(platform, newWallet());
  const consumer = await register(platform, 'renter-1');
  await call(platform, 'POST', '/api/auth/login', {
    body: { account_id: 'renter-1', api_key: consumer.key },
  });
  await call(platform, 'GET', '/api/accounts', { who: admin(platform) });
  await call(platform, 'GET', '/api/auth/me', { who: { key: 'xb_wrong_key_of_somebody' } });
  const secrets = [
    who.token,
    consumer.key,
    admin(platform).key ?? '',
    readFileSync(join(platform.dataDir, 'jwt-secret'), 'utf8').trim(),
    'xb_wrong_key_of_somebody',
  ];
  expect(lines.length).toBeGreaterThan(5);
  for (const secret of secrets) expect(lines.filter((line) => line.includes(secret))).toEqual([]);
});
