/** The new database against the old one, before it takes its place. */
import { importTables } from '../../../contract/domain/import-report.ts';
import type { Database } from '../../storage/schema.ts';
import { checkLedger } from '../ledger/index.ts';
import type { Filled } from './build-database.ts';
import type { EarlierDatabase } from './earlier-database.repository.ts';
import type { ImportContext } from './import-context.ts';

/** @throws Error naming the first thing that is not right */
export async function checkImport(
  context: ImportContext,
  source: EarlierDatabase,
  { accounts }: Filled,
  db: Database,
): Promise<void> {
  const { target, pace } = context;
  pace.begin('check');
  const verdict = target.verdict();
  if (verdict !== 'ok') throw new Error(`the new database is not sound: ${verdict}`);
  pace.look();
  const orphan = target.orphans()[0];
  if (orphan) throw new Error(`row ${orphan.rowid} of ${orphan.table} refers to nothing in ${orphan.parent}`);
  checkCounts(context, source);
  pace.look();
  for (const { account_id: accountId, balance_micro: free, held_micro: held } of target.balances()) {
    const expected = accounts.get(accountId)?.balanceMicro ?? 0;
    if (free + held !== expected)
      throw new Error(`account ${accountId} has ${free + held} micro-credits instead of ${expected}`);
  }
  const { ok, findings } = await checkLedger({ db, close: () => undefined });
  pace.look();
  const [finding] = findings;
  if (!ok) throw new Error(`the ledger is wrong: ${finding?.where ?? ''} ${finding?.detail ?? ''}`);
}

/** Each row is somewhere. */
function checkCounts({ target, tally }: ImportContext, source: EarlierDatabase): void {
  for (const table of importTables) {
    const { imported, leftovers, tooOld } = tally(table);
    const rows = source.count(table);
    if (imported + leftovers + tooOld !== rows)
      throw new Error(`of ${rows} rows of ${table} only ${imported + leftovers + tooOld} were taken over`);
  }
  const blocks = target.count('blocks');
  if (blocks !== tally('blocks').imported)
    throw new Error(`there are ${blocks} blocks instead of ${tally('blocks').imported}`);
  for (const table of ['accounts', 'workers', 'leases', 'settlements'] as const) {
    const count = target.count(table);
    if (count < tally(table).imported)
      throw new Error(`there are ${count} ${table} instead of ${tally(table).imported}`);
  }
}
