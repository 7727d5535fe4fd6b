import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { backupNamePattern, type Backup } from '../src-main/contract/domain/backup.ts';
import { selectExpired } from '../src-main/platform/features/backup/keep-backups.ts';
import { admin, deposit, ok, register } from './support/accounts.ts';
import { askBackups, backupsOf, damage, idle, madeBackup } from './support/backups.ts';
import { ManualClock } from './support/manual-clock.ts';
import { metric, readRows } from './support/platform-figures.ts';
import { introduced } from './support/renting.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const fileOf = (platform: TestPlatform, name: string) => join(platform.dataDir, 'backups', name);
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const sha256Of = (content: Buffer) => createHash('sha256').update(content).digest('hex');

async function startWithMoney(): Promise<TestPlatform> {
  const platform = await startTestPlatform();
  await register(platform, 'renter');
  await deposit(platform, 'renter', 12.5);
  await introduced(platform, 'rig-1');
  return platform;
}

describe('a backup', () => {
  test('holds what was committed, is verified, and only its owner can read it', async () => {
    const platform = await startWithMoney();
    const name = await madeBackup(platform);
    const { items, folder, running, last_failure } = await backupsOf(platform);
    expect(items).toHaveLength(1);
    const [backup] = items as [Backup];
    const path = fileOf(platform, name);
    expect(folder).toBe(join(platform.dataDir, 'backups'));
    expect({ running, last_failure }).toEqual({ running: null, last_failure: null });
    expect(name).toMatch(backupNamePattern);
    expect(backup).toMatchObject({
      trigger: 'manual',
      size_bytes: statSync(path).size,
      sha256: sha256Of(readFileSync(path)),
      verification: { ok: true, problems: [], ledger: 'right' },
      rows: { workers: 1, transactions: 1 },
    });
    expect(backup.schema_version).toBe(
      readRows<{ name: string }>(platform, 'select max(name) as name from schema_version')[0]!.name,
    );
    expect(modeOf(path)).toBe('600');
    expect(modeOf(`${path}.json`)).toBe('600');
    const copy = { databasePath: path };
    expect(readRows(copy, "select balance_micro from accounts where account_id = 'renter'")).toEqual([
      { balance_micro: 12_500_000 },
    ]);
    // One file, whole by itself.
    expect(readdirSync(folder).toSorted()).toEqual(['backup.lock', name, `${name}.json`].toSorted());
    expect(await metric(platform, 'xenblocks_backup_last_success_timestamp_seconds')).toBe(backup.created_at);
    expect(await metric(platform, 'xenblocks_backup_last_size_bytes')).toBe(backup.size_bytes);
  });

  test('is made while the writer goes on, and shows one moment', async () => {
    const platform = await startWithMoney();
    const { body } = await askBackups(platform, 'POST');
    for (let count = 0; count < 40; count += 1) await deposit(platform, 'renter', 1);
    await idle(platform);
    const { items } = await backupsOf(platform);
    expect(items[0]).toMatchObject({ name: body.name, verification: { ok: true, ledger: 'right' } });
  });

  test('is made one at a time', async () => {
    const platform = await startTestPlatform();
    const [first, second] = await Promise.all([askBackups(platform, 'POST'), askBackups(platform, 'POST')]);
    const statuses = [first.status, second.status].toSorted();
    expect(statuses).toEqual([202, 409]);
    const refused = first.status === 409 ? first : second;
    expect(refused.body.detail).toMatch(/under way|Another process/);
    await idle(platform);
    expect((await backupsOf(platform)).items).toHaveLength(1);
  });

  test('that was changed afterwards is found out by its next verification, and is no longer restored', async () => {
    const platform = await startWithMoney();
    const name = await madeBackup(platform);
    expect((await askBackups(platform, 'POST', `/${name}/verify`)).status).toBe(202);
    expect((await idle(platform)).items[0]).toMatchObject({ verification: { ok: true } });
    damage(fileOf(platform, name));
    expect((await askBackups(platform, 'POST', `/${name}/verify`)).status).toBe(202);
    const { items, last_failure } = await idle(platform);
    expect(items[0]).toMatchObject({ name, verification: { ok: false, ledger: 'not_checked' } });
    expect(items[0]!.verification!.problems.length).toBeGreaterThan(1);
    expect(items[0]!.verification!.problems[0]).toContain('changed since it was made');
    expect(last_failure).toMatchObject({ kind: 'verify', name });
    const { status, body } = await askBackups(platform, 'POST', `/${name}/restore`);
    expect(status).toBe(409);
    expect(body.detail).toContain('failed its verification');
  });

  test('of a wrong ledger says so, and counts as failed', async () => {
    const platform = await startWithMoney();
    const handle = new BetterSqlite(platform.databasePath);
    handle.exec("update accounts set balance_micro = balance_micro + 1 where account_id = 'renter'");
    handle.close();
    const name = await madeBackup(platform);
    const { items, last_failure } = await backupsOf(platform);
    expect(items[0]).toMatchObject({ name, verification: { ok: false, ledger: 'wrong' } });
    expect(last_failure).toMatchObject({ kind: 'backup', name });
    expect(last_failure!.reason).toContain('the ledger is wrong');
    expect(await metric(platform, 'xenblocks_backup_failures_total')).toBe(1);
  });

  test('can be downloaded, also from the middle', async () => {
    const platform = await startWithMoney();
    const name = await madeBackup(platform);
    const content = readFileSync(fileOf(platform, name));
    const get = (headers: Record<string, string> = {}) =>
      fetch(`${platform.apiUrl}/api/admin/backups/${name}/download`, {
        headers: { 'x-api-key': admin(platform).key ?? '', ...headers },
      });
    const whole = await get({ 'accept-encoding': 'gzip' });
    expect(whole.headers.get('content-disposition')).toBe(`attachment; filename=${name}`);
    expect(whole.headers.get('content-encoding')).toBeNull();
    expect(Buffer.from(await whole.arrayBuffer()).equals(content)).toBe(true);
    const rest = await get({ range: 'bytes=5000-' });
    expect(rest.status).toBe(206);
    expect(Buffer.from(await rest.arrayBuffer()).equals(content.subarray(5000))).toBe(true);
  });

  test('is deleted with its record; what the program did not make is left', async () => {
    const platform = await startTestPlatform();
    const name = await madeBackup(platform);
    const foreign = 'xenblocks-20200101-000000.db';
    writeFileSync(fileOf(platform, foreign), readFileSync(fileOf(platform, name)));
    expect((await backupsOf(platform)).items.map((item) => [item.name, item.trigger])).toEqual(
      expect.arrayContaining([[foreign, 'unknown']]),
    );
    expect((await askBackups(platform, 'DELETE', `/${foreign}`)).status).toBe(409);
    await askBackups(platform, 'POST', `/${foreign}/verify`);
    expect((await idle(platform)).items.find((item) => item.name === foreign)).toMatchObject({
      verification: { ok: true },
      trigger: 'unknown',
    });
    expect((await askBackups(platform, 'DELETE', `/${foreign}`)).status).toBe(409);
    expect((await askBackups(platform, 'DELETE', `/${name}`)).status).toBe(200);
    expect(existsSync(fileOf(platform, name))).toBe(false);
    expect((await askBackups(platform, 'DELETE', `/${name}`)).status).toBe(404);
    const { items } = await ok<{ items: { action: string; target: string }[] }>(
      platform,
      'GET',
      '/api/admin/audit?action=backup.delete&result=ok',
      { who: admin(platform) },
    );
    expect(items).toMatchObject([{ target: name }]);
  });

  test('has a name, never a path', async () => {
    const platform = await startTestPlatform();
    for (const name of [
      '..%2f..%2fetc%2fpasswd',
      '%2e%2e%2fmarketplace.db',
      'marketplace.db',
      'xenblocks-20200101-000000.db%00',
      'xenblocks-20200101-000000.db.json',
      'xenblocks-20200101-000000.db.partial',
      'xenblocks-2020-01-01.db',
    ]) {
      for (const [method, action] of [
        ['GET', '/download'],
        ['POST', '/restore'],
        ['POST', '/verify'],
        ['DELETE', ''],
      ] as const) {
        const { status } = await askBackups(platform, method, `/${name}${action}`);
        expect(status, `${method} ${name}${action}`).toBe(422);
      }
    }
  });

  test('that was interrupted is removed by the next start; files of others are not', async () => {
    const platform = await startTestPlatform();
    const name = await madeBackup(platform);
    await platform.stop();
    const inFolder = (file: string) => join(platform.dataDir, 'backups', file);
    renameSync(inFolder(name), inFolder('xenblocks-20200101-000000.db.partial'));
    writeFileSync(inFolder('xenblocks-20200101-000000.db.partial-journal'), '');
    writeFileSync(inFolder('somebody-elses.db.partial'), 'x');
    const again = await startTestPlatform({ dataDir: platform.dataDir });
    expect((await backupsOf(again)).items).toEqual([]);
    expect(readdirSync(join(platform.dataDir, 'backups')).toSorted()).toEqual([
      'backup.lock',
      'somebody-elses.db.partial',
    ]);
  });
});

