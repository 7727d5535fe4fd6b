/** The new database, filled from the copy of the old one and checked against it. */
import { closeSync, openSync } from 'node:fs';
import { importTables, type ImportReport } from '../../../contract/domain/import-report.ts';
import { toCredits } from '../../../contract/domain/money.ts';
import type { Database } from '../../storage/schema.ts';
import { runMigrations } from '../../storage/run-migrations.ts';
import {
  applicationId,
  openReader,
  openWriter,
  type SqliteConnection,
} from '../../storage/sqlite-connection.ts';
import { AuditRepository } from '../audit/index.ts';
import { checkImport } from './check-import.ts';
import { EarlierDatabase } from './earlier-database.repository.ts';
import { loadBlocks } from './import-blocks.ts';
import { ImportContext } from './import-context.ts';
import { sizeOf, type ImportFiles } from './import-files.ts';
import { ImportLeases } from './import-leases.ts';
import { bookStagedEntries, type ImportedLedger } from './import-ledger.ts';
import { ImportMoney } from './import-money.ts';
import type { ImportPace } from './import-pace.ts';
import { hashratesKeptMs, ImportWallets, loadHashrates } from './import-snapshots.ts';
import { ImportTarget } from './import-target.repository.ts';
import { ImportedAccounts } from './imported-accounts.ts';
import { addressesOfWorkers, ImportedWorkers } from './imported-workers.ts';
import { ImportReportRepository } from './import-report.repository.ts';
import type { ImportJob } from './run-import.ts';

const newestKnownVersion = 11;

/** @returns the report, which is in the new database, too */
export async function buildDatabase(
  job: ImportJob,
  original: string,
  files: ImportFiles,
  pace: ImportPace,
): Promise<ImportReport> {
  const startedAt = performance.now();
  const copy = openReader(files.backupDraft);
  let connection: SqliteConnection | undefined;
  try {
    closeSync(openSync(files.draft, 'wx', 0o600));
    connection = openWriter(files.draft);
    connection.handle.pragma(`application_id = ${applicationId}`);
    await runMigrations(connection);
    const source = new EarlierDatabase(copy.handle);
    const context = new ImportContext(new ImportTarget(connection), pace, job.nowMs);
    const filled = fill(context, source);
    await checkImport(context, source, filled, connection.db);
    const report = toReport({ job, original, files, context, source, filled, startedAt });
    await record(connection.db, report, job);
    context.target.close();
    return report;
  } finally {
    copy.handle.close();
    connection?.handle.close();
  }
}

/** What the checks and the report need to know. */
export interface Filled {
  readonly accounts: ImportedAccounts;
  readonly workers: ImportedWorkers;
  readonly money: ImportMoney;
  readonly ledger: ImportedLedger;
}

function fill(context: ImportContext, source: EarlierDatabase): Filled {
  const { target, pace } = context;
  for (const table of importTables) context.tally(table).rows = source.count(table);
  noteUnknown(context, source);
  target.open();
  pace.begin('accounts and workers', source.count('accounts') + source.count('workers'));
  const accounts = new ImportedAccounts(context, addressesOfWorkers(source.workers()));
  accounts.load(source.accounts());
  const workers = new ImportedWorkers(context, accounts);
  workers.load(source.workers());
  pace.begin('settlements and transactions', source.count('settlements') + source.count('transactions'));
  const money = new ImportMoney(context, accounts, workers);
  money.takeSettlements(source.settlements());
  money.takeUnsettledPayments(source.unsettledPayments());
  money.takeOtherTransactions(source.otherTransactions());
  money.stageOpenings();
  pace.begin('leases', source.count('leases'));
  new ImportLeases({ context, accounts, workers, money }).load(source.activeLeases(), source.leases());
  pace.begin('blocks', source.count('blocks'));
  loadBlocks(context, workers, source.blocks());
  workers.writeCarryovers();
  loadSnapshots(context, source, workers);
  pace.begin('ledger', target.stagedCount);
  const ledger = bookStagedEntries(context, accounts);
  pace.begin('indexes');
  target.makeIndexes((done, total) => pace.reach(done, total));
  return { accounts, workers, money, ledger };
}

