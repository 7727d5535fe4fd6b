import { join } from 'node:path';
import { restoreFile } from '../../platform/operations/backups.ts';
import { showPhases } from '../progress.ts';
import { defineCommand, exitCodes, print, UsageError } from './command.ts';

export const restoreCommand = defineCommand({
  name: 'restore',
  summary: 'Put a backup in the place of the database',
  description:
    'The platform must not run; while it does, the API restores. The file is copied and verified first; one of an older\n' +
    'version is upgraded. The database before becomes a backup itself. What miners registered since, ends of leases and\n' +
    'ended keys are taken over from it. Nothing is changed when anything is wrong.',
  argument: { value: 'name|file', description: 'A backup by its name, or any database file of this program' },
  settings: ['dataDir', 'dbPath', 'backupDir'],
  flags: {
    'accept-wrong-ledger': { description: 'Restore a file whose only fault is that its ledger is wrong' },
  },
  failure: 'nothing was restored',
  async run(input) {
    const from = input.argument;
    if (from === undefined) throw new UsageError('the name of a backup, or the path of a file, is needed');
    const progress = showPhases();
    const { databasePath, source, before, folder } = await restoreFile(
      input.config,
      { from, acceptsWrongLedger: input.flag('accept-wrong-ledger') !== undefined },
      { signal: input.signal, onProgress: (phase, share) => progress.update(phase, share) },
    ).finally(() => progress.stop());
    print(
      [
        `Restored ${databasePath} from ${source}.`,
        before === ''
          ? 'There was no database before.'
          : `The one before is kept as ${join(folder, before)}.`,
        'The next start of the platform writes it into the audit log.',
      ].join('\n'),
    );
    return exitCodes.done;
  },
});
