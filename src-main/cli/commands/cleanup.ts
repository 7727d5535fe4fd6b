import { cleanUpFile } from '../../platform/operations/clean-up.ts';
import { showPhases } from '../progress.ts';
import { defineCommand, exitCodes, print } from './command.ts';

const mebibyte = 1024 * 1024;
const show = (bytes: number) => `${(bytes / mebibyte).toFixed(1)} MiB`;

export const cleanupCommand = defineCommand({
  name: 'cleanup',
  summary: 'Delete what is older than it is kept, and shrink the database file',
  description:
    'A running platform does the same by itself, little by little; there, POST /api/admin/storage/cleanup does it at\n' +
    'once. Blocks, leases, the ledger and the audit log are kept for ever.',
  settings: ['dataDir', 'dbPath'],
  flags: { json: { description: 'Print the report as JSON' } },
  failure: 'the database could not be cleaned up',
  async run(input) {
    const progress = showPhases();
    const report = await cleanUpFile(input.config, {
      signal: input.signal,
      onProgress: (phase, share) => progress.update(phase, share),
    }).finally(() => progress.stop());
    if (input.flag('json') !== undefined) print(JSON.stringify(report));
    else
      print(
        [
          `Freed ${show(report.freed_bytes)} in ${report.duration_sec.toFixed(1)} s: ` +
            `${show(report.database_bytes_before)} before, ${show(report.database_bytes)} now.`,
          ...Object.entries(report.deleted).map(([table, rows]) => `${table}: ${rows} rows`),
        ].join('\n'),
      );
    return exitCodes.done;
  },
});