function loadSnapshots(context: ImportContext, source: EarlierDatabase, workers: ImportedWorkers): void {
  const { pace, target, findings, nowMs, tally } = context;
  pace.begin('snapshots', source.count('hashrate_snapshots') + source.count('wallet_snapshots'));
  loadHashrates(context, source.hashrateSnapshots((nowMs - hashratesKeptMs) / 1000));
  const hashrates = tally('hashrate_snapshots');
  hashrates.tooOld = hashrates.rows - hashrates.imported;
  if (hashrates.tooOld > 0)
    findings.add('snapshot_old', 'hashrate_snapshots', `${hashrates.tooOld} rows older than 24 hours`);
  target.collectAddressHours();
  new ImportWallets(context, workers).load(source.walletSnapshots());
}

function noteUnknown({ findings }: ImportContext, source: EarlierDatabase): void {
  if (source.version > newestKnownVersion)
    findings.add('newer_schema', 'schema_version', `${source.version}; known up to ${newestKnownVersion}`);
  for (const table of source.unknownTables())
    findings.add('unknown_table', table, `${source.count(table)} rows`);
  for (const column of source.unknownColumns()) findings.add('unknown_column', column, '');
}

async function record(db: Database, report: ImportReport, job: ImportJob): Promise<void> {
  const storage = { read: db, write: <Result>(work: (database: Database) => Promise<Result>) => work(db) };
  await new ImportReportRepository(storage).save(report);
  await new AuditRepository(storage).append([
    {
      at_ms: job.nowMs,
      actor: 'system',
      actor_role: '',
      remote_address: '',
      action: 'database.import',
      target: report.source,
      result: 'ok',
      detail: JSON.stringify({ backup: report.backup }),
    },
  ]);
}

function toReport(parts: {
  job: ImportJob;
  original: string;
  files: ImportFiles;
  context: ImportContext;
  source: EarlierDatabase;
  filled: Filled;
  startedAt: number;
}): ImportReport {
  const { job, original, files, context, source, filled, startedAt } = parts;
  const { accounts, money, ledger } = filled;
  const before = [...accounts.all()].reduce((sum, { balanceMicro }) => sum + balanceMicro, 0);
  return {
    source: original,
    schema_version: source.version,
    source_bytes: sizeOf(original),
    imported_at: job.nowMs / 1000,
    duration_sec: Math.round(performance.now() - startedAt) / 1000,
    backup: job.isTrial ? '' : files.backup,
    is_trial: job.isTrial,
    tables: importTables.map((table) => {
      const { rows, imported, leftovers, tooOld } = context.tally(table);
      return { table, rows, imported, leftovers, too_old: tooOld };
    }),
    money: {
      balances_before: toCredits(before),
      free: toCredits(ledger.freeMicro),
      held: toCredits(ledger.heldMicro),
      openings: money.openings.count,
      openings_in: toCredits(money.openings.inMicro),
      openings_out: toCredits(money.openings.outMicro),
      entries: ledger.entries,
    },
    findings: context.findings.list(),
    notes: notes(accounts),
  };
}

function notes(accounts: ImportedAccounts): string[] {
  const keys = [...accounts.all()].filter(({ hasKey }) => hasKey).length;
  return [
    'Blocks of the earlier platform are marked as unproven (reason "imported"): it computed no proofs. What it counted ' +
      'for workers, leases and reputations goes on to count.',
    'The earlier platform paid what workers earned into accounts named like them. That money is still there; from now on ' +
      "a worker's address is paid. The wallet of the address may use those accounts, too: /api/auth/me lists them as " +
      'linked_accounts, and it can see and withdraw what is in them.',
    ...(keys === 0
      ? []
      : [
          `${keys} API keys still work; only their hashes are kept. The earlier platform kept them in clear and gave them to ` +
            'whoever named the account: their owners should replace them.',
        ]),
    'The backup holds all keys in clear: keep it where only you can read it, and delete it when you no longer need it.',
  ];
}
