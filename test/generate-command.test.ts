import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contentOf, generatedDatabase, historyEndMs, queryFile } from './support/generated-data.ts';
import { brokenInvariants } from './support/money-invariant.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { temporaryFolder } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const small = ['--workers', '20', '--blocks=200', '--leases', '50', '--addresses', '4', '--days', '5'];
/** So much that a signal comes in the middle of it. */
const large = ['--workers', '5000', '--blocks', '400000', '--leases', '50000'];

async function run(args: readonly string[], environment: Record<string, string> = {}) {
  const command = PlatformProcess.spawn(['generate', ...args], environment);
  const code = await command.exitCode();
  return { code, stdout: command.stdout, stderr: command.stderr };
}

describe('generate', () => {
  test('makes a missing file, shows its progress and sums up what it wrote', async () => {
    const path = join(temporaryFolder(), 'new/history.db');
    const { code, stdout, stderr } = await run([...small, '--db', path]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Generating .*100%/m);
    expect(stdout).toMatch(/^ {2}workers +20$/m);
    expect(stdout).toMatch(/^ {2}blocks +200$/m);
    expect(stdout).toMatch(/^[\d,]+ rows in \d+\.\d s; .*history\.db has \d+\.\d MB now\.$/m);
    expect(brokenInvariants(path)).toEqual([]);
    const check = PlatformProcess.spawn(['check-ledger', '--db-path', path]);
    expect(await check.exitCode()).toBe(0);
    expect(check.stdout).toContain('The ledger is right.');
  });

  test('fills the configured database without --db, and prints its summary as JSON', async () => {
    const dataDir = temporaryFolder();
    const { code, stdout } = await run([...small, '--json'], { XENBLOCKS_DATA_DIR: dataDir });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      database: join(dataDir, 'marketplace.db'),
      rows: { workers: 20, blocks: 200, leases: 50, settlements: 50 },
    });
  });

  test('makes as many leases as few workers have room for, unless it is told how many', async () => {
    const dataDir = temporaryFolder();
    const { code, stdout } = await run([
      ...['--data-dir', dataDir, '--workers', '2', '--blocks', '50', '--days', '1', '--json'],
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rows: { workers: 2, leases: 48 } });
  });

  test('gives the same rows for the same seed and end', async () => {
    const [first, second] = [join(temporaryFolder(), 'a.db'), join(temporaryFolder(), 'b.db')];
    const fixed = [...small, '--seed', '42', '--end', String(historyEndMs / 1000)];
    await run([...fixed, '--db', first]);
    await run([...fixed, '--db', second]);
    expect(contentOf(second)).toEqual(contentOf(first));
    expect(
      queryFile(first, `select max(settled_at_ms) < ${historyEndMs} as before from settlements`),
    ).toEqual([{ before: 1 }]);
  });

  test('refuses a database with data in one line, and adds to it with --append', async () => {
    const path = await generatedDatabase();
    const refused = await run([...small, '--db', path]);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toBe('');
    expect(refused.stderr.split('\n').at(-2)).toMatch(
      /^The database .* has data already; .*--append.*--db\.$/,
    );
    expect((await run([...small, '--db', path, '--append'])).code).toBe(0);
    expect((await run([...small, '--db', path, '--append'])).code).toBe(0);
    expect(queryFile(path, 'select count(*) as n from workers')).toEqual([{ n: 100 }]);
  });

  test('refuses a database that a running platform holds, in one line', async () => {
    const dataDir = temporaryFolder();
    await PlatformProcess.start(dataDir);
    const { code, stderr } = await run([...small, '--data-dir', dataDir]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The database .* is in use by another running instance\..*\n$/);
  });

  test.each([
    [['--workers', '0'], /--workers: must be a number from 1 to/],
    [['--blocks', '1.5'], /--blocks: must be a whole number from 0 to \d+, not "1\.5"/],
    [['--workers', '2', '--leases', '5000', '--days', '1'], /--leases: 2 workers have room for at most 48/],
    [['--owner', '0x12'], /--owner: must be 0x and 40 hex digits, not "0x12"/],
    [['--end', '5'], /--end: must be a number from/],
    [['--frobnicate'], /--frobnicate: is not a flag of generate/],
    [['--db'], /--db: needs a value/],
  ])('refuses %j and does nothing', async (args, reason) => {
    const dataDir = temporaryFolder();
    const { code, stdout, stderr } = await run(['--data-dir', dataDir, ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(reason);
    expect(stderr).toContain('Nothing was done.');
    expect(readdirSync(dataDir)).toEqual([]);
  });

  test('explains itself', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const text of ['--workers <count>', '(default: 50000)', '--append', '--seed', 'unproven'])
      expect(stdout).toContain(text);
  });
});

describe('Ctrl-C', () => {
  test('in the middle of a new file leaves nothing behind', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'history.db');
    const command = PlatformProcess.spawn(['generate', ...large, '--db', path]);
    await waitFor(() => command.stderr.includes('Generating'), 'the progress');
    await waitFor(() => existsSync(path), 'the file');
    expect(await command.end('SIGINT')).toBe(130);
    expect(command.stderr).toContain('generate: interrupted; nothing was left half done.');
    expect(command.stdout).toBe('');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('in the middle of an addition leaves the database as it was', async () => {
    const path = await generatedDatabase();
    const before = contentOf(path);
    const command = PlatformProcess.spawn(['generate', ...large, '--append', '--db', path]);
    await waitFor(() => command.stderr.includes('Generating'), 'the progress');
    expect(await command.end('SIGTERM')).toBe(130);
    expect(contentOf(path)).toEqual(before);
    expect(brokenInvariants(path)).toEqual([]);
  });
});
