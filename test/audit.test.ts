import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { describe, expect, test } from 'vitest';
import type { AuditEntryView } from '../src-main/contract/domain/audit.ts';
import { auditHash, type AuditRow } from '../src-main/platform/features/audit/index.ts';
import { admin, call, deposit, newWallet, ok, register, signIn, type Who } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { metric, readRows, writeRows } from './support/platform-figures.ts';
import { rent, rented, setUp } from './support/renting.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';

interface Page {
  items: AuditEntryView[];
  total: number;
  limit: number;
  offset: number;
}

const entries = (platform: TestPlatform, query = '') =>
  ok<Page>(platform, 'GET', `/api/admin/audit${query}`, { who: admin(platform) });

const rowsOf = (platform: TestPlatform) =>
  readRows<AuditRow>(platform, 'select * from audit_log order by audit_id');

function expectUnbroken(rows: readonly AuditRow[]): void {
  rows.forEach((row, index) => {
    expect(row.audit_id).toBe(index + 1);
    expect(row.previous_hash).toBe(rows[index - 1]?.hash ?? '');
    expect(row.hash).toBe(auditHash(row.previous_hash, row));
  });
}

test('every route that changes something has a name in the audit log', async () => {
  const { platform } = await startTestPlatform();
  // What miners submit to the chain is no change by a person: each block is a record of its own.
  const changing = platform.routes.filter(({ method, rpcErrors }) => method !== 'get' && !rpcErrors);
  expect(changing.length).toBeGreaterThan(8);
  const nameless = changing.filter(({ action }) => !/^[a-z]+(\.[a-z_]+)+$/.test(action ?? ''));
  expect(nameless.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  // Whoever takes a backup takes everything that the platform knows, and much of it with the diagnostics.
  const audited = platform.routes.filter(({ method, action }) => method === 'get' && action !== undefined);
  expect(audited.map(({ path }) => path).sort()).toEqual([
    '/api/admin/backups/{name}/download',
    '/api/admin/diagnostics.zip',
  ]);
});

describe('an entry', () => {
  test('says who did what, from where, on what, and with what', async () => {
    const platform = await startTestPlatform();
    const renter = await register(platform, 'renter-1');
    await deposit(platform, 'renter-1', 12.5);
    await ok(platform, 'POST', '/api/accounts/renter-1/withdraw', {
      body: { amount: 2, colour: 'red' },
      who: renter,
    });
    const { items, total } = await entries(platform);
    expect(total).toBe(3);
    const [withdrawal, credit, registration] = items;
    expect(withdrawal).toEqual({
      id: 3,
      at: expect.closeTo(Date.now() / 1000, -2) as number,
      actor: 'renter-1',
      role: 'consumer',
      remote_address: '127.0.0.1',
      action: 'account.withdraw',
      target: 'renter-1',
      result: 'ok',
      detail: { body: { amount: 2 } },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(credit).toMatchObject({ actor: 'admin', role: 'admin', action: 'account.deposit' });
    expect(registration).toMatchObject({
      actor: 'anonymous',
      action: 'account.register',
      target: 'renter-1',
    });
  });

  test('names the lease that began, or the worker that was not to be had', async () => {
    const setting = await setUp();
    const { lease_id: leaseId } = await rented(setting);
    await rent(setting.platform, setting.consumer);
    const { items } = await entries(setting.platform, '?action=lease.start');
    expect(items).toMatchObject([
      { result: 'refused', target: 'rig-1' },
      { result: 'ok', target: leaseId },
    ]);
  });

  test('is on disk before the answer leaves', async () => {
    const platform = await startTestPlatform();
    for (let count = 1; count <= 5; count += 1) {
      await register(platform, `renter-${count}`);
      expect(rowsOf(platform)).toHaveLength(count);
    }
  });

  test('tells of what was refused, and why, and that nothing came of it', async () => {
    const platform = await startTestPlatform();
    const renter = await register(platform, 'renter-1');
    const other = await register(platform, 'renter-2');
    await deposit(platform, 'renter-1', 10);
    const withdraw = (who: Who, amount: unknown) =>
      call(platform, 'POST', '/api/accounts/renter-1/withdraw', { body: { amount }, who });
    expect((await withdraw(other, 1)).status).toBe(403);
    expect((await withdraw(renter, 1000)).status).toBe(400);
    expect((await withdraw(renter, 'all')).status).toBe(400);
    expect((await withdraw({}, 1)).status).toBe(401);
    const { items } = await entries(platform, '?action=account.withdraw&result=refused');
    expect(items.map(({ actor, target, detail }) => [actor, target, detail['reason']])).toEqual([
      ['renter-1', 'renter-1', expect.stringContaining('number of credits')],
      ['renter-1', 'renter-1', expect.stringContaining('only 10 free credits')],
      ['renter-2', 'renter-1', expect.stringContaining('belongs to another account')],
    ]);
  });

  test('holds no secret, wherever somebody put it', async () => {
    const platform = await startTestPlatform();
    const wallet = newWallet();
    const { token } = await signIn(platform, wallet);
    const { key } = await register(platform, 'renter-1');
    const { nonce, message } = await ok<{ nonce: string; message: string }>(
      platform,
      'GET',
      `/api/auth/nonce?address=${wallet.address}`,
    );
    const signature = await wallet.signMessage({ message });
    const post = (path: string, body: unknown, who: Who = {}) => call(platform, 'POST', path, { body, who });
    await post('/api/auth/verify', { address: newWallet().address, signature, nonce });
    await post('/api/auth/login', { account_id: 'renter-1', api_key: key });
    await post('/api/auth/login', { account_id: key, api_key: 'guess-of-a-secret' });
    await post('/api/auth/login', { account_id: token, api_key: '' });
    await post('/api/accounts/renter-1/deposit', { amount: 1, note: `paid with ${key}` }, admin(platform));
    await post('/api/accounts/renter-1/keys', { label: signature.slice(0, 64) }, { key });
    const made = await post('/api/admin/key', undefined, admin(platform));
    const text = JSON.stringify(rowsOf(platform));
    expect(text).toContain('[redacted]');
    const secrets = [token, key, nonce, signature, 'guess-of-a-secret', made.body['api_key'] as string];
    for (const secret of secrets) expect(text.includes(secret), secret.slice(0, 5)).toBe(false);
  });

  test('keeps text that would not come back as it went in out, and is cut when it is long', async () => {
    const platform = await startTestPlatform();
    const withNote = (note: string) =>
      call(platform, 'POST', '/api/accounts/admin/deposit', {
        body: JSON.stringify({ amount: 1, note }),
        who: admin(platform),
      });
    expect((await withNote('half a pair: \ud800')).status).toBe(400);
    expect((await withNote('nothing: \0')).status).toBe(400);
    expect((await withNote('ключ 🔑 "quoted"')).status).toBe(200);
    expect((await withNote('x'.repeat(5000))).status).toBe(400);
    const rows = rowsOf(platform);
    expect(rows).toHaveLength(4);
    expectUnbroken(rows);
    for (const { detail } of rows) expect(detail.length).toBeLessThan(5000);
  });
});

test('changes at the same time share transactions, and the chain has no gap', async () => {
  const platform = await startTestPlatform();
  await register(platform, 'renter-1');
  const transactions = () => metric(platform, 'xenblocks_storage_transactions_total');
  const before = await transactions();
  await Promise.all(Array.from({ length: 150 }, () => deposit(platform, 'renter-1', 1)));
  // Each has a deposit and an entry to store.
  expect((await transactions()) - before).toBeLessThan(250);
  const rows = rowsOf(platform);
  expect(rows).toHaveLength(151);
  expectUnbroken(rows);
});

test('who is refused again and again does not fill the disk; how much was left out is written down', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock });
  const renter = await register(platform, 'renter-1');
  const other = await register(platform, 'renter-2');
  const knock = (who: Who) => call(platform, 'POST', '/api/accounts/admin/withdraw', { body: {}, who });
  for (let count = 0; count < 60; count += 1) expect((await knock(renter)).status).toBe(400);
  expect((await knock(other)).status).toBe(400);
  const refused = (actor: string) => entries(platform, `?result=refused&actor=${actor}`);
  expect((await refused('renter-1')).total).toBe(20);
  expect((await refused('renter-2')).total).toBe(1);
  await deposit(platform, 'renter-1', 1);
  clock.jump(60_000);
  await knock(renter);
  expect((await refused('renter-1')).total).toBe(21);
  expect((await refused('system')).items[0]).toMatchObject({
    action: 'audit.left_out',
    detail: { reason: '40 refused calls were too many to be written down' },
  });
  expect((await entries(platform, '?result=ok')).total).toBe(3);
});

