import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerEntryView } from '../src-main/contract/domain/ledger.ts';
import { checkLedgerOfFile } from '../src-main/platform/operations/check-ledger.ts';
import { admin, call, deposit, ok, register } from './support/accounts.ts';
import { readRows } from './support/platform-figures.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { startTestPlatform, temporaryFolder } from './support/test-platform.ts';
import { checkOf, post, trade } from './support/trading.ts';

describe('a right ledger', () => {
  test('is proven right on the running platform, with its figures', async () => {
    const { platform } = await trade();
    const report = await checkOf(platform);
    expect(report).toMatchObject({ ok: true, findings: [], findings_total: 0 });
    expect(report.checked).toEqual({
      transactions: 6,
      postings: expect.any(Number) as number,
      accounts: 5,
      leases: 2,
      settlements: 1,
      audit_entries: expect.any(Number) as number,
    });
    const { balances, held, deposits, withdrawals } = report.totals;
    expect({ held, deposits, withdrawals }).toEqual({ held: 6, deposits: 100, withdrawals: 20.5 });
    expect(balances + held).toBeCloseTo(deposits - withdrawals, 6);
  });

  test('is proven right by the command, also while a platform writes to it', async () => {
    const { platform, consumer } = await trade();
    const command = PlatformProcess.spawn(['check-ledger', '--data-dir', platform.dataDir]);
    const busy = Promise.all(
      Array.from({ length: 60 }, () =>
        post(platform, '/api/accounts/renter/withdraw', consumer, { amount: 0.01 }),
      ),
    );
    expect(await command.exitCode()).toBe(0);
    expect(command.stdout).toMatch(/^The ledger is right\.\nChecked: \d+ entries .*\nCredits: .*\n$/);
    expect((await busy).map(({ status }) => status)).toEqual(Array.from({ length: 60 }, () => 200));
    const json = PlatformProcess.spawn(['check-ledger', '--json', '--db-path', platform.databasePath]);
    expect(await json.exitCode()).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, checked: { transactions: 66 } });
  });

  test('is proven right while money moves: the check sees one moment', async () => {
    const { platform } = await trade();
    for (let count = 0; count < 5; count += 1) {
      const [report] = await Promise.all([
        checkOf(platform),
        ...Array.from({ length: 20 }, () => deposit(platform, 'other', 1)),
      ]);
      expect(report.findings).toEqual([]);
    }
    expect((await checkOf(platform)).totals.deposits).toBe(200);
  });

  test('of an empty platform is right', async () => {
    const platform = await startTestPlatform();
    expect(await checkOf(platform)).toMatchObject({ ok: true, checked: { transactions: 0, accounts: 2 } });
  });

  test('is checked in portions: others get their turn', async () => {
    const platform = await startTestPlatform();
    await register(platform, 'renter');
    await Promise.all(Array.from({ length: 900 }, () => deposit(platform, 'renter', 1)));
    let turns = 0;
    let isChecking = true;
    const count = () => {
      turns += 1;
      if (isChecking) setImmediate(count);
    };
    setImmediate(count);
    const report = await checkLedgerOfFile({ dataDir: platform.dataDir, dbPath: undefined });
    isChecking = false;
    expect(report).toMatchObject({ ok: true, checked: { transactions: 900 } });
    expect(turns).toBeGreaterThan(8);
  });
});

test('only the operator may check and export the ledger', async () => {
  const platform = await startTestPlatform({ args: ['--access', 'open'] });
  const renter = await register(platform, 'renter');
  for (const path of ['/api/admin/ledger/check', '/api/admin/ledger/entries', '/api/admin/ledger.csv']) {
    expect((await call(platform, 'GET', path)).status).toBe(401);
    expect((await call(platform, 'GET', path, { who: renter })).status).toBe(403);
  }
});

