import { join } from 'node:path';
import { backUp } from '../../platform/operations/backups.ts';
import { showPhases } from '../progress.ts';
import { defineCommand, exitCodes, print } from './command.ts';

const mebibyte = 1024 * 1024;

export const backupCommand = defineCommand({
  name: 'backup',
  summary: 'Back the database up, also while a platform runs on it',
  description:
    'Copies the last commit, verifies the copy (every page, every row count, the ledger) and puts it into the folder of\n' +
    'the backups. It is kept until somebody deletes it, unless it counts as one of the schedule.',
  settings: ['dataDir', 'dbPath', 'backupDir', 'backupKeepDaily', 'backupKeepWeekly'],
  flags: {
    scheduled: {
      description:
        'It counts as one of the schedule: older ones go by --backup-keep-daily and --backup-keep-weekly',
    },
    json: { description: 'Print the backup as JSON' },
  },
  failure: 'no backup was made, or it turned out to be wrong',
  async run(input) {
    const { backupKeepDaily: daily, backupKeepWeekly: weekly } = input.config;
    const progress = showPhases();
    const keep = input.flag('scheduled') === undefined ? undefined : { daily, weekly };
    const { backup, folder, deleted } = await backUp(input.config, keep, {
      signal: input.signal,
      onProgress: (phase, share) => progress.update(phase, share),
    }).finally(() => progress.stop());
    const { verification, size_bytes: bytes, rows, name, duration_sec: seconds } = backup;
    if (input.flag('json') !== undefined) print(JSON.stringify(backup));
    else {
      const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
      print(
        [
          `${join(folder, name)}: ${(bytes / mebibyte).toFixed(1)} MiB, ${total} rows, ${seconds.toFixed(1)} s`,
          verification?.ok === true
            ? 'Verified: every page, every row count and the ledger are right.'
            : `WRONG: ${(verification?.problems ?? []).join('; ')}`,
          ...deleted.map((old) => `Deleted: ${old}`),
        ].join('\n'),
      );
    }
    return verification?.ok === true ? exitCodes.done : exitCodes.failed;
  },
});
