import { copyFileSync, existsSync, linkSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { RestoreOutcome } from '../src-main/contract/domain/backup.ts';
import { BackupFolder, exchangeDatabase } from '../src-main/platform/features/backup/index.ts';
import { migrations } from '../src-main/platform/storage/migrations/index.ts';
import { admin, call, deposit, newWallet, ok, register, signIn } from './support/accounts.ts';
import { askBackups, backupsOf, damage, idle, madeBackup } from './support/backups.ts';
import { closeSession, openSession, sessionOf } from './support/browsers.ts';
import { storageAt } from './support/database.ts';
import { brokenInvariants } from './support/money-invariant.ts';
import { readRows, waitForWorker, workerOf } from './support/platform-figures.ts';
import {
  detailsOf,
  ended,
  introduced,
  mineFor,
  moneyOf,
  rent,
  rented,
  setUp,
  stop,
} from './support/renting.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

/** Restores and waits for what became of it. */
async function restored(platform: TestPlatform, name: string): Promise<RestoreOutcome> {
  const before = (await backupsOf(platform)).last_restore;
  const { status, body } = await askBackups(platform, 'POST', `/${name}/restore`);
  expect({ status, detail: body.detail }).toEqual({ status: 202 });
  return waitFor(async () => {
    const { last_restore: outcome, running } = await backupsOf(platform);
    return running === null && outcome !== null && outcome.at !== before?.at && outcome;
  }, 'the outcome of the restore');
}

const reconnected = (platform: TestPlatform, workerId: string) =>
  TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl });

const auditOf = async (platform: TestPlatform, action: string) =>
  (
    await ok<{ items: { actor: string; target: string; result: string; detail: object }[] }>(
      platform,
      'GET',
      `/api/admin/audit?action=${action}`,
      { who: admin(platform) },
    )
  ).items;

const inFolder = (platform: TestPlatform, name: string) => join(platform.dataDir, 'backups', name);

