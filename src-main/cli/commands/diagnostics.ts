import { saveDiagnostics } from '../../platform/operations/diagnostics.ts';
import { defineCommand, exitCodes, print } from './command.ts';

export const diagnosticsCommand = defineCommand({
  name: 'diagnostics',
  summary: 'Save what helps to find a fault as a zip, without secrets',
  description:
    'A platform that runs with these settings is asked for it, and puts in its log, metrics, health and connections.\n' +
    'Where none answers, it holds what lies on the disk: versions, settings, the schema, every page checked, the ledger.',
  settings: ['dataDir', 'dbPath', 'apiHost', 'apiPort', 'adminKeyFile'],
  flags: {
    out: { value: 'file', description: 'Where to put it (default: a name with the time, in this folder)' },
  },
  failure: 'the file could not be written',
  async run(input) {
    const { path, isFromPlatform, reason } = await saveDiagnostics(input.config, input.flag('out'));
    print(
      isFromPlatform
        ? `${path}: made by the platform that runs.`
        : `${path}: made without a platform (${reason}).`,
    );
    return exitCodes.done;
  },
});
