import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { Backup, BackupList } from '../src-main/contract/domain/backup.ts';
import { damage } from './support/backups.ts';
import { migratedDatabase } from './support/database.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { temporaryFolder } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

async function runCommand(args: readonly string[]) {
  const child = PlatformProcess.spawn(args);
  return { code: await child.exitCode(), stdout: child.stdout, stderr: child.stderr };
}

const marks = (path: string) => {
  const handle = new BetterSqlite(path, { readonly: true });
  try {
    return handle
      .prepare("select account_id from accounts where account_id like 'mark-%' order by 1")
      .pluck()
      .all();
  } finally {
    handle.close();
  }
};

/** A database of some size in a data folder; with accounts that tell its versions apart. */
async function dataFolder(megabytes: number, ...marked: string[]): Promise<string> {
  const dataDir = temporaryFolder();
  const path = join(dataDir, 'marketplace.db');
  writeFileSync(path, readFileSync(await migratedDatabase()));
  const handle = new BetterSqlite(path);
  handle.pragma('journal_mode = WAL');
  const command = handle.prepare(
    `insert into commands (command_id, batch_id, worker_id, account_id, action, payload, issued_by, state, detail,
       created_at_ms) values (?, '', 'w', 'a', 'pause', hex(zeroblob(20000)), 'test', 'confirmed', '', ?)`,
  );
  for (let count = 0; count < megabytes * 25; count += 1) command.run(`command-${count}`, Date.now());
  for (const name of marked) mark(handle, name);
  handle.close();
  return dataDir;
}

function mark(handle: BetterSqlite.Database, name: string): void {
  handle
    .prepare("insert into accounts (account_id, role, created_at_ms) values (?, 'consumer', 1)")
    .run(name);
}

function markFile(dataDir: string, name: string): void {
  const handle = new BetterSqlite(join(dataDir, 'marketplace.db'));
  mark(handle, name);
  handle.close();
}

const backupsIn = (dataDir: string) =>
  readdirSync(join(dataDir, 'backups')).filter((name) => name.endsWith('.db'));

/** Names that only something under way, or interrupted, leaves. */
const leftoversIn = (dataDir: string) =>
  [
    ...readdirSync(dataDir),
    ...(existsSync(join(dataDir, 'backups')) ? readdirSync(join(dataDir, 'backups')) : []),
  ].filter((name) => /\.partial|\.restoring|\.restore\.json/.test(name));

async function adminCall<Body>(
  { ready }: { ready: { api_port: number } },
  dataDir: string,
  method: string,
  path = '',
): Promise<Body> {
  const key = readFileSync(join(dataDir, 'admin-key'), 'utf8').trim();
  const response = await fetch(`http://127.0.0.1:${ready.api_port}/api/admin/backups${path}`, {
    method,
    headers: { 'x-api-key': key },
  });
  expect(response.ok, await response.clone().text()).toBe(true);
  return (await response.json()) as Body;
}