describe('a restore', () => {
  test('brings back what was, keeps what was there before, and is written down', async () => {
    const platform = await startTestPlatform();
    await register(platform, 'renter');
    await deposit(platform, 'renter', 10);
    const name = await madeBackup(platform);
    await deposit(platform, 'renter', 90);
    const outcome = await restored(platform, name);
    expect(outcome).toMatchObject({ ok: true, from: name, by: 'admin' });
    expect(outcome.before).toMatch(/-before-restore\.db$/);
    expect(await moneyOf(platform, 'renter')).toEqual({ balance: 10, held: 0 });
    expect(await auditOf(platform, 'backup.restored')).toMatchObject([
      { actor: 'admin', target: name, result: 'ok' },
    ]);
    const { items } = await backupsOf(platform);
    expect(items.map((item) => [item.name, item.trigger])).toEqual([
      [outcome.before, 'before_restore'],
      [name, 'manual'],
    ]);
    // And back again: nothing is lost by a restore.
    expect(await restored(platform, outcome.before)).toMatchObject({ ok: true });
    expect(await moneyOf(platform, 'renter')).toEqual({ balance: 100, held: 0 });
    expect(brokenInvariants(platform.databasePath)).toEqual([]);
    expect(readdirSync(dirname(platform.databasePath)).filter((file) => file.includes('restor'))).toEqual([]);
  });

  test('keeps miners that registered since, with all that they said of themselves', async () => {
    const platform = await startTestPlatform();
    await introduced(platform, 'old-rig', '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed');
    const name = await madeBackup(platform);
    await introduced(platform, 'new-rig', '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359');
    const old = await introduced(platform, 'old-rig', '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed');
    await old.register({ gpu_count: 1, total_memory_gb: 24, gpus: [], version: '2.1.0' });
    const pricing = { price_per_min: 1.5, min_duration_sec: 60, max_duration_sec: 600 };
    await ok(platform, 'PUT', '/api/workers/new-rig/pricing', { body: pricing, who: admin(platform) });
    const before = await workerOf(platform, 'new-rig');
    await restored(platform, name);
    // Only reconnects and goes on: it does not register again (mqtt.md).
    const miner = await reconnected(platform, 'new-rig');
    await miner.heartbeat({ hashrate: 4321 });
    const worker = await waitForWorker(
      platform,
      'new-rig',
      ({ hashrate, online }) => hashrate === 4321 && online,
    );
    const told = ['eth_address', 'gpu_count', 'gpus', 'total_memory_gb', 'price_per_min'] as const;
    for (const field of told) expect([field, worker[field]]).toEqual([field, before![field]]);
    expect(await workerOf(platform, 'old-rig')).toMatchObject({ gpu_count: 1, total_memory_gb: 24 });
  });

  test('settles a lease that ended since as it ended, and lets one go on that goes on', async () => {
    const setting = await setUp();
    const { platform, consumer, clock } = setting;
    const second = await introduced(platform, 'rig-2');
    const stopped = await rented(setting, { duration_sec: 3600 });
    const { body: going } = await rent(platform, consumer, { worker_id: 'rig-2', duration_sec: 3600 });
    const name = await madeBackup(platform);
    await second.status('MINING', { lease_id: going.lease_id });
    await mineFor(setting, 60);
    await setting.miner.pullPlug();
    await waitForWorker(platform, 'rig-1', ({ online }) => !online);
    clock.advance(20_000);
    setting.miner = await reconnected(platform, 'rig-1');
    await setting.miner.heartbeat();
    await mineFor(setting, 60);
    expect((await stop(platform, consumer, stopped.lease_id)).status).toBe(200);
    const true1 = await detailsOf(platform, stopped.lease_id);
    const money = await moneyOf(platform, 'renter');
    expect(true1.settlement).toMatchObject({ downtime_sec: 20 });
    clock.advance(30_000);
    expect(await restored(platform, name)).toMatchObject({
      ok: true,
      detail: expect.stringContaining('1 ends of leases') as string,
    });
    const now = await detailsOf(platform, stopped.lease_id);
    const settlement = { ...true1.settlement, settled_at: now.settlement!.settled_at };
    expect(now).toMatchObject({ state: 'completed', settlement });
    expect(await moneyOf(platform, 'renter')).toEqual(money);
    expect(await detailsOf(platform, going.lease_id)).toMatchObject({ state: 'active' });
    expect((await detailsOf(platform, going.lease_id)).mining_since).not.toBeNull();
    expect(brokenInvariants(platform.databasePath)).toEqual([]);
  });

  test('tells a miner to leave a lease that began since, so that it can be rented again', async () => {
    const setting = await setUp();
    const { platform, consumer } = setting;
    const name = await madeBackup(platform);
    const lease = await rented(setting);
    await restored(platform, name);
    expect(await moneyOf(platform, 'renter')).toEqual({ balance: 100, held: 0 });
    const miner = await reconnected(platform, 'rig-1');
    await miner.heartbeat();
    await waitFor(() => miner.tasks.length > 0, 'the release');
    expect(miner.tasks).toEqual([{ command: 'release', lease_id: lease.lease_id }]);
    await miner.status('COMPLETED', { lease_id: lease.lease_id });
    await miner.status('AVAILABLE');
    expect((await rent(platform, consumer)).status).toBe(200);
  });

  test('a lease whose time is over since is settled in full: the platform was away, not its worker', async () => {
    const setting = await setUp();
    const { platform, clock } = setting;
    const lease = await rented(setting, { duration_sec: 600 });
    const name = await madeBackup(platform);
    await platform.stop();
    clock.advance(3_600_000);
    const again = await startTestPlatform({ clock, dataDir: platform.dataDir });
    const settled = await ended(again, lease.lease_id);
    await restored(again, name);
    expect((await ended(again, lease.lease_id)).settlement).toMatchObject({
      total_cost: settled.settlement!.total_cost,
      downtime_sec: 0,
    });
    expect(brokenInvariants(again.databasePath)).toEqual([]);
  });

  test('opens nothing to keys and sessions that were ended since, nor locks the operator out', async () => {
    const platform = await startTestPlatform();
    const old = await register(platform, 'renter');
    const keys = await ok<{ key_id: string }[]>(platform, 'GET', '/api/accounts/renter/keys', {
      who: old,
    });
    const wallet = await signIn(platform, newWallet());
    const [signedOut, stays] = [await openSession(platform, wallet), await openSession(platform, wallet)];
    const name = await madeBackup(platform);
    await closeSession(platform, signedOut);
    await ok(platform, 'DELETE', `/api/accounts/renter/keys/${keys[0]!.key_id}`, {
      who: admin(platform),
    });
    await ok(platform, 'POST', '/api/admin/key', { who: admin(platform) });
    const late = await register(platform, 'late');
    await restored(platform, name);
    const balance = (id: string, who: object) =>
      call(platform, 'GET', `/api/accounts/${id}/balance`, { who });
    expect((await balance('renter', old)).status).toBe(401);
    expect((await balance('late', late)).status).toBe(401);
    expect((await balance('renter', admin(platform))).status).toBe(200);
    expect((await sessionOf(platform, signedOut.cookie)).body.account).toBeNull();
    expect((await sessionOf(platform, stays.cookie)).body.account).not.toBeNull();
  });

  test('upgrades a backup of an older version', async () => {
    const platform = await startTestPlatform();
    const [first, migration] = Object.entries(migrations)[0]!;
    const old = 'xenblocks-20250101-020000.db';
    await madeBackup(platform);
    const earlier = storageAt(inFolder(platform, old), { migrations: { [first]: migration } });
    await earlier.start();
    await earlier.stop();
    const handle = new BetterSqlite(earlier.path);
    handle.exec("insert into accounts (account_id, role, created_at_ms) values ('ancient', 'consumer', 1)");
    handle.close();
    expect(await restored(platform, old)).toMatchObject({ ok: true });
    expect(readRows(platform, "select account_id from accounts where account_id = 'ancient'")).toHaveLength(
      1,
    );
    expect(await ok(platform, 'GET', '/api/admin/ledger/check', { who: admin(platform) })).toMatchObject({
      ok: true,
    });
  });

  test('is refused, with the reason, for what is no backup of this program', async () => {
    const platform = await startTestPlatform();
    const good = await madeBackup(platform);
    const refusals: [string, (path: string) => void][] = [
      ['not a SQLite database', (path) => writeFileSync(path, 'hello')],
      [
        'belongs to another program',
        (path) => {
          const handle = new BetterSqlite(path);
          handle.exec('create table t (x)');
          handle.close();
        },
      ],
      [
        'newer version',
        (path) => {
          copyFileSync(inFolder(platform, good), path);
          const handle = new BetterSqlite(path);
          handle.exec("insert into schema_version values ('9999-future', '')");
          handle.close();
        },
      ],
    ];
    for (const [index, [reason, make]] of refusals.entries()) {
      const name = `xenblocks-20200101-00000${index}.db`;
      make(inFolder(platform, name));
      const { status, body } = await askBackups(platform, 'POST', `/${name}/restore`);
      expect({ status, detail: body.detail }).toEqual({
        status: 409,
        detail: expect.stringContaining(reason) as string,
      });
    }
    expect((await askBackups(platform, 'POST', '/xenblocks-20010101-000000.db/restore')).status).toBe(404);
    expect((await backupsOf(platform)).last_restore).toBeNull();
  });

  test('of a damaged file changes nothing, and says why', async () => {
    const platform = await startTestPlatform();
    await register(platform, 'renter');
    const good = await madeBackup(platform);
    const name = 'xenblocks-20200101-000000.db';
    copyFileSync(inFolder(platform, good), inFolder(platform, name));
    damage(inFolder(platform, name));
    const outcome = await restored(platform, name);
    expect(outcome).toMatchObject({ ok: false, from: name, before: '' });
    expect(outcome.detail).toContain('Nothing was changed');
    expect(await moneyOf(platform, 'renter')).toEqual({ balance: 0, held: 0 });
    expect(readdirSync(platform.dataDir).filter((file) => file.includes('restor'))).toEqual([]);
  });

  test('is taken back when the platform does not start with it', async () => {
    const platform = await startTestPlatform();
    await register(platform, 'renter');
    await deposit(platform, 'renter', 5);
    const name = await madeBackup(platform);
    const { databasePath } = platform;
    const folder = new BackupFolder(join(platform.dataDir, 'backups'));
    const restart = platform.platform.restart(async () => {
      copyFileSync(folder.fileOf(name), `${databasePath}.restoring`);
      const request = { databasePath, folder, from: name, by: 'admin', remoteAddress: '', nowMs: Date.now() };
      const { undo } = await exchangeDatabase(request);
      writeFileSync(databasePath, 'what no platform starts with');
      return undo;
    });
    await expect(restart).rejects.toThrow('not a SQLite database');
    const { items, last_restore } = await idle(platform);
    expect(last_restore).toMatchObject({ ok: false, from: name });
    expect(items.map((item) => item.name)).toEqual([name]);
    expect(await moneyOf(platform, 'renter')).toEqual({ balance: 5, held: 0 });
    expect(await auditOf(platform, 'backup.restored')).toMatchObject([{ result: 'failed', target: name }]);
  });
});

