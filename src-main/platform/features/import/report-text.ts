/** The report on an import for people to read. */
import type { ImportReport } from '../../../contract/domain/import-report.ts';

/** What became of each table, in columns. */
function tableLines({ tables }: ImportReport): string[] {
  const rows = [
    ['table', 'rows', 'taken over', 'leftovers', 'too old'],
    ...tables.map((row) => [row.table, row.rows, row.imported, row.leftovers, row.too_old].map(String)),
  ];
  return rows.map(
    ([name = '', ...figures]) => `  ${name.padEnd(20)}${figures.map((text) => text.padStart(12)).join('')}`,
  );
}

function moneyLines({ money }: ImportReport): string[] {
  return [
    `  Balances before: ${money.balances_before}. Now: ${money.free} free + ${money.held} held for leases under way.`,
    `  ${money.entries} entries of the ledger; ${money.openings} of them are opening entries for what the transactions do`,
    `  not explain: ${money.openings_in} came in with them, ${money.openings_out} went out.`,
  ];
}

/** A few lines: the figures and how many of each oddity. */
export function toSummary(report: ImportReport): string {
  const findings = report.findings.map(({ code, total, meaning }) => `  ${code} (${total}): ${meaning}`);
  return [
    report.is_trial
      ? `This would become of ${report.source} (schema version ${report.schema_version}); nothing was changed:`
      : `${report.source} (schema version ${report.schema_version}) was taken over in ${report.duration_sec} s.`,
    ...tableLines(report),
    'Credits',
    ...moneyLines(report),
    ...(findings.length === 0 ? [] : ['Found', ...findings]),
    ...(report.backup === '' ? [] : [`The database as it was: ${report.backup}`]),
  ].join('\n');
}

/** The whole text. */
export function toReportText(report: ImportReport): string {
  const when = new Date(report.imported_at * 1000).toISOString();
  const details = report.findings.flatMap(({ code, total, meaning, examples }) => [
    '',
    `${code}: ${total}`,
    `  ${meaning}`,
    ...examples.map(({ where, detail }) => `  - ${where}${detail === '' ? '' : `: ${detail}`}`),
    ...(total > examples.length ? [`  … and ${total - examples.length} more`] : []),
  ]);
  return [
    `Import of a database of the earlier platform, ${when}`,
    '',
    toSummary(report),
    '',
    'Good to know',
    ...report.notes.map((note) => `  * ${note}`),
    ...(details.length === 0 ? [] : ['', 'Everything that was found', ...details]),
    '',
  ].join('\n');
}
