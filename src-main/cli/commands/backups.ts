import type { Backup } from '../../contract/domain/backup.ts';
import { listBackups, verifyBackups } from '../../platform/operations/backups.ts';
import { showPhases } from '../progress.ts';
import { defineCommand, exitCodes, print } from './command.ts';

const mebibyte = 1024 * 1024;

function toLine({ name, size_bytes: bytes, trigger, verification }: Backup): string {
  const verdict = verification === null ? 'not verified' : verification.ok ? 'ok' : 'WRONG';
  const problems = verification && !verification.ok ? `  ${verification.problems.join('; ')}` : '';
  const size = `${(bytes / mebibyte).toFixed(1)} MiB`.padStart(12);
  return `${name.padEnd(48)}${size}  ${trigger.padEnd(15)}${verdict}${problems}`;
}

export const backupsCommand = defineCommand({
  name: 'backups',
  summary: 'List the backups, or verify them again',
  description: 'Newest first, with what their last verification found.',
  settings: ['dataDir', 'backupDir'],
  flags: {
    verify: { value: 'name|all', description: 'Verify one of them, or all, before they are listed' },
    json: { description: 'Print the list as JSON' },
  },
  failure: 'one of those that were verified is wrong',
  async run(input) {
    const name = input.flag('verify');
    const progress = showPhases();
    const verified =
      name === undefined
        ? []
        : await verifyBackups(input.config, name === 'all' ? undefined : name, {
            signal: input.signal,
            onProgress: (phase, share) => progress.update(phase, share),
          }).finally(() => progress.stop());
    const { backups, folder } = await listBackups(input.config);
    if (input.flag('json') !== undefined) print(JSON.stringify(backups));
    else if (backups.length === 0) print(`There are no backups in ${folder}.`);
    else print([folder, ...backups.map(toLine)].join('\n'));
    return verified.every(({ verification }) => verification?.ok === true)
      ? exitCodes.done
      : exitCodes.failed;
  },
});