describe('a restore that was killed', () => {
  const prepared = async () => {
    const platform = await startTestPlatform();
    await register(platform, 'renter');
    await deposit(platform, 'renter', 5);
    const name = await madeBackup(platform);
    await deposit(platform, 'renter', 5);
    await platform.stop();
    const before = 'xenblocks-20260101-000000-before-restore.db';
    const files = {
      database: platform.databasePath,
      restoring: `${platform.databasePath}.restoring`,
      partial: `${inFolder(platform, before)}.partial`,
      before: inFolder(platform, before),
    };
    copyFileSync(inFolder(platform, name), files.restoring);
    const journal = { from: name, by: 'admin', remoteAddress: '', atMs: Date.now(), before, detail: '' };
    const write = (state: string) =>
      writeFileSync(`${platform.databasePath}.restore.json`, JSON.stringify({ ...journal, state }));
    const start = () => startTestPlatform({ dataDir: platform.dataDir });
    return { name, before, files, write, start };
  };

  test.each([
    ['before it wrote anything down', () => undefined],
    ['before the exchange', ({ write }: Awaited<ReturnType<typeof prepared>>) => write('swapping')],
    [
      'after the database had its second name',
      ({ write, files }: Awaited<ReturnType<typeof prepared>>) => {
        write('swapping');
        linkSync(files.database, files.partial);
      },
    ],
  ])('%s has changed nothing', async (_when, interrupt) => {
    const state = await prepared();
    interrupt(state);
    const platform = await state.start();
    expect(await moneyOf(platform, 'renter')).toEqual({ balance: 10, held: 0 });
    expect((await backupsOf(platform)).items.map(({ name }) => name)).toEqual([state.name]);
    expect([existsSync(state.files.restoring), existsSync(state.files.partial)]).toEqual([false, false]);
  });

  test('after the exchange is finished by the next start', async () => {
    const { name, before, files, write, start } = await prepared();
    write('swapping');
    linkSync(files.database, files.partial);
    renameSync(files.restoring, files.database);
    const platform = await start();
    expect(await moneyOf(platform, 'renter')).toEqual({ balance: 5, held: 0 });
    const { items, last_restore } = await backupsOf(platform);
    expect(items.map((item) => item.name).toSorted()).toEqual([name, before].toSorted());
    expect(last_restore).toMatchObject({ ok: true, from: name, before });
    expect(readRows({ databasePath: files.before }, 'select count(*) as n from transactions')).toEqual([
      { n: 2 },
    ]);
  });
});
