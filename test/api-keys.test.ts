import { describe, expect, test } from 'vitest';
import { hashKey } from '../src-main/platform/features/auth/index.ts';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { admin, call, newWallet, ok, register, signIn, type Who } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { readRows, writeRows } from './support/platform-figures.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';

interface KeyView {
  key_id: string;
  label: string;
  expires_at: number | null;
  last_used_at: number | null;
  revoked_at: number | null;
}

const keysOf = (platform: TestPlatform, who: Who) =>
  ok<KeyView[]>(platform, 'GET', '/api/accounts/renter/keys', { who });

const makeKey = (platform: TestPlatform, who: Who, body: Record<string, unknown>) =>
  ok<KeyView & { api_key: string }>(platform, 'POST', '/api/accounts/renter/keys', { who, body });

const opens = async (platform: TestPlatform, key: string) =>
  (await call(platform, 'GET', '/api/auth/me', { who: { key } })).status === 200;

describe('an API key', () => {
  test('is shown once and kept as a hash', async () => {
    const platform = await startTestPlatform();
    const { key } = await register(platform, 'renter');
    const text = JSON.stringify(await keysOf(platform, { key }));
    expect(text).not.toContain(key);
    await platform.stop();
    const rows = readRows(platform, "select key_hash from api_keys where account_id = 'renter'");
    expect(rows).toEqual([{ key_hash: hashKey(key) }]);
  });

  test('ends when it is revoked, and only that one', async () => {
    const platform = await startTestPlatform();
    const { key } = await register(platform, 'renter');
    const { key_id, api_key: second } = await makeKey(platform, { key }, { label: 'second' });
    await ok(platform, 'DELETE', `/api/accounts/renter/keys/${key_id}`, { who: { key } });
    expect([await opens(platform, key), await opens(platform, second)]).toEqual([true, false]);
    const revoke = () => call(platform, 'DELETE', `/api/accounts/renter/keys/${key_id}`, { who: { key } });
    expect((await revoke()).status).toBe(404);
    const shown = await keysOf(platform, { key });
    expect(shown.find((entry) => entry.key_id === key_id)?.revoked_at).not.toBeNull();
  });

  test('ends at its time', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    const owner = await register(platform, 'renter');
    const { api_key: key } = await makeKey(platform, owner, { label: 'short', expires_in_sec: 60 });
    clock.jump(59_999);
    expect(await opens(platform, key)).toBe(true);
    clock.jump(1);
    expect(await opens(platform, key)).toBe(false);
    expect(await opens(platform, owner.key)).toBe(true);
  });

  test('remembers its last use, also over a restart', async () => {
    const clock = new ManualClock();
    const first = await startTestPlatform({ clock });
    const owner = await register(first, 'renter');
    const { key_id, api_key: key } = await makeKey(first, owner, { label: 'used' });
    const lastUse = async (platform: TestPlatform) =>
      (await keysOf(platform, owner)).find((entry) => entry.key_id === key_id)?.last_used_at;
    expect(await lastUse(first)).toBeNull();
    clock.jump(5000);
    const usedAt = clock.nowMs() / 1000;
    expect(await opens(first, key)).toBe(true);
    clock.jump(5000);
    expect(await lastUse(first)).toBe(usedAt);
    await first.stop();
    const second = await startTestPlatform({ clock, dataDir: first.dataDir });
    expect(await lastUse(second)).toBe(usedAt);
  });

  test('ends with its account, closed or gone', async () => {
    const platform = await startTestPlatform();
    const { key } = await register(platform, 'renter');
    const other = await register(platform, 'renter-2');
    await ok(platform, 'DELETE', '/api/accounts/renter', { who: admin(platform) });
    expect(await opens(platform, key)).toBe(false);
    writeRows(platform, (database) => {
      database.pragma('foreign_keys = OFF');
      database.exec("delete from accounts where account_id = 'renter-2'");
    });
    expect(await opens(platform, other.key)).toBe(false);
    const login = { account_id: 'renter', api_key: key };
    expect((await call(platform, 'POST', '/api/auth/login', { body: login })).status).toBe(401);
  });

  test('of one account does not open another', async () => {
    const platform = await startTestPlatform();
    const { key } = await register(platform, 'renter');
    await register(platform, 'renter-2');
    const body = { account_id: 'renter-2', api_key: key };
    expect((await call(platform, 'POST', '/api/auth/login', { body })).status).toBe(401);
    const path = '/api/accounts/renter-2/keys';
    expect((await call(platform, 'GET', path, { who: { key } })).status).toBe(403);
    expect((await call(platform, 'POST', path, { body: { label: 'x' }, who: { key } })).status).toBe(403);
  });

  test('is one of twenty at most that an account has at a time', async () => {
    const platform = await startTestPlatform();
    const owner = await register(platform, 'renter');
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        call(platform, 'POST', '/api/accounts/renter/keys', { body: { label: `${index}` }, who: owner }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(19);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(11);
  });
});

