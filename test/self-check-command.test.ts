import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { selfCheckNames, type SelfCheckReport } from '../src-main/contract/domain/self-check.ts';
import { admin, deposit, ok, register } from './support/accounts.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';

async function selfCheck({ dataDir, apiUrl }: Pick<TestPlatform, 'dataDir' | 'apiUrl'>, ...flags: string[]) {
  const where = ['--data-dir', dataDir, '--api-host', '127.0.0.1', '--api-port', new URL(apiUrl).port];
  const command = PlatformProcess.spawn(['self-check', ...where, ...flags]);
  const code = await command.exitCode();
  return { code, stdout: command.stdout, stderr: command.stderr };
}

test('the command lets the running platform try itself, and prints each check', async () => {
  const platform = await startTestPlatform();
  const { code, stdout, stderr } = await selfCheck(platform);
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  for (const name of selfCheckNames)
    expect(lines.filter((line) => new RegExp(`^(ok|warning|unknown) +${name} +\\S`).test(line))).toHaveLength(
      1,
    );
  expect(stdout).toMatch(/^warning +backup +There is no backup yet\.\n +Make one in the section Backups\.$/m);
  expect(lines.at(-1)).toMatch(/^The platform works; look at the warnings\. 11 checks took [\d.]+ s\.$/);
  const json = await selfCheck(platform, '--json');
  const { report } = await ok<{ report: SelfCheckReport }>(platform, 'GET', '/api/admin/self-check', {
    who: admin(platform),
  });
  expect([json.code, JSON.parse(json.stdout)]).toEqual([0, report]);
});

test('its exit code is 1 when a check fails', async () => {
  const platform = await startTestPlatform();
  await register(platform, 'renter');
  await deposit(platform, 'renter', 5);
  const handle = new BetterSqlite(platform.databasePath);
  handle.exec("update accounts set balance_micro = balance_micro + 1 where account_id = 'renter'");
  handle.close();
  const { code, stdout } = await selfCheck(platform);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^failed +ledger +The ledger is wrong: 2 findings/m);
  expect(stdout).toContain('The platform does NOT work as it should. 11 checks');
  expect((await selfCheck(platform, '--json')).code).toBe(1);
});

test('its exit code is 1 when there is no platform, or another one, and it says so', async () => {
  const platform = await startTestPlatform();
  const stranger = temporaryFolder();
  const keyless = await selfCheck({ dataDir: stranger, apiUrl: platform.apiUrl });
  expect([keyless.code, keyless.stderr]).toEqual([
    1,
    'Nothing was checked: there is no key of the operator in the data folder.\n',
  ]);
  writeFileSync(join(stranger, 'admin-key'), 'x'.repeat(40), { mode: 0o600 });
  const refused = await selfCheck({ dataDir: stranger, apiUrl: platform.apiUrl });
  expect([refused.code, refused.stdout]).toEqual([1, '']);
  expect(refused.stderr).toMatch(/^Nothing was checked: 127\.0\.0\.1:\d+ answered with HTTP 401\.\n$/);
  await platform.stop();
  const alone = await selfCheck(platform);
  expect([alone.code, alone.stdout]).toEqual([1, '']);
  expect(alone.stderr).toMatch(/^Nothing was checked: no platform answers at 127\.0\.0\.1:\d+: .*\n$/);
});
