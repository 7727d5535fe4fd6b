import { rotateAdminKey } from '../../platform/operations/rotate-admin-key.ts';
import { defineCommand, exitCodes, print } from './command.ts';

export const rotateAdminKeyCommand = defineCommand({
  name: 'rotate-admin-key',
  summary: "Replace the operator's key while no platform runs",
  description:
    'The new key is printed once, and kept in the file admin-key in the data folder, which only its owner can read.\n' +
    'The old key ends at once. A running platform replaces its key with POST /api/admin/key instead.',
  settings: ['dataDir', 'dbPath'],
  flags: {},
  failure: 'could not be replaced',
  async run({ config }) {
    print(await rotateAdminKey(config));
    return exitCodes.done;
  },
});