test('a token ends when the row of its account is gone', async () => {
  const platform = await startTestPlatform();
  const wallet = newWallet();
  const who = await signIn(platform, wallet);
  writeRows(platform, (database) => {
    database.pragma('foreign_keys = OFF');
    database.prepare('delete from accounts where account_id = ?').run(wallet.address.toLowerCase());
  });
  expect((await call(platform, 'GET', '/api/auth/me', { who })).status).toBe(401);
});

test('nonces that nobody uses take bounded memory: the oldest end early', async () => {
  const platform = await startTestPlatform({ args: ['--sign-in-max-per-min', '1000000'] });
  const wallet = newWallet();
  const challenge = () =>
    ok<{ nonce: string; message: string }>(platform, 'GET', `/api/auth/nonce?address=${wallet.address}`);
  const first = await challenge();
  for (let count = 0; count < 10_000; count += 100) await Promise.all(Array.from({ length: 100 }, challenge));
  const last = await challenge();
  const verify = async ({ nonce, message }: { nonce: string; message: string }) => {
    const body = { address: wallet.address, nonce, signature: await wallet.signMessage({ message }) };
    return (await call(platform, 'POST', '/api/auth/verify', { body })).status;
  };
  expect([await verify(first), await verify(last)]).toEqual([401, 200]);
});

test('no answer and no error says a secret again, whatever was asked with it', async () => {
  const lines: string[] = [];
  const loggers = createLogger({ level: 'trace', format: 'text', write: (line) => lines.push(line) });
  const platform = await startTestPlatform({ loggers });
  const { key } = await register(platform, 'renter');
  const { token } = await signIn(platform, newWallet());
  const secrets = [key, token, admin(platform).key ?? ''];
  const answers: string[] = [];
  const ask = async (...parameters: Parameters<typeof call>) => {
    const { body } = await call<unknown>(...parameters);
    answers.push(JSON.stringify(body));
  };
  for (const secret of secrets) {
    for (const who of [{ key: secret }, { token: secret }, { key: `${secret}x` }, { token: `${secret}x` }]) {
      await ask(platform, 'GET', '/api/auth/me', { who });
      await ask(platform, 'GET', '/api/accounts/renter/keys', { who });
      await ask(platform, 'GET', '/api/accounts', { who });
      await ask(platform, 'POST', '/api/accounts/renter/withdraw', { body: { amount: 1 }, who });
    }
    await ask(platform, 'GET', '/api/auth/me', { headers: { authorization: `Basic ${secret}` } });
    await ask(platform, 'POST', '/api/auth/verify', {
      body: { address: '0x', signature: secret, nonce: secret },
    });
    await ask(platform, 'POST', '/api/auth/login', { body: { account_id: 'renter', api_key: `${secret}x` } });
  }
  await platform.stop();
  expect(answers.length).toBeGreaterThan(40);
  for (const secret of secrets) {
    expect(answers.filter((answer) => answer.includes(secret))).toEqual([]);
    expect(lines.filter((line) => line.includes(secret))).toEqual([]);
  }
});
