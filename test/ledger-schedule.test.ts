import BetterSqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { HealthReport } from '../src-main/contract/domain/health.ts';
import { admin, deposit, ok, register } from './support/accounts.ts';
import { incidents } from './support/alerts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const dayMs = 24 * 3_600_000;

const lastCheck = async (platform: TestPlatform) =>
  (await ok<HealthReport>(platform, 'GET', '/api/admin/health', { who: admin(platform) })).ledger;

const checkedAfter = (platform: TestPlatform, atSec: number) =>
  waitFor(async () => {
    const ledger = await lastCheck(platform);
    return (ledger.checked_at ?? 0) >= atSec && ledger;
  }, 'a check of the ledger');

function addToBalance({ databasePath }: TestPlatform, microCredits: number): void {
  const handle = new BetterSqlite(databasePath);
  handle
    .prepare('update accounts set balance_micro = balance_micro + ? where account_id = ?')
    .run(microCredits, 'renter');
  handle.close();
}

test('the ledger is checked by the clock: what is wrong is an incident, over restarts, until a check finds it right', async () => {
  const clock = new ManualClock();
  const first = await startTestPlatform({ clock });
  await register(first, 'renter');
  await deposit(first, 'renter', 100);
  expect(await lastCheck(first)).toMatchObject({ checked_at: null });
  clock.advance(80_000);
  expect(await checkedAfter(first, 1)).toMatchObject({ ok: true });

  addToBalance(first, 1);
  clock.jump(dayMs);
  expect(await checkedAfter(first, clock.nowMs() / 1000)).toMatchObject({ ok: false, findings: 2 });
  const open = { kind: 'ledger', severity: 'critical', state: 'open' };
  const ofLedger = (platform: TestPlatform, more = '') => incidents(platform, `kind=ledger${more}`);
  await waitFor(async () => {
    clock.advance(10_000);
    return (await ofLedger(first)).length > 0;
  }, 'the incident');
  expect(await ofLedger(first)).toMatchObject([open]);
  await first.stop();

  const second = await startTestPlatform({ clock, dataDir: first.dataDir });
  clock.advance(30_000);
  expect(await ofLedger(second)).toMatchObject([open]);
  addToBalance(second, -1);
  clock.advance(50_000);
  expect(await checkedAfter(second, clock.nowMs() / 1000 - 30)).toMatchObject({ ok: true });
  await waitFor(async () => {
    clock.advance(10_000);
    return (await ofLedger(second, '&state=resolved')).length === 1;
  }, 'its end');
});

test('who turns the schedule off checks it alone', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock, args: ['--ledger-check-schedule', 'off'] });
  clock.advance(80_000);
  clock.jump(2 * dayMs);
  expect(await lastCheck(platform)).toMatchObject({ checked_at: null });
  await ok(platform, 'GET', '/api/admin/ledger/check', { who: admin(platform) });
  expect(await lastCheck(platform)).toMatchObject({ checked_at: clock.nowMs() / 1000, ok: true });
});

test('a schedule that names no time is refused at the start', async () => {
  await expect(startTestPlatform({ args: ['--ledger-check-schedule', '0 99 * * *'] })).rejects.toThrow(
    /^--ledger-check-schedule: .*an example is/,
  );
});