test('a folder that can’t be used keeps no platform from starting, and is told', async () => {
  const dataDir = temporaryFolder();
  const file = join(dataDir, 'not-a-folder');
  writeFileSync(file, '');
  const platform = await startTestPlatform({ dataDir, args: ['--backup-dir', join(file, 'backups')] });
  expect(await backupsOf(platform)).toMatchObject({
    items: [],
    free_bytes: 0,
    last_failure: { kind: 'backup', reason: expect.stringContaining('--backup-dir') as string },
  });
  const { status, body } = await askBackups(platform, 'POST');
  expect(status).toBe(409);
  expect(body.detail).toContain("can't be used");
});

test('a backup of the command line counts in the metrics of a running platform', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock });
  const name = await madeBackup(platform);
  const other = 'xenblocks-20300101-000000.db';
  const record = JSON.parse(readFileSync(`${fileOf(platform, name)}.json`, 'utf8')) as object;
  writeFileSync(fileOf(platform, other), readFileSync(fileOf(platform, name)));
  writeFileSync(`${fileOf(platform, other)}.json`, JSON.stringify({ ...record, created_at: 1_893_456_000 }));
  await waitFor(async () => {
    clock.advance(10_000);
    return (await metric(platform, 'xenblocks_backup_last_success_timestamp_seconds')) === 1_893_456_000;
  }, 'the metric');
});

