import { expect } from 'vitest';
import type { ImportFindingCode, ImportReport } from '../../src-main/contract/domain/import-report.ts';
import { admin, ok } from './accounts.ts';
import { EarlierDatabaseFile } from './earlier-database.ts';
import { ManualClock } from './manual-clock.ts';
import { startTestPlatform, type TestPlatform } from './test-platform.ts';

/** The moment of the imports, in Unix seconds. */
export const importSec = Date.UTC(2026, 0, 10, 12, 34, 56) / 1000;

export const hourSec = 3600;

/** A started platform on a database of the earlier one, with what the report says of each kind of finding. */
export async function takeOver(file: EarlierDatabaseFile) {
  if (file.handle.open) file.close();
  const clock = new ManualClock(importSec * 1000);
  const platform = await startTestPlatform({ dataDir: file.dataDir, clock });
  const who = admin(platform);
  const report = await ok<ImportReport>(platform, 'GET', '/api/admin/import', { who });
  expect(await ok(platform, 'GET', '/api/admin/ledger/check', { who })).toMatchObject({
    ok: true,
    findings: [],
  });
  const findings = (code: ImportFindingCode) => {
    const found = report.findings.find((finding) => finding.code === code);
    return (found?.examples ?? []).map(
      ({ where, detail }) => `${where}${detail === '' ? '' : `: ${detail}`}`,
    );
  };
  return { platform, clock, who, report, findings };
}

type Accounts = Record<string, { balance: number; held: number; role: string }>;

/** All accounts by their names. */
export function accountsOf(platform: TestPlatform): Promise<Accounts> {
  return ok<Accounts>(platform, 'GET', '/api/accounts', { who: admin(platform) });
}

/** An empty database of the earlier platform. */
export function newEarlierFile(version = 11, isLoose = false): EarlierDatabaseFile {
  const file = new EarlierDatabaseFile(version, { isLoose });
  file.account('platform-treasury', 'consumer', 0);
  return file;
}
