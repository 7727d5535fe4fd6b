import { selfCheckNames, selfCheckStates, type SelfCheckReport } from '../../contract/domain/self-check.ts';
import { checkPlatform } from '../../platform/operations/self-check.ts';
import { defineCommand, exitCodes, print } from './command.ts';

const verdicts = {
  ok: 'The platform works.',
  warning: 'The platform works; look at the warnings.',
  failed: 'The platform does NOT work as it should.',
} as const;

const widthOf = (words: readonly string[]) => Math.max(...words.map(({ length }) => length)) + 2;
const stateWidth = widthOf(selfCheckStates);
const nameWidth = widthOf(selfCheckNames);

function toText({ state, checks, duration_ms: durationMs }: SelfCheckReport): string {
  return [
    ...checks.flatMap(({ name, state: found, detail, advice }) => [
      `${found.padEnd(stateWidth)}${name.padEnd(nameWidth)}${detail}`,
      ...(advice === '' ? [] : [`${' '.repeat(stateWidth + nameWidth)}${advice}`]),
    ]),
    `${verdicts[state]} ${checks.length} checks took ${Math.round(durationMs / 100) / 10} s.`,
  ].join('\n');
}

export const selfCheckCommand = defineCommand({
  name: 'self-check',
  summary: 'Let the platform that runs try itself, and print what each check found',
  description:
    'Ports, broker, live feed, clock, disk, writing, database, ledger, backup and event loop, as on the self-check page;\n' +
    'takes up to half a minute. The platform is the one that runs with these settings.',
  settings: ['dataDir', 'apiHost', 'apiPort', 'adminKeyFile'],
  flags: { json: { description: 'Print the report as JSON' } },
  failure: 'a check failed (warnings are no failure), or no platform answered',
  async run(input) {
    const report = await checkPlatform(input.config, input.signal);
    print(input.flag('json') === undefined ? toText(report) : JSON.stringify(report));
    return report.state === 'failed' ? exitCodes.failed : exitCodes.done;
  },
});
