/** Checking the ledger of a file, whether a platform runs on it or not. */
import type { Config } from '../../contract/config.ts';
import type { LedgerCheckReport } from '../../contract/domain/ledger.ts';
import { checkLedger } from '../features/ledger/index.ts';
import { openSnapshotOfFile } from '../storage/snapshot.ts';
import { databasePathOf } from '../wiring/parts.ts';

/** Reads the file only. @throws StartupError when there is no database of this version */
export async function checkLedgerOfFile(
  config: Pick<Config, 'dataDir' | 'dbPath'>,
): Promise<LedgerCheckReport> {
  const snapshot = openSnapshotOfFile(databasePathOf(config));
  try {
    return await checkLedger(snapshot);
  } finally {
    snapshot.close();
  }
}