test('an entry that can not be stored does not make the answer lie, and is stored later', async () => {
  const lines: string[] = [];
  const loggers = createLogger({ level: 'info', format: 'json', write: (line) => lines.push(line) });
  const platform = await startTestPlatform({ loggers });
  await register(platform, 'renter-1');
  writeRows(platform, (database) =>
    database.exec(
      "create trigger audit_full before insert on audit_log begin select raise(abort, 'no room'); end",
    ),
  );
  const { api_key: key } = await ok<{ api_key: string }>(platform, 'POST', '/api/accounts/admin/keys', {
    body: { label: 'second' },
    who: admin(platform),
  });
  expect((await call(platform, 'GET', '/api/accounts', { who: { key } })).status).toBe(200);
  expect(rowsOf(platform)).toHaveLength(1);
  const told = lines.filter((line) => line.includes('entry not stored: no room'));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('key.create');
  expect(told[0]).not.toContain(key);
  writeRows(platform, (database) => database.exec('drop trigger audit_full'));
  await deposit(platform, 'renter-1', 1);
  const rows = rowsOf(platform);
  expect(rows.map(({ action }) => action)).toEqual(['account.register', 'key.create', 'account.deposit']);
  expectUnbroken(rows);
});

describe('the log', () => {
  test('is for the operator alone', async () => {
    const platform = await startTestPlatform({ args: ['--access', 'open'] });
    const renter = await register(platform, 'renter-1');
    for (const path of ['/api/admin/audit', '/api/admin/audit.csv']) {
      expect((await call(platform, 'GET', path)).status).toBe(401);
      expect((await call(platform, 'GET', path, { who: renter })).status).toBe(403);
    }
  });

  test('is filtered by actor, action, target, result and time, and comes in pages', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    const startSec = clock.nowMs() / 1000;
    await register(platform, 'renter-1');
    await register(platform, 'renter-2');
    for (let minute = 0; minute < 4; minute += 1) {
      clock.jump(60_000);
      await deposit(platform, `renter-${1 + (minute % 2)}`, 1);
    }
    const ids = async (query: string) => (await entries(platform, query)).items.map(({ id }) => id);
    expect(await ids('')).toEqual([6, 5, 4, 3, 2, 1]);
    expect(await ids('?limit=2&offset=1')).toEqual([5, 4]);
    expect(await ids('?actor=admin&target=renter-1')).toEqual([5, 3]);
    expect(await ids('?action=account.register')).toEqual([2, 1]);
    expect(await ids('?result=failed')).toEqual([]);
    expect(await ids(`?since=${startSec + 60}&until=${startSec + 180}`)).toEqual([4, 3]);
    expect(await entries(platform, '?limit=2&offset=4&actor=admin')).toMatchObject({
      total: 4,
      limit: 2,
      offset: 4,
      items: [],
    });
    expect(
      (await call(platform, 'GET', '/api/admin/audit?result=perhaps', { who: admin(platform) })).status,
    ).toBe(422);
  });

  test('of any length is read in portions without a gap between them', async () => {
    const platform = await startTestPlatform();
    writeRows(platform, (database) =>
      database.exec(`with recursive n(i) as (select 1 union all select i + 1 from n where i < 9001)
        insert into audit_log select i, i, iif(i % 3, 'a', 'b'), 'none', '', 'test.entry', '', 'ok', '{}', '', '' from n`),
    );
    const { total, items } = await entries(platform, '?actor=b&limit=500&offset=1200');
    expect(total).toBe(3000);
    expect(items.map(({ id }) => id)).toEqual(Array.from({ length: 500 }, (_, index) => 5400 - index * 3));
    const { body } = await call<string>(platform, 'GET', '/api/admin/audit.csv?actor=a', {
      who: admin(platform),
    });
    expect(body.trim().split('\n')).toHaveLength(6002);
  });

  test('comes as CSV, oldest first, and no text becomes a formula', async () => {
    const platform = await startTestPlatform();
    await register(platform, 'renter-1');
    await ok(platform, 'POST', '/api/accounts/renter-1/deposit', {
      body: { amount: 1.5, note: '=cmd()' },
      who: admin(platform),
    });
    const { body, headers } = await call<string>(platform, 'GET', '/api/admin/audit.csv', {
      who: admin(platform),
    });
    expect(headers.get('content-disposition')).toContain('audit.csv');
    const [heading, first, second] = body.split('\n');
    expect(heading).toBe('id,at,actor,role,remote_address,action,target,result,detail,hash');
    expect(first).toMatch(/^1,[\d.]+,anonymous,none,127\.0\.0\.1,account\.register,renter-1,ok,/);
    expect(second).toContain('account.deposit,renter-1,ok,"{""body"":{""amount"":1.5,""note"":""=cmd()""}}"');
  });
});
