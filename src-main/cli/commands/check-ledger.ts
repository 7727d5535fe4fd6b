import { ledgerFindings, type LedgerCheckReport } from '../../contract/domain/ledger.ts';
import { checkLedgerOfFile } from '../../platform/operations/check-ledger.ts';
import { defineCommand, exitCodes, print } from './command.ts';

function toText({ ok, checked, totals, findings, findings_total: total }: LedgerCheckReport): string {
  const { transactions, postings, accounts, leases, settlements, audit_entries: auditEntries } = checked;
  const figures = [
    `Checked: ${transactions} entries with ${postings} postings, ${accounts} accounts, ${leases} leases, ` +
      `${settlements} settlements, ${auditEntries} audit entries.`,
    `Credits: ${totals.balances} free + ${totals.held} held = ${totals.deposits} paid in - ${totals.withdrawals} taken out.`,
  ];
  if (ok) return ['The ledger is right.', ...figures].join('\n');
  return [
    `The ledger is WRONG: ${total} findings${total > findings.length ? `, the first ${findings.length} are` : ''}`,
    ...findings.map(({ code, where, detail }) => `  ${code}: ${where}: ${detail}`),
    ...[...new Set(findings.map(({ code }) => code))].map((code) => `${code}: ${ledgerFindings[code]}`),
    ...figures,
  ].join('\n');
}

export const checkLedgerCommand = defineCommand({
  name: 'check-ledger',
  summary: 'Prove that the ledger is right, or name the rows where it is not',
  description:
    'Reads the database only, also while a platform runs on it: every entry sums to zero, every balance equals its\n' +
    'entries, every lease is held and settled once, and no entry of the ledger or the audit log was edited afterwards.',
  settings: ['dataDir', 'dbPath'],
  flags: { json: { description: 'Print the report as JSON' } },
  failure: 'the ledger is wrong, or could not be read',
  async run(input) {
    const report = await checkLedgerOfFile(input.config);
    print(input.flag('json') === undefined ? toText(report) : JSON.stringify(report));
    return report.ok ? exitCodes.done : exitCodes.failed;
  },
});
