import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StartupError } from '../src-main/platform/kernel/app-error.ts';
import { migrations } from '../src-main/platform/storage/migrations/index.ts';
import { migratedDatabase, storageAt } from './support/database.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { temporaryFolder } from './support/test-platform.ts';

/** Names and contents of all files beside a database, the empty lock file left out. */
function fingerprint(path: string): string[] {
  const folder = dirname(path);
  return readdirSync(folder)
    .filter((name) => !name.endsWith('.lock') || statSync(join(folder, name)).size > 0)
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}`,
    );
}

/** Starts a storage that has to be refused with one line, and nothing touched. */
async function refusalOf(path: string): Promise<string> {
  const before = fingerprint(path);
  const error: unknown = await storageAt(path)
    .start()
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  expect(error).toBeInstanceOf(StartupError);
  expect(fingerprint(path)).toEqual(before);
  const { message } = error as StartupError;
  expect(message).toContain(path);
  expect(message).toMatch(/--db-path/);
  expect(message).not.toContain('\n');
  return message;
}

function makeDatabase(statements: string, path = join(temporaryFolder(), 'marketplace.db')): string {
  const handle = new BetterSqlite(path);
  handle.exec(statements);
  handle.close();
  return path;
}

/** A database of many pages, closed. */
async function largeDatabase(): Promise<string> {
  const path = await migratedDatabase();
  return makeDatabase(
    `with recursive n(i) as (select 0 union all select i + 1 from n where i < 4999)
       insert into accounts (account_id, role, created_at_ms) select printf('account-%d-%0100d', i, i), 'consumer', i from n;`,
    path,
  );
}

describe('a start refuses, with one line and nothing touched,', () => {
  test.each(['delete', 'wal'])("a newer version's database (journal mode %s)", async (mode) => {
    const path = await migratedDatabase();
    makeDatabase(
      `insert into schema_version values ('9999-future', '2030-01-01'); pragma journal_mode = ${mode};`,
      path,
    );
    expect(await refusalOf(path)).toMatch(/newer version .*9999-future.*left as it is/);
  });

  test('a text file', async () => {
    const path = join(temporaryFolder(), 'marketplace.db');
    writeFileSync(path, 'These are my notes, not a database.\n'.repeat(100));
    expect(await refusalOf(path)).toMatch(/not a SQLite database; it was left as it is/);
  });

  test('a database with garbage in the middle', async () => {
    const path = await largeDatabase();
    const file = openSync(path, 'r+');
    const middle = Math.floor(statSync(path).size / 8192) * 4096;
    writeSync(file, Buffer.alloc(3 * 4096, 0xa5), 0, 3 * 4096, middle);
    closeSync(file);
    expect(await refusalOf(path)).toMatch(/is corrupt \(.+\); it was left as it is.*backup/);
  });

  test.each([0.5, 0.9])('a database cut off at %d of its length', async (part) => {
    const path = await largeDatabase();
    const file = openSync(path, 'r+');
    ftruncateSync(file, Math.floor(statSync(path).size * part));
    closeSync(file);
    expect(await refusalOf(path)).toMatch(/is corrupt/);
  });

  test('a database of which only the header is left', async () => {
    const path = await largeDatabase();
    const file = openSync(path, 'r+');
    ftruncateSync(file, 60);
    closeSync(file);
    expect(await refusalOf(path)).toMatch(/is corrupt|not a SQLite database/);
  });

  test.each(['delete', 'wal'])('a database of another program (journal mode %s)', async (mode) => {
    const path = makeDatabase(
      `pragma journal_mode = ${mode}; create table bookmarks (url text); insert into bookmarks values ('x');`,
    );
    expect(await refusalOf(path)).toMatch(/belongs to another program; it was left as it is/);
  });

  test.each(['delete', 'wal'])(
    'a database of the earlier Python platform (journal mode %s)',
    async (mode) => {
      const path = makeDatabase(
        `pragma journal_mode = ${mode};
       create table schema_version (version integer primary key, applied_at real);
       insert into schema_version values (10, 0);
       create table workers (worker_id text primary key, price_per_min real);
       insert into workers values ('w1', 0.6);`,
      );
      expect(await refusalOf(path)).toMatch(/earlier Python platform.*left as it is/);
    },
  );

  test('a path that is a folder', async () => {
    const path = join(temporaryFolder(), 'folder.db');
    mkdirSync(path);
    const message = await storageAt(path).start().catch(String);
    expect(message).toMatch(/is a folder; name a file with --db-path/);
    expect(readdirSync(path)).toEqual([]);
  });

  test('a path that is a device', async () => {
    const message = await storageAt('/dev/null').start().catch(String);
    expect(message).toMatch(/is not a regular file.*--db-path/);
    expect(existsSync('/dev/null.lock')).toBe(false);
  });

  test.each(['/proc/xenblocks/marketplace.db', '/proc/marketplace.db', '/sys/marketplace.db'])(
    'a folder that takes no files: %s',
    async (path) => {
      const message = await storageAt(path).start().catch(String);
      expect(message).toMatch(/can't be (written|locked).*--data-dir or --db-path/);
    },
  );

  test('a folder below a file', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'text');
    const message = await storageAt(join(file, 'data', 'marketplace.db'))
      .start()
      .catch(String);
    expect(message).toMatch(/can't be written: ENOTDIR.*--data-dir or --db-path/);
    expect(readFileSync(file, 'utf8')).toBe('text');
  });

  test('a file that this program has open', async () => {
    const first = storageAt();
    await first.start();
    onTestFinished(() => first.stop());
    const message = await storageAt(first.path).start().catch(String);
    expect(message).toMatch(/in use by another running instance.*--db-path/);
    expect(await first.write(() => Promise.resolve('still here'))).toBe('still here');
  });

  test('a file that another process has open, and takes it when that one was killed', async () => {
    const dataDir = temporaryFolder();
    const process = await PlatformProcess.start(dataDir);
    const storage = storageAt(join(dataDir, 'marketplace.db'));
    expect(await storage.start().catch(String)).toMatch(/in use by another running instance/);
    await process.end('SIGKILL');
    await storage.start();
    await storage.stop();
  });
});

test('an empty file is a new database', async () => {
  const path = join(temporaryFolder(), 'marketplace.db');
  writeFileSync(path, '');
  const storage = storageAt(path);
  await storage.start();
  await storage.stop();
  const handle = new BetterSqlite(path);
  expect(handle.prepare('select name from schema_version').pluck().all()).toEqual(Object.keys(migrations));
  handle.close();
});