describe('xenblocks backup', () => {
  test('backs up beside a running platform, and without one', async () => {
    const dataDir = await dataFolder(1, 'mark-1');
    const platform = await PlatformProcess.start(dataDir);
    const first = await runCommand(['backup', '--data-dir', dataDir, '--json']);
    expect(first.code).toBe(0);
    const made = JSON.parse(first.stdout) as Backup;
    expect(made).toMatchObject({ trigger: 'manual', verification: { ok: true, ledger: 'right' } });
    const list = await adminCall<BackupList>(platform, dataDir, 'GET');
    expect(list.items.map(({ name }) => name)).toEqual([made.name]);
    await platform.end('SIGTERM');
    const second = await runCommand(['backup', '--data-dir', dataDir]);
    expect(second.code).toBe(0);
    expect(second.stdout).toContain('Verified: every page');
    const listed = await runCommand(['backups', '--data-dir', dataDir, '--verify', 'all']);
    expect(listed.code).toBe(0);
    expect(listed.stdout.match(/ manual +ok$/gm)).toHaveLength(2);
    // Only looking leaves nothing beside the database.
    expect(readdirSync(dataDir).filter((name) => /-wal|-shm/.test(name))).toEqual([]);
  });

  test('--scheduled takes part in the schedule: older ones go', async () => {
    const dataDir = await dataFolder(1);
    const keep = ['--backup-keep-daily', '1', '--backup-keep-weekly', '0'];
    expect((await runCommand(['backup', '--data-dir', dataDir])).code).toBe(0);
    for (let count = 0; count < 2; count += 1)
      expect((await runCommand(['backup', '--data-dir', dataDir, '--scheduled', ...keep])).code).toBe(0);
    const { stdout } = await runCommand(['backups', '--data-dir', dataDir]);
    expect([stdout.match(/ scheduled /g)?.length, stdout.match(/ manual /g)?.length]).toEqual([1, 1]);
  });

  test('says in one line what is wrong', async () => {
    const dataDir = temporaryFolder();
    const none = await runCommand(['backup', '--data-dir', dataDir]);
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toMatch(/^There is no database .*\n$/);
    writeFileSync(join(dataDir, 'marketplace.db'), 'hello');
    const foreign = await runCommand(['backup', '--data-dir', dataDir]);
    expect(foreign).toMatchObject({ code: 1, stdout: '' });
    expect(foreign.stderr).toMatch(/^The database .* is not a SQLite database\.\n$/);
    expect((await runCommand(['restore', '--data-dir', dataDir])).code).toBe(2);
    expect((await runCommand(['restore', 'a', 'b', '--data-dir', dataDir])).code).toBe(2);
    const missing = await runCommand(['restore', 'a', '--data-dir', dataDir]);
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toMatch(/^There is neither a backup a in .*\n$/);
  });

  test('ends at Ctrl-C and leaves nothing behind', async () => {
    const dataDir = await dataFolder(40);
    const child = PlatformProcess.spawn(['backup', '--data-dir', dataDir]);
    await waitFor(() => leftoversIn(dataDir).length > 0, 'the copy to begin');
    expect(await child.end('SIGINT')).toBe(130);
    expect(child.stderr).toContain('nothing was left half done');
    expect([leftoversIn(dataDir), backupsIn(dataDir)]).toEqual([[], []]);
  });
});