describe('the schedule', () => {
  const start = async (clock: ManualClock, args: readonly string[] = [], dataDir = temporaryFolder()) =>
    startTestPlatform({ clock, dataDir, args });

  test('makes a backup at its time, in the time zone of the machine', async () => {
    const clock = new ManualClock(new Date(2026, 5, 1, 1, 30).getTime());
    const platform = await start(clock);
    const { schedule } = await backupsOf(platform);
    expect(schedule).toEqual({
      expression: '0 2 * * *',
      next_run: new Date(2026, 5, 1, 2, 0).getTime() / 1000,
      keep_daily: 7,
      keep_weekly: 4,
    });
    clock.advance(29 * 60_000);
    expect((await backupsOf(platform)).running).toBeNull();
    clock.advance(60_000);
    const { items } = await waitFor(async () => {
      const list = await idle(platform);
      return list.items.length > 0 && list;
    }, 'the backup');
    expect(items).toMatchObject([{ trigger: 'scheduled', name: 'xenblocks-20260601-020000.db' }]);
    expect((await backupsOf(platform)).schedule.next_run).toBe(new Date(2026, 5, 2, 2, 0).getTime() / 1000);
  });

  test('makes up for what was due while the platform was down', async () => {
    const clock = new ManualClock(new Date(2026, 5, 1, 1, 59).getTime());
    const first = await start(clock);
    clock.advance(120_000);
    await waitFor(async () => (await idle(first)).items.length === 1, 'the first backup');
    await first.stop();
    const later = new ManualClock(new Date(2026, 5, 3, 12, 0).getTime());
    const platform = await start(later, [], first.dataDir);
    later.advance(120_000);
    await waitFor(async () => (await idle(platform)).items.length === 2, 'the second backup');
  });

  test('can be turned off, and one that is none stops the start', async () => {
    const platform = await start(new ManualClock(), ['--backup-schedule', 'off']);
    expect((await backupsOf(platform)).schedule).toMatchObject({ expression: '', next_run: null });
    await expect(start(new ManualClock(), ['--backup-schedule', '99 2 * * *'])).rejects.toThrow(
      '--backup-schedule',
    );
    await expect(start(new ManualClock(), ['--backup-schedule', 'nightly'])).rejects.toThrow(
      'cron expression',
    );
  });

  test('keeps the newest of each day and week, and never deletes another one', async () => {
    const clock = new ManualClock(new Date(2026, 5, 1, 1, 59).getTime());
    const platform = await start(clock, ['--backup-keep-daily', '2', '--backup-keep-weekly', '0']);
    const manual = await madeBackup(platform);
    for (let day = 1; day <= 4; day += 1) {
      if (day === 1) clock.advance(60_000);
      else clock.jump(86_400_000);
      await waitFor(async () => {
        const { items } = await idle(platform);
        return items[0]?.trigger === 'scheduled' && items[0].name.includes(`2026060${day}`);
      }, `the backup of day ${day}`);
    }
    const names = (await idle(platform)).items.map(({ name }) => name);
    expect(names).toEqual(['xenblocks-20260604-020000.db', 'xenblocks-20260603-020000.db', manual]);
  });

  const backup = (day: string, changes: Partial<Backup> = {}): Backup => ({
    name: `xenblocks-${day.replaceAll('-', '')}-020000.db`,
    size_bytes: 1,
    created_at: new Date(`${day}T02:00:00`).getTime() / 1000,
    trigger: 'scheduled',
    sha256: 'x',
    schema_version: '',
    program_version: '',
    rows: {},
    duration_sec: 1,
    verification: { ok: true, at: 0, problems: [], ledger: 'right' },
    ...changes,
  });
  const failed = { verification: { ok: false, at: 0, problems: ['x'], ledger: 'wrong' as const } };
  const days = (backups: readonly Backup[]) => backups.map(({ name }) => name.slice(10, 18));

  test.each([
    // Monday the 1st, 8th, 15th, 22nd of June 2026.
    [{ daily: 2, weekly: 3 }, ['2026-06-19', '2026-06-20', '2026-06-14', '2026-06-07']],
    [{ daily: 0, weekly: 2 }, ['2026-06-20', '2026-06-14']],
    [{ daily: 0, weekly: 0 }, ['2026-06-20']],
    [
      { daily: 30, weekly: 0 },
      Array.from({ length: 20 }, (_, index) => `2026-06-${String(index + 1).padStart(2, '0')}`),
    ],
  ])('with %o', (rules, kept) => {
    const all = Array.from({ length: 20 }, (_, index) =>
      backup(`2026-06-${String(20 - index).padStart(2, '0')}`),
    );
    const expired = new Set(days(selectExpired(all, rules)));
    expect(
      days(all)
        .filter((day) => !expired.has(day))
        .toSorted(),
    ).toEqual(kept.map((day) => day.replaceAll('-', '')).toSorted());
  });

  test('a backup that is wrong takes the place of no good one', () => {
    const all = [
      backup('2026-06-05', failed),
      backup('2026-06-04', failed),
      backup('2026-06-03'),
      backup('2026-06-02', { trigger: 'manual' }),
      backup('2026-06-01'),
    ];
    expect(days(selectExpired(all, { daily: 1, weekly: 0 }))).toEqual(['20260604', '20260601']);
  });
});