test('the entries come in pages, newest first, and as CSV, oldest first', async () => {
  const { platform, first, second } = await trade();
  const entries = (query: string) =>
    ok<{ items: LedgerEntryView[]; total: number }>(platform, 'GET', `/api/admin/ledger/entries${query}`, {
      who: admin(platform),
    });
  const { items, total } = await entries('?limit=2');
  expect(total).toBe(6);
  expect(items.map(({ id, kind, lease_id }) => [id, kind, lease_id])).toEqual([
    [6, 'hold', second],
    [5, 'settlement', first],
  ]);
  expect(items[0]?.postings.map(({ bucket, type, amount }) => [bucket, type, amount])).toEqual([
    ['available', 'hold', -6],
    ['held', 'hold', 6],
  ]);
  expect((await entries('?limit=3&offset=4')).items.map(({ id }) => id)).toEqual([2, 1]);
  expect((await entries('?offset=6')).items).toEqual([]);
  const { body } = await call<string>(platform, 'GET', '/api/admin/ledger.csv', { who: admin(platform) });
  const [heading, firstLine, ...rest] = body.trimEnd().split('\n');
  expect(heading).toBe(
    'transaction_id,posting_id,created_at,kind,account_id,bucket,type,amount,balance_after,lease_id,actor,note,hash',
  );
  expect(firstLine).toMatch(/^1,1,[\d.]+,deposit,renter,external,deposit,-100,-100,,admin,,[0-9a-f]{64}$/);
  expect(rest).toHaveLength(readRows(platform, 'select 1 from postings').length - 1);
});

describe('a file that can not be checked', () => {
  test.each([
    ['is not there', (_path: string) => undefined, /^There is no database .*--db-path\.\n$/],
    [
      'belongs to another program',
      (path: string) => new BetterSqlite(path).exec('create table a (b)').close(),
      /^The database .* belongs to another program.*\n$/,
    ],
  ])('because it %s is refused in one line with exit code 1', async (_why, make, text) => {
    const path = join(temporaryFolder(), 'marketplace.db');
    make(path);
    const command = PlatformProcess.spawn(['check-ledger', '--db-path', path]);
    expect(await command.exitCode()).toBe(1);
    expect(command.stdout).toBe('');
    expect(command.stderr).toMatch(text);
  });
});

describe('whatever money does', () => {
  const accountIds = ['a', 'b', 'c'] as const;
  const amount = fc.oneof(
    fc.integer({ min: 1, max: 5_000_000 }).map((micro) => micro / 1_000_000),
    fc.double({ min: 0.000001, max: 1000, noNaN: true }),
    fc.constantFrom(0.1, 0.2, 0.3, 1e9, 0.0000014),
  );
  const account = fc.constantFrom(...accountIds);
  const move = fc.oneof(
    fc.record({ kind: fc.constant('deposit' as const), account, amount }),
    fc.record({ kind: fc.constant('withdraw' as const), account, amount }),
    fc.record({ kind: fc.constant('transfer' as const), account, amount, to: account }),
  );

  test('the ledger stays right, and no more goes out than is there', async () => {
    const platform = await startTestPlatform({ args: ['--sign-in-max-per-min', '1000'] });
    for (const id of accountIds) await register(platform, id);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(move, { maxLength: 12 }), { maxLength: 4 }), async (rounds) => {
        for (const round of rounds) {
          // All of a round at the same time.
          const answers = await Promise.all(
            round.map(({ kind, account: id, ...body }) =>
              post(platform, `/api/accounts/${id}/${kind}`, admin(platform), body),
            ),
          );
          for (const { status } of answers) expect([200, 400]).toContain(status);
        }
        const report = await checkOf(platform);
        expect(report.findings).toEqual([]);
      }),
      { numRuns: 40 },
    );
    expect((await checkOf(platform)).checked.transactions).toBeGreaterThan(50);
  });

  test('no account gets more than the ledger can count', async () => {
    const platform = await startTestPlatform();
    await register(platform, 'rich');
    await register(platform, 'giver');
    for (let count = 0; count < 4; count += 1) await deposit(platform, 'rich', 1e9);
    await deposit(platform, 'giver', 1);
    for (const path of ['/api/accounts/rich/deposit', '/api/accounts/giver/transfer']) {
      const { status, body } = await post(platform, path, admin(platform), { amount: 1, to: 'rich' });
      expect(status).toBe(400);
      expect(body['detail']).toContain('more than the ledger can count');
    }
    expect(await checkOf(platform)).toMatchObject({ ok: true, totals: { balances: 4e9 + 1 } });
  });

  test('withdrawals at the same time never overdraw', async () => {
    const platform = await startTestPlatform();
    const renter = await register(platform, 'renter');
    await deposit(platform, 'renter', 10);
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        post(platform, '/api/accounts/renter/withdraw', renter, { amount: 0.3 }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(33);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(67);
    expect(await ok(platform, 'GET', '/api/accounts/renter/balance', { who: renter })).toMatchObject({
      balance: 0.1,
    });
    expect((await checkOf(platform)).ok).toBe(true);
  });
});
