/** The text of `--help`, from the same table that validates. */
import { configOptions } from '../contract/config.ts';
import { version } from '../platform/version.ts';
import { commands } from './commands/index.ts';
import { describeFlag, helpFlag, inColumns } from './flag-description.ts';

/** Usage, every command, every flag with its default, and where else settings come from. */
export function helpText(): string {
  const groups = [...new Set(configOptions.map(({ group }) => group))];
  const sections = groups.map((group) => {
    const lines = configOptions
      .filter((option) => option.group === group)
      .map((option) =>
        describeFlag({ ...option, defaultText: option.value === undefined ? 'off' : option.defaultText }),
      );
    if (group === 'Program')
      lines.push(
        describeFlag(helpFlag),
        describeFlag({ flag: '--version', description: 'Show the version' }),
      );
    return `${group}\n${lines.join('\n')}`;
  });
  return [
    `XenBlocks control center ${version}: the MQTT broker, REST and WebSocket API and storage of a mining farm.`,
    'Usage: xenblocks [flags]\n       xenblocks <command> [flags]',
    `Commands (each has its own --help)\n${commands.map(({ name, summary }) => inColumns(name, summary)).join('\n')}`,
    ...sections,
    'Each flag has an environment variable: --api-port is XENBLOCKS_API_PORT. A flag wins over the environment,\n' +
      'the environment over settings.json in the data folder (keys like "apiPort"), that over the default in [ ].',
    'Exit codes: 0 stopped as asked, 1 could not start or failed, 2 wrong flags or settings.\n',
  ].join('\n\n');
}
