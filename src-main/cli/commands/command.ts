/** Sub-commands: `xenblocks <name> [flags]`. One table a command gives its parsing, its `--help` and its errors. */
import { parseArgs } from 'node:util';
import { configOptions, type Config, type ConfigKey, type ConfigOption } from '../../contract/config.ts';
import { ConfigError, loadConfig } from '../../platform/config/load-config.ts';
import { AppError, messageOf, StartupError } from '../../platform/kernel/app-error.ts';
import { describeFlag, helpFlag, inColumns, type FlagDescription } from '../flag-description.ts';
import { watchNpm } from '../watch-npm.ts';

/** What a sub-command ends with: done, failed (or what was checked is not right), wrong flags, stopped by Ctrl-C. */
export const exitCodes = { done: 0, failed: 1, wrongUsage: 2, interrupted: 130 } as const;

/** One sub-command. */
export interface Command {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** All that it takes, with their dashes. */
  readonly flags: readonly string[];
  /**
   * Runs with the arguments after its name, `--help` included.
   *
   * @returns the exit code: 0 done, 1 failed (or what was checked is not right), 2 wrong usage, 130 interrupted
   */
  run(args: readonly string[]): Promise<number>;
}

/** A flag of a command, beside the platform's settings; without `value` it is a switch. */
export type CommandFlag = Omit<FlagDescription, 'flag' | 'defaultText'>;

/** Both are allowed. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** What a command gets. */
export interface CommandInput<Flag extends string> {
  /** The platform's settings as a start would see them: flags of this call, environment, settings file. */
  readonly config: Config;
  /** The value of a flag, `''` for a switch; undefined when it was not given. */
  flag(name: Flag): string | undefined;
  /** What stands behind the name without a flag. */
  readonly argument: string | undefined;
  /**
   * The value of a flag as a number, with up to six decimals.
   *
   * @throws UsageError when it is none, or out of bounds
   */
  number(name: Flag, bounds: Bounds): number | undefined;
  /** The same for a number without decimals. */
  wholeNumber(name: Flag, bounds: Bounds): number | undefined;
  /**
   * Aborted by the first Ctrl-C or SIGTERM: long work ends soon, and leaves nothing half done. What it throws then is
   * taken as an interruption; a second signal ends the process at once.
   */
  readonly signal: AbortSignal;
}

export interface CommandDefinition<Flag extends string> {
  readonly name: string;
  readonly summary: string;
  /** Sentences under the summary in the command's own `--help`. */
  readonly description: string;
  /** Settings of the platform that it takes as flags. */
  readonly settings: readonly ConfigKey[];
  /** Flags of its own by their name without dashes. */
  readonly flags: Readonly<Record<Flag, CommandFlag>>;
  /** What stands behind the name without a flag; absent: nothing may. */
  readonly argument?: { readonly value: string; readonly description: string };
  /** What exit code 1 means. */
  readonly failure: string;
  /**
   * Does it; what it prints goes to stdout.
   *
   * @returns the exit code
   * @throws UsageError, StartupError, AppError: their message is printed in one line
   */
  run(input: CommandInput<Flag>): Promise<number>;
}

/** A flag has a value that the command can't use; the message names the flag. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Prints text for people or programs, with its line feed. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Makes a command of its definition. */
export function defineCommand<Flag extends string>(definition: CommandDefinition<Flag>): Command {
  const { name, summary } = definition;
  return {
    name,
    summary,
    flags: flagsOf(definition).map(({ flag }) => flag),
    async run(args) {
      if (args.includes('--help') || args.includes('-h')) {
        print(commandHelp(definition));
        return exitCodes.done;
      }
      const interruption = watchInterruption();
      const { signal } = interruption;
      try {
        return await definition.run({ ...readInput(definition, args), signal });
      } catch (error) {
        if (!signal.aborted) return fail(name, error);
        process.stderr.write(`${name}: interrupted; nothing was left half done.\n`);
        return exitCodes.interrupted;
      } finally {
        interruption.end();
      }
    },
  };
}

/** The first signal asks, the second ends the process. */
function watchInterruption(): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort(new Error('interrupted'));
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const name of signals) process.on(name, interrupt);
  const unwatchNpm = watchNpm(interrupt);
  return {
    signal: controller.signal,
    end() {
      unwatchNpm();
      for (const name of signals) process.off(name, interrupt);
    },
  };
}

