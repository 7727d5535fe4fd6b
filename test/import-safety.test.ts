import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ImportReport } from '../src-main/contract/domain/import-report.ts';
import { importDatabase, importSteps } from '../src-main/platform/features/import/index.ts';
import { StartupError } from '../src-main/platform/kernel/app-error.ts';
import { checkLedgerOfFile } from '../src-main/platform/operations/check-ledger.ts';
import { migrateDatabase } from '../src-main/platform/operations/migrate-database.ts';
import { admin, ok } from './support/accounts.ts';
import { EarlierDatabaseFile } from './support/earlier-database.ts';
import { fillEarlierDatabase } from './support/earlier-database-bulk.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { startTestPlatform, temporaryFolder } from './support/test-platform.ts';

/** Names and contents of the database and everything else in its folder; the index of the log is no content. */
function fingerprint(dataDir: string): string[] {
  return readdirSync(dataDir)
    .filter((name) => !name.endsWith('-shm') && !/\.lock(-journal)?$/.test(name))
    .map((name) => `${name} ${sha256(join(dataDir, name))}`);
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function smallDatabase(): EarlierDatabaseFile {
  const file = new EarlierDatabaseFile(11);
  fillEarlierDatabase(file, { workers: 5, leases: 20, blocks: 300 });
  return file;
}

type SizeOf = (part: string) => number;

/** Bytes of the largest file of a folder whose name ends with a part, or goes on with a time after it. */
function sizeIn(folder: string, part: string): number {
  const names = readdirSync(folder).filter((name) => name.endsWith(part) || name.includes(`${part}2`));
  return Math.max(
    0,
    ...names.map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
  );
}

const job = (path: string) => ({ path, nowMs: Date.now(), isTrial: false });

/** Runs a script in another process, with a database open as `handle`, until it is killed. */
async function elsewhere(path: string, script: string) {
  const child = spawn(
    process.execPath,
    [
      '-e',
      `const handle = new (require('better-sqlite3'))(${JSON.stringify(path)});
       ${script}; console.log('ready'); setInterval(() => undefined, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], cwd: join(import.meta.dirname, '..') },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return {
    async kill() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StartupError);
  const { message } = error as StartupError;
  expect(message).not.toContain('\n');
  return message;
}

describe('an import that does not come to its end leaves the database byte for byte,', () => {
  const interruptible = importSteps.filter((step) => step !== 'place');

  test.each(interruptible)('stopped at the step "%s"', async (step) => {
    const { path, dataDir } = smallDatabase().close();
    const before = fingerprint(dataDir);
    const stop = new AbortController();
    const message = await refusalOf(
      importDatabase(job(path), {
        signal: stop.signal,
        onProgress: (progress) => progress.step === step && stop.abort(),
      }),
    );
    expect(message).toContain('interrupted; it is as it was');
    expect(fingerprint(dataDir)).toEqual(before);
  });

  test.each(['.importing-backup', '.importing'])('where a folder stands in the way (%s)', async (suffix) => {
    const { path, dataDir } = smallDatabase().close();
    mkdirSync(`${path}${suffix}`);
    writeFileSync(join(`${path}${suffix}`, 'mine'), 'text');
    const before = sha256(path);
    const message = await refusalOf(importDatabase(job(path), {}));
    expect(message).toMatch(/was not taken over; it is as it was\. It stopped at/);
    expect(sha256(path)).toBe(before);
    expect(readdirSync(dataDir).filter((name) => name.includes('.bak'))).toEqual([]);
  });

  test('when it is corrupt', async () => {
    const { path, dataDir } = smallDatabase().close();
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 4096 * 4, 4096 * 12);
    writeFileSync(path, bytes);
    const before = fingerprint(dataDir);
    expect(await refusalOf(importDatabase(job(path), {}))).toMatch(/is corrupt \(.*it was left as it is/);
    expect(fingerprint(dataDir)).toEqual(before);
  });

  test('when somebody writes to it meanwhile', async () => {
    const { path, dataDir } = smallDatabase().close();
    let written = '';
    const message = await refusalOf(
      importDatabase(job(path), {
        onProgress({ step }) {
          if (step !== 'check' || written !== '') return;
          const handle = new BetterSqlite(path);
          handle.exec("update accounts set balance = balance + 1 where account_id = 'renter-1'");
          handle.close();
          written = sha256(path);
        },
      }),
    );
    expect(message).toContain('was written to by another program');
    expect(sha256(path)).toBe(written);
    expect(readdirSync(dataDir).filter((name) => /\.bak|importing|replacing|in-use/.test(name))).toEqual([]);
  });

  test('while another program has it open, even idle; and it is taken over when that one is gone', async () => {
    const { path, dataDir } = smallDatabase().close();
    const other = await elsewhere(
      path,
      `handle.pragma('journal_mode = WAL'); handle.prepare('select count(*) from accounts').get()`,
    );
    const before = fingerprint(dataDir);
    const message = await refusalOf(importDatabase(job(path), {}));
    expect(message).toMatch(/in use by another program.*stop it.*systemctl stop.*Nothing was changed/);
    expect(fingerprint(dataDir)).toEqual(before);
    await other.kill();
    await importDatabase(job(path), {});
    expect(await checkLedgerOfFile({ dataDir })).toMatchObject({ ok: true });
  });
});

describe('a log that a killed server left', () => {
  /** The last writes are only in the log. */
  async function killedServer(): Promise<EarlierDatabaseFile> {
    const file = smallDatabase().close();
    const server = await elsewhere(
      file.path,
      `handle.pragma('journal_mode = WAL'); handle.pragma('wal_autocheckpoint = 0');
       handle.exec("insert into accounts values ('late', 'consumer', '', 77.5, 1, 1, 'late-key-of-32-characters-000000')")`,
    );
    await server.kill();
    expect(statSync(`${file.path}-wal`).size).toBeGreaterThan(0);
    return file;
  }

  test('is taken over with it, and never applied to the new file', async () => {
    const file = await killedServer();
    const platform = await startTestPlatform({ dataDir: file.dataDir });
    const accounts = await ok(platform, 'GET', '/api/accounts', {
      who: admin(platform),
    });
    expect(accounts['late']).toMatchObject({ balance: 77.5 });
    const { backup } = await ok<ImportReport>(platform, 'GET', '/api/admin/import', { who: admin(platform) });
    const copy = new BetterSqlite(backup, { readonly: true });
    expect(copy.prepare('select balance from accounts where account_id = ?').pluck().get('late')).toBe(77.5);
    copy.close();
    await platform.stop();
    const handle = new BetterSqlite(file.path);
    expect(handle.pragma('integrity_check', { simple: true })).toBe('ok');
    handle.close();
  });

  test('stays as it is when the import fails, also without its index', async () => {
    const file = await killedServer();
    const moved = temporaryFolder();
    for (const suffix of ['', '-wal'])
      cpSync(`${file.path}${suffix}`, join(moved, `marketplace.db${suffix}`));
    for (const dataDir of [file.dataDir, moved]) {
      const path = join(dataDir, 'marketplace.db');
      const before = fingerprint(dataDir);
      const stop = new AbortController();
      await refusalOf(
        importDatabase(job(path), {
          signal: stop.signal,
          onProgress: ({ step }) => step === 'ledger' && stop.abort(),
        }),
      );
      expect(fingerprint(dataDir)).toEqual(before);
    }
    expect(existsSync(join(moved, 'marketplace.db-shm'))).toBe(false);
  });
});

test('the second start imports nothing again', async () => {
  const { dataDir } = smallDatabase().close();
  const first = await startTestPlatform({ dataDir });
  const report = await ok(first, 'GET', '/api/admin/import', { who: admin(first) });
  await first.stop();
  const names = readdirSync(dataDir);
  const second = await startTestPlatform({ dataDir });
  expect(await ok(second, 'GET', '/api/admin/import', { who: admin(second) })).toEqual(report);
  expect(readdirSync(dataDir).filter((name) => name.includes('import-'))).toEqual(
    names.filter((name) => name.includes('import-')),
  );
});

test('a symbolic link stays one: the file behind it is replaced', async () => {
  const { path, dataDir } = smallDatabase().close();
  const linkDir = temporaryFolder();
  symlinkSync(path, join(linkDir, 'marketplace.db'));
  await migrateDatabase({ dataDir: linkDir, dbPath: undefined }, { isTrial: false });
  expect(lstatSync(join(linkDir, 'marketplace.db')).isSymbolicLink()).toBe(true);
  expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.bak'))).toHaveLength(1);
  expect(await checkLedgerOfFile({ dataDir })).toMatchObject({ ok: true });
});

describe('the built program', () => {
  /** Big enough that every step takes a while. */
  function largeDatabase(): EarlierDatabaseFile {
    const file = new EarlierDatabaseFile(11);
    fillEarlierDatabase(file, { workers: 200, leases: 2000, blocks: 40_000 });
    return file.close();
  }

  test('migrate --dry-run says what would become of it and changes nothing at all', async () => {
    const { dataDir, path } = smallDatabase().close();
    const before = readdirSync(dataDir).map((name) => `${name} ${statSync(join(dataDir, name)).mtimeMs}`);
    const digest = sha256(path);
    const run = PlatformProcess.spawn(['migrate', '--data-dir', dataDir, '--dry-run'], {
      TMPDIR: temporaryFolder(),
    });
    expect(await run.exitCode()).toBe(0);
    expect(run.stdout).toMatch(/nothing was changed/);
    expect(run.stdout).toMatch(/blocks +300 +300 +0 +0/);
    expect(readdirSync(dataDir).map((name) => `${name} ${statSync(join(dataDir, name)).mtimeMs}`)).toEqual(
      before,
    );
    expect(sha256(path)).toBe(digest);
  });

  test('migrate takes it over, and then has nothing to do', async () => {
    const { dataDir } = smallDatabase().close();
    const run = PlatformProcess.spawn(['migrate', '--data-dir', dataDir]);
    expect(await run.exitCode()).toBe(0);
    expect(run.stdout).toMatch(/was taken over in [\d.]+ s\..*The database as it was: .*\.bak/s);
    expect(await checkLedgerOfFile({ dataDir })).toMatchObject({ ok: true });
    const again = PlatformProcess.spawn(['migrate', '--data-dir', dataDir, '--json']);
    expect(await again.exitCode()).toBe(0);
    expect(again.stdout).toContain('nothing to do');
    const empty = temporaryFolder();
    const none = PlatformProcess.spawn(['migrate', '--data-dir', empty]);
    expect(await none.exitCode()).toBe(1);
    expect(readdirSync(empty)).toEqual([]);
    expect(none.stderr).toMatch(/^There is no database .*\n$/);
  });

  test.each([
    ['the copy is being made', (size: SizeOf) => size('.importing-backup') > 0],
    ['the new database is begun', (size: SizeOf) => size('.importing') > 0],
    ['rows come', (size: SizeOf) => size('.importing') > 2_000_000],
    ['most rows are there', (size: SizeOf) => size('.importing') > 8_000_000],
    ['the backup is there for good', (size: SizeOf) => size('.before-import-') > 0],
    ['the new database is in its place', (size: SizeOf) => size('.import-') > 0],
  ])(
    'an import that is killed when %s is begun again, or finished, by the next start',
    async (_moment, isDue) => {
      const { dataDir, path } = largeDatabase();
      const digest = sha256(path);
      const run = PlatformProcess.spawn(['migrate', '--data-dir', dataDir]);
      const watcher = watch(dataDir, () => {
        if (isDue((part) => sizeIn(dataDir, part))) run.child.kill('SIGKILL');
      });
      onTestFinished(() => watcher.close());
      await run.exitCode();
      watcher.close();
      if (!readdirSync(dataDir).some((name) => name.includes('.bak'))) expect(sha256(path)).toBe(digest);
      const platform = await startTestPlatform({ dataDir });
      const report = await ok<ImportReport>(platform, 'GET', '/api/admin/import', { who: admin(platform) });
      expect(report.tables.find(({ table }) => table === 'blocks')).toMatchObject({
        rows: 40_000,
        imported: 40_000,
      });
      await platform.stop();
      expect(await checkLedgerOfFile({ dataDir })).toMatchObject({ ok: true });
      expect(readdirSync(dataDir).filter((name) => /importing|replacing|in-use/.test(name))).toEqual([]);
    },
  );

  test('a replacement that was decided is finished by the next start, without the old log', async () => {
    const { dataDir, path } = smallDatabase().close();
    const done = temporaryFolder();
    cpSync(path, join(done, 'marketplace.db'));
    await migrateDatabase({ dataDir: done, dbPath: undefined }, { isTrial: false });
    // As a kill between the two renames leaves it: old file and log, and the new one decided.
    cpSync(join(done, 'marketplace.db'), `${path}.replacing`);
    writeFileSync(`${path}-wal`, readFileSync(path));
    const platform = await startTestPlatform({ dataDir });
    expect(await ok(platform, 'GET', '/api/status')).toMatchObject({ workers: 5, total_settlements: 20 });
    expect(existsSync(`${path}.replacing`)).toBe(false);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s during an import at the start ends it, with nothing half done',
    async (signal) => {
      const { dataDir } = largeDatabase();
      const before = fingerprint(dataDir);
      const run = PlatformProcess.spawn([
        '--headless',
        '--data-dir',
        dataDir,
        '--api-port',
        '0',
        '--mqtt-port',
        '0',
      ]);
      await once(run.child.stdout!, 'data');
      expect(await run.end(signal)).toBe(0);
      expect(run.stderr).toMatch(/interrupted; it is as it was/);
      expect(fingerprint(dataDir)).toEqual(before);
    },
  );

  test('Ctrl-C during migrate ends it with 130, with nothing half done', async () => {
    const { dataDir } = largeDatabase();
    const before = fingerprint(dataDir);
    const run = PlatformProcess.spawn(['migrate', '--data-dir', dataDir]);
    await once(run.child.stderr!, 'data');
    expect(await run.end('SIGINT')).toBe(130);
    expect(run.stderr).toContain('nothing was left half done');
    expect(fingerprint(dataDir)).toEqual(before);
  });
});