describe('xenblocks restore', () => {
  test('restores a backup, or any file, and the next start tells it', async () => {
    const dataDir = await dataFolder(1, 'mark-1');
    expect((await runCommand(['backup', '--data-dir', dataDir])).code).toBe(0);
    const [name] = backupsIn(dataDir) as [string];
    markFile(dataDir, 'mark-2');
    const restore = await runCommand(['restore', name, '--data-dir', dataDir]);
    expect({ code: restore.code, stderr: restore.stderr.includes('Error') }).toEqual({
      code: 0,
      stderr: false,
    });
    const path = join(dataDir, 'marketplace.db');
    expect(marks(path)).toEqual(['mark-1']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const before = backupsIn(dataDir).find((file) => file.includes('before-restore'))!;
    const platform = await PlatformProcess.start(dataDir);
    const list = await adminCall<BackupList>(platform, dataDir, 'GET');
    expect(list.last_restore).toMatchObject({ ok: true, from: name, by: 'command line', before });
    expect(platform.stdout).toContain(`restored from ${name} by command line`);
    const refused = await runCommand(['restore', name, '--data-dir', dataDir]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('A running platform holds the database');
    await platform.end('SIGTERM');
    const handle = new BetterSqlite(path, { readonly: true });
    const audit = "select actor, remote_address from audit_log where action = 'backup.restored'";
    expect(handle.prepare(audit).all()).toEqual([{ actor: 'command line', remote_address: 'command line' }]);
    handle.close();
    // What was there before, by its path, into another folder: a move to a new machine.
    const other = temporaryFolder();
    const moved = await runCommand(['restore', join(dataDir, 'backups', before), '--data-dir', other]);
    expect(moved.code).toBe(0);
    expect(moved.stdout).toContain('There was no database before.');
    expect(marks(join(other, 'marketplace.db'))).toEqual(['mark-1', 'mark-2']);
  });

  test('takes a copy by hand that consists of the file and its log', async () => {
    const dataDir = await dataFolder(1, 'mark-1');
    const source = join(dataDir, 'marketplace.db');
    const handle = new BetterSqlite(source);
    mark(handle, 'mark-in-log');
    const folder = temporaryFolder();
    for (const suffix of ['', '-wal'])
      writeFileSync(join(folder, `copy.db${suffix}`), readFileSync(`${source}${suffix}`));
    handle.close();
    const target = temporaryFolder();
    expect((await runCommand(['restore', join(folder, 'copy.db'), '--data-dir', target])).code).toBe(0);
    expect(marks(join(target, 'marketplace.db'))).toEqual(['mark-1', 'mark-in-log']);
  });

  test('replaces a damaged database, and keeps it', async () => {
    const dataDir = await dataFolder(1, 'mark-1');
    expect((await runCommand(['backup', '--data-dir', dataDir])).code).toBe(0);
    const [name] = backupsIn(dataDir) as [string];
    damage(join(dataDir, 'marketplace.db'));
    expect((await runCommand(['restore', name, '--data-dir', dataDir])).code).toBe(0);
    expect(marks(join(dataDir, 'marketplace.db'))).toEqual(['mark-1']);
    expect(backupsIn(dataDir)).toHaveLength(2);
  });
});

const killAfterMs = Array.from({ length: 6 }, (_, index) => 20 + index * 120 + Math.random() * 100);

test.each(killAfterMs)(
  'a platform killed %i ms into a backup starts again, with nothing half done',
  async (ms) => {
    const dataDir = await dataFolder(20, 'mark-1');
    const platform = await PlatformProcess.start(dataDir, ['--backup-schedule', 'off']);
    await adminCall(platform, dataDir, 'POST');
    await delay(ms);
    await platform.end('SIGKILL');
    const again = await PlatformProcess.start(dataDir, ['--backup-schedule', 'off']);
    const { items } = await adminCall<BackupList>(again, dataDir, 'GET');
    expect(items.every(({ verification }) => verification?.ok === true)).toBe(true);
    expect(leftoversIn(dataDir)).toEqual([]);
    expect(marks(join(dataDir, 'marketplace.db'))).toEqual(['mark-1']);
  },
);

test.each(killAfterMs.map((ms) => ms * 2))(
  'a platform killed %i ms into a restore starts again with the one database or the other, whole',
  async (ms) => {
    const dataDir = await dataFolder(10, 'mark-1');
    expect((await runCommand(['backup', '--data-dir', dataDir])).code).toBe(0);
    const [name] = backupsIn(dataDir) as [string];
    markFile(dataDir, 'mark-2');
    const platform = await PlatformProcess.start(dataDir, ['--backup-schedule', 'off']);
    await adminCall(platform, dataDir, 'POST', `/${name}/restore`);
    await delay(ms);
    await platform.end('SIGKILL');
    const again = await PlatformProcess.start(dataDir, ['--backup-schedule', 'off']);
    const { items, last_restore: outcome } = await adminCall<BackupList>(again, dataDir, 'GET');
    const isRestored = outcome?.ok === true;
    expect(marks(join(dataDir, 'marketplace.db'))).toEqual(isRestored ? ['mark-1'] : ['mark-1', 'mark-2']);
    expect(items).toHaveLength(isRestored ? 2 : 1);
    if (isRestored) expect(marks(join(dataDir, 'backups', outcome.before))).toEqual(['mark-1', 'mark-2']);
    expect(leftoversIn(dataDir)).toEqual([]);
    expect(await again.end('SIGTERM')).toBe(0);
  },
);
