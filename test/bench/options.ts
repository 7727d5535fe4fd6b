import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** What the command line asked for. */
export interface BenchOptions {
  /** Scenario names to run; empty = all. */
  only: string[];
  quick: boolean;
  strict: boolean;
  help: boolean;
  /** Measure only the yardsticks, for work on the bench itself. */
  yardsticksOnly: boolean;
  /** The built platform. */
  cli: string;
  maxSec: number;
}

/** Text for `--help`; the scenario list is appended. */
export const usage = `Usage: node test/bench/main.ts [options]

  --only <scenario,…>   run these scenarios only
  --quick               short smoke run: fewer miners, about a second each; the numbers mean little
  --strict              exit 1 when a target is missed
  --yardsticks-only     measure the yardsticks without the platform
  --cli <file>          the built platform (default out/main/cli.js)
  --max-sec <n>         give up after this time (default 600, with --quick 60)
  --help                show this

Prints one JSON line per scenario on stdout, a table on stderr.
Exits 1 when a scenario couldn't be completed, 2 for a wrong command line.`;

/** Reads the command line; throws a readable error for anything unknown. */
export function parseOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      quick: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      'yardsticks-only': { type: 'boolean', default: false },
      cli: { type: 'string' },
      'max-sec': { type: 'string' },
    },
  });
  const maxSec = Number(values['max-sec'] ?? (values.quick ? 60 : 600));
  if (!(maxSec > 0)) throw new Error('--max-sec must be a positive number');
  const builtCli = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url));
  return {
    only: values.only.flatMap((names) => names.split(',')).filter((name) => name !== ''),
    quick: values.quick,
    strict: values.strict,
    help: values.help,
    yardsticksOnly: values['yardsticks-only'],
    cli: values.cli === undefined ? builtCli : resolve(values.cli),
    maxSec,
  };
}
