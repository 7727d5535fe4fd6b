import { readdirSync, statSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { CleanupReport, StorageReport } from '../src-main/contract/domain/storage.ts';
import { admin, call, ok } from './support/accounts.ts';
import { migratedDatabase } from './support/database.ts';
import { ManualClock } from './support/manual-clock.ts';
import { metric, readRows, writeRows } from './support/platform-figures.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { introduced } from './support/renting.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const dayMs = 86_400_000;

const reportOf = (platform: TestPlatform) =>
  ok<StorageReport>(platform, 'GET', '/api/admin/storage', { who: admin(platform) });

const cleanUp = (platform: TestPlatform) =>
  call<CleanupReport & { detail: string }>(platform, 'POST', '/api/admin/storage/cleanup', {
    who: admin(platform),
  });

const countOf = (platform: Pick<TestPlatform, 'databasePath'>, table: string) =>
  readRows<{ n: number }>(platform, `select count(*) as n from ${table}`)[0]!.n;

/** Many samples of the hashrate, `ageMs` old. */
function addSamples(database: BetterSqlite.Database, count: number, atMs: number): void {
  database
    .prepare(
      `insert into hashrate_snapshots with recursive n (i) as (select 0 union all select i + 1 from n where i + 1 < ?)
       select ? - i, 'a-worker-with-a-long-name-' || (i % 100), 1, 1 from n`,
    )
    .run(count, atMs);
}

function addOutages(database: BetterSqlite.Database, nowMs: number): void {
  const add = database.prepare("insert into worker_outages values ('rig', ?, ?, 'silent')");
  for (const daysAgo of [200, 150, 100, 50])
    add.run(nowMs - daysAgo * dayMs, nowMs - daysAgo * dayMs + 60_000);
  database.exec(`insert into accounts (account_id, role, created_at_ms) values ('a', 'consumer', 1)`);
  database.exec(`insert into workers (worker_id, account_id, eth_address, gpu_count, total_memory_gb, gpus, version,
    registered_at_ms) values ('rig', 'a', '', 0, 0, '[]', '', 1)`);
  // The oldest but one lies within a lease: its statement shows it.
  database
    .prepare(
      `insert into leases (lease_id, worker_id, consumer_id, consumer_address, prefix, duration_sec,
         price_per_min_micro, state, created_at_ms, ended_at_ms) values ('l', 'rig', 'a', '', 'p', 3600, 0, 'completed', ?, ?)`,
    )
    .run(nowMs - 150 * dayMs - 1000, nowMs - 150 * dayMs + 3_600_000);
}

describe('a cleanup', () => {
  test('deletes what is older than it is kept, keeps the rest, and shrinks the file', async () => {
    const clock = new ManualClock();
    const first = await startTestPlatform({ clock });
    await first.stop();
    writeRows(first, (database) => {
      addSamples(database, 60_000, clock.nowMs() - 2 * dayMs);
      addSamples(database, 100, clock.nowMs() - 1000);
      addOutages(database, clock.nowMs());
    });
    const before = statSync(first.databasePath).size;
    const platform = await startTestPlatform({ clock, dataDir: first.dataDir });
    const { status, body } = await cleanUp(platform);
    expect(status).toBe(200);
    expect(body.deleted).toEqual({
      hashrate_snapshots: 60_000,
      wallet_snapshots: 0,
      incidents: 0,
      alert_messages: 0,
      watchdog_runs: 0,
      commands: 0,
      template_job_workers: 0,
      blocks: 0,
      worker_outages: 2,
      worker_states: 0,
      earning_days: 0,
    });
    expect(body.database_bytes).toBe(statSync(platform.databasePath).size);
    expect(body.database_bytes).toBeLessThan(before / 2);
    expect(body.freed_bytes).toBeGreaterThan(before / 2);
    expect(countOf(platform, 'hashrate_snapshots')).toBe(100);
    const kept = readRows<{ days: number }>(
      platform,
      `select (${clock.nowMs()} - began_at_ms) / ${dayMs} as days from worker_outages order by 1`,
    );
    expect(kept.map(({ days }) => days)).toEqual([50, 150]);
    expect(await metric(platform, 'xenblocks_database_bytes')).toBe(body.database_bytes);
    expect(await metric(platform, 'xenblocks_database_free_bytes')).toBe(0);
    expect(await ok(platform, 'GET', '/api/admin/ledger/check', { who: admin(platform) })).toMatchObject({
      checked: { leases: 1 },
    });
  });

  test('is done one at a time', async () => {
    const platform = await startTestPlatform();
    const answers = await Promise.all([cleanUp(platform), cleanUp(platform)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  test('happens by itself, little by little', async () => {
    const clock = new ManualClock();
    const first = await startTestPlatform({ clock });
    await first.stop();
    writeRows(first, (database) => {
      addSamples(database, 400_000, clock.nowMs());
      database.exec('delete from hashrate_snapshots');
    });
    const before = statSync(first.databasePath).size;
    const platform = await startTestPlatform({ clock, dataDir: first.dataDir });
    const free = () => metric(platform, 'xenblocks_database_free_bytes');
    const freeBefore = await free();
    expect(freeBefore).toBeGreaterThan(16 * 1024 * 1024);
    clock.advance(61_000);
    await waitFor(async () => {
      clock.advance(200);
      return (await free()) < before / 10;
    }, 'free pages to go back');
    expect(countOf(platform, 'accounts')).toBe(2);
  });
});

describe('the size report', () => {
  test('says where the bytes are, how long rows stay, and where the file settles', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    for (let index = 0; index < 3; index += 1)
      await introduced(platform, `rig-${index}`, `0x${String(index).repeat(40)}`);
    clock.advance(30_000);
    await waitFor(() => countOf(platform, 'hashrate_snapshots') === 3, 'samples');
    const report = await reportOf(platform);
    const table = (name: string) => report.tables.find((candidate) => candidate.name === name)!;
    expect(report.path).toBe(platform.databasePath);
    expect(report.database_bytes).toBe(statSync(platform.databasePath).size);
    expect(report.disk_free_bytes).toBeGreaterThan(0);
    expect(table('hashrate_snapshots')).toMatchObject({ rows: 3, retention: 'time', kept: '24 h' });
    // One page with three rows; for 3 workers with a sample each 30 s, a day.
    const { bytes, bytes_at_full_retention: full } = table('hashrate_snapshots');
    expect(full).toBe(Math.round((bytes / 3) * 3 * 2880));
    expect(table('workers')).toMatchObject({ rows: 3, retention: 'live' });
    expect(table('blocks')).toMatchObject({ retention: 'forever', bytes_at_full_retention: null });
    expect(table('audit_log').retention).toBe('forever');
    const { estimate } = report;
    expect(estimate.settled_bytes).toBeGreaterThan(full!);
    expect(estimate.bytes_in_a_year).toBeGreaterThanOrEqual(estimate.settled_bytes);
    expect(report.tables.map((size) => size.bytes)).toEqual(
      report.tables.map((size) => size.bytes).toSorted((left, right) => right - left),
    );
    expect(new Set(report.tables.map(({ name }) => name))).toEqual(
      new Set(
        readRows<{ name: string }>(
          platform,
          "select name from sqlite_schema where type = 'table' and name not like 'sqlite%'",
        ).map(({ name }) => name),
      ),
    );
  });

  test('counts the growth of what is kept for ever, and says when the disk is full', async () => {
    const clock = new ManualClock();
    const first = await startTestPlatform({ clock });
    await first.stop();
    writeRows(first, (database) => {
      database
        .prepare("insert into accounts (account_id, role, created_at_ms) values ('old', 'consumer', ?)")
        .run(clock.nowMs() - 100 * dayMs);
      const add = database.prepare(
        `insert into chain_blocks (key, hash, account, type, attempts, hashes_per_second, worker, created_at_ms)
         values (?, 'h', 'a', 'normal', 1, '1', '', ?)`,
      );
      for (let index = 0; index < 1400; index += 1) add.run(`new-${index}`, clock.nowMs() - dayMs);
      for (let index = 0; index < 100; index += 1) add.run(`old-${index}`, clock.nowMs() - 50 * dayMs);
    });
    const platform = await startTestPlatform({ clock, dataDir: first.dataDir });
    const { tables, estimate } = await reportOf(platform);
    const chain = tables.find(({ name }) => name === 'chain_blocks')!;
    expect(chain).toMatchObject({ rows: 1500, rows_per_day: 200 });
    expect(chain.bytes_per_day).toBe(Math.round((200 * chain.bytes) / 1500));
    expect(estimate.growth_bytes_per_day).toBeGreaterThanOrEqual(chain.bytes_per_day);
    expect(estimate.disk_full_in_days).toBeGreaterThan(0);
  });
});

describe('xenblocks cleanup', () => {
  async function runCommand(args: readonly string[]) {
    const child = PlatformProcess.spawn(['cleanup', ...args]);
    return { code: await child.exitCode(), stdout: child.stdout, stderr: child.stderr };
  }

  test('cleans a database up that nobody uses, and refuses one that a platform holds', async () => {
    const path = await migratedDatabase();
    const database = new BetterSqlite(path);
    addSamples(database, 50_000, Date.now() - 2 * dayMs);
    database.close();
    const before = statSync(path).size;
    const { code, stdout } = await runCommand(['--db-path', path, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ deleted: { hashrate_snapshots: 50_000 } });
    expect(statSync(path).size).toBeLessThan(before / 2);
    expect(readdirSync(path.replace(/\/[^/]+$/, '')).filter((name) => /-wal|-shm/.test(name))).toEqual([]);
    const platform = await startTestPlatform();
    const refused = await runCommand(['--data-dir', platform.dataDir]);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('POST /api/admin/storage/cleanup');
    const none = await runCommand(['--db-path', `${path}.none`]);
    expect(none).toMatchObject({ code: 1, stdout: '' });
  });
});