function fail(name: string, error: unknown): number {
  if (error instanceof ConfigError || error instanceof UsageError) {
    process.stderr.write(`${error.message}\nNothing was done. xenblocks ${name} --help shows every flag.\n`);
    return exitCodes.wrongUsage;
  }
  const isExpected = error instanceof StartupError || error instanceof AppError;
  const reason = messageOf(error).replace(/\s+/g, ' ');
  process.stderr.write(isExpected ? `${reason}\n` : `${name} failed: ${reason}\n`);
  return exitCodes.failed;
}

function settingsOf(definition: Pick<CommandDefinition<string>, 'settings'>): ConfigOption[] {
  return configOptions.filter(({ key }) => definition.settings.includes(key));
}

function readInput<Flag extends string>(
  definition: CommandDefinition<Flag>,
  args: readonly string[],
): Omit<CommandInput<Flag>, 'signal'> {
  const settings = settingsOf(definition);
  const own = Object.entries<CommandFlag>(definition.flags);
  const isText = (value: string | undefined) => (value === undefined ? 'boolean' : 'string');
  const options = Object.fromEntries([
    ...own.map(([flag, { value }]) => [flag, { type: isText(value) }] as const),
    ...settings.map(({ flag, value }) => [flag.slice(2), { type: isText(value) }] as const),
  ]);
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const given = new Map<string, string>();
  const problems: string[] = [];
  let argument: string | undefined;
  let isAfterUnknown = false;
  for (const token of tokens) {
    // What follows an unknown flag is its value: perhaps a secret, and no problem of its own.
    if (token.kind === 'positional' && !isAfterUnknown && definition.argument && argument === undefined)
      argument = token.value;
    else if (token.kind === 'positional' && !isAfterUnknown)
      problems.push(`${token.value}: is not a flag of ${definition.name}`);
    isAfterUnknown = false;
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    const option = options[name];
    isAfterUnknown = option === undefined;
    if (!option) problems.push(`${rawName}: is not a flag of ${definition.name}`);
    else if (given.has(name)) problems.push(`${rawName}: is given twice`);
    else if (option.type === 'string' && (value === undefined || value === ''))
      problems.push(`${rawName}: needs a value`);
    else given.set(name, value ?? '');
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  const configArgs = settings.flatMap(({ flag, value }) => {
    const text = given.get(flag.slice(2));
    return text === undefined ? [] : [value === undefined ? flag : `${flag}=${text}`];
  });
  const config = loadConfig({ args: configArgs, environment: process.env });
  return {
    config,
    argument,
    flag: (name) => given.get(name),
    number(name, bounds) {
      const text = given.get(name);
      return text === undefined ? undefined : toNumber(name, text, bounds);
    },
    wholeNumber(name, bounds) {
      const text = given.get(name);
      const value = text === undefined ? undefined : toNumber(name, text, bounds);
      if (value === undefined || Number.isInteger(value)) return value;
      throw new UsageError(
        `--${name}: must be a whole number from ${bounds.min} to ${bounds.max}, not "${value}"`,
      );
    },
  };
}

function toNumber(name: string, text: string, { min, max }: Bounds): number {
  const value = Number(text);
  if (/^\d{1,15}(\.\d{1,6})?$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`--${name}: must be a number from ${min} to ${max}, not "${text}"`);
}

function flagsOf(definition: CommandDefinition<string>): FlagDescription[] {
  const own = Object.entries(definition.flags).map(([name, flag]) => ({ ...flag, flag: `--${name}` }));
  return [...own, ...settingsOf(definition), helpFlag];
}

function commandHelp(definition: CommandDefinition<string>): string {
  return [
    `Usage: xenblocks ${definition.name} [flags]${definition.argument ? ` <${definition.argument.value}>` : ''}`,
    `${definition.summary}.\n${definition.description}`,
    ...(definition.argument
      ? [inColumns(`<${definition.argument.value}>`, definition.argument.description)]
      : []),
    `Flags\n${flagsOf(definition).map(describeFlag).join('\n')}`,
    `Exit codes: 0 done, 1 ${definition.failure}, 2 wrong flags or settings, 130 interrupted.`,
  ].join('\n\n');
}
