import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../src-main/cli/commands/index.ts';
import { configOptions } from '../src-main/contract/config.ts';

const top = join(import.meta.dirname, '..');
const readme = readFileSync(join(top, 'README.md'), 'utf8');

function settingsPage(): string {
  const groups = [...new Set(configOptions.map(({ group }) => group))];
  const tables = groups.map((group) => {
    const rows = configOptions
      .filter((option) => option.group === group)
      .map(({ flag, value, environmentName, defaultText, description }) => {
        const usage = `${flag}${value === undefined ? '' : ` <${value.replaceAll('|', '\\|')}>`}`;
        return `| \`${usage}\` | \`${environmentName}\` | ${defaultText === '' ? '' : `\`${defaultText}\``} | ${description} |`;
      });
    return `## ${group}\n\n| flag | environment | default | what it does |\n| --- | --- | --- | --- |\n${rows.join('\n')}`;
  });
  return [
    '# Settings',
    'A flag wins over the environment, the environment over `settings.json` in the data folder (keys like `apiPort`), ' +
      'and that over the default. All wrong values are reported at once, and nothing starts.',
    'While the platform runs, `GET /api/admin/settings` tells every value and where it comes from (of secrets only whether ' +
      'they are set), and `PUT /api/admin/settings` with `{"changes": {"maxWorkers": 500, "difficulty": null}}` writes to ' +
      '`settings.json`, all or nothing: the whole configuration is checked first. Null takes a setting out. The file is made ' +
      'when there is none, and only its owner can read it. What a flag or the environment gives is refused there, because ' +
      'it would win. `POST /api/admin/restart` starts the platform again in the same process with what the file says; where ' +
      'it does not start so (a port is taken), it goes on as before, and `last_error` says why.',
    ...tables,
    '',
  ].join('\n\n');
}

test('docs/settings.md lists every setting with its default', async () => {
  await expect(settingsPage()).toMatchFileSnapshot('../docs/settings.md');
});

test('the program runs with the flags with which it is measured', () => {
  const { config, scripts } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as {
    config: { nodeFlags: string };
    scripts: Record<string, string>;
  };
  expect(scripts['start']).toBe(`node ${config.nodeFlags} out/main/start.js`);
  expect(scripts['headless']).toBe(`node ${config.nodeFlags} out/main/cli.js --headless`);
});

test('the README names no flag and no npm script that does not exist', () => {
  const flags = new Set([
    ...configOptions.map(({ flag }) => flag),
    ...commands.flatMap((command) => command.flags),
    '--version',
  ]);
  const { scripts } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as { scripts: object };
  const named = [...readme.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([flag]) => flag);
  const run = [...readme.matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1]!);
  expect(named.filter((flag) => !flags.has(flag))).toEqual([]);
  expect(run.filter((script) => !(script in scripts))).toEqual([]);
});
