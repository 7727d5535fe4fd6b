/** CLI flags, environment and settings file become one validated configuration, in this precedence. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { configOptions, type Config, type ConfigKey, type ConfigOption } from '../../contract/config.ts';
import { messageOf } from '../kernel/app-error.ts';

export interface ConfigSources {
  /** The arguments after the program's name. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** All that is wrong with the configuration, each with the name under which it was given. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

interface Given {
  readonly value: unknown;
  /** How the operator named it: a flag, an environment variable, or a key of the settings file. */
  readonly source: string;
}

type GivenValues = Map<ConfigKey, Given>;

const byFlag = new Map(configOptions.map((option) => [option.flag.slice(2), option]));

/** Reads `--flag value`, `--flag=value`, `--switch` and `--no-switch=false`; collects every problem. */
function readFlags(args: readonly string[], problems: string[]): GivenValues {
  const given: GivenValues = new Map();
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      configOptions.map(({ flag, value }) => [
        flag.slice(2),
        { type: value ? 'string' : 'boolean', multiple: true },
      ]),
    ),
  });
  for (const token of tokens) {
    if (token.kind === 'positional') problems.push(`${token.value}: is not a command or a flag; see --help`);
    if (token.kind !== 'option') continue;
    const option = byFlag.get(token.name);
    if (option) takeFlag(option, token.value, given, problems);
    else problems.push(`${token.rawName}: is not a known flag${suggest(token.name)}; see --help`);
  }
  return given;
}

function takeFlag(
  option: ConfigOption,
  value: string | undefined,
  given: GivenValues,
  problems: string[],
): void {
  const { flag, key, repeatable } = option;
  const bare = option.value === undefined ? 'true' : option.bareValue;
  // `--api-port --no-chain`: the next flag is no value.
  const missing =
    value === undefined || (value.startsWith('--') && byFlag.has(value.slice(2).split('=')[0] as string));
  const taken = missing ? bare : value;
  if (taken === undefined) return void problems.push(`${flag}: needs a value (${option.value})`);
  const before = given.get(key);
  if (repeatable)
    given.set(key, {
      value: [...((before?.value as string[] | undefined) ?? []), ...taken.split(',')],
      source: flag,
    });
  else if (before) problems.push(`${flag}: is given twice`);
  else given.set(key, { value: taken, source: flag });
}

function suggest(name: string): string {
  const close = [...byFlag.keys()].find(
    (flag) => flag.startsWith(name) || flag.replaceAll('-', '') === name.replaceAll('-', ''),
  );
  return close === undefined ? '' : ` (did you mean --${close}?)`;
}

function readEnvironment(environment: ConfigSources['environment']): GivenValues {
  const given: GivenValues = new Map();
  for (const { key, environmentName } of configOptions) {
    const value = environment[environmentName];
    if (value !== undefined && value !== '') given.set(key, { value, source: environmentName });
  }
  return given;
}

/** The settings file; a missing one is empty, a broken one is a problem and is never reset. */
function readSettings(path: string, problems: string[]): GivenValues {
  const given: GivenValues = new Map();
  let settings: unknown;
  try {
    settings = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return given;
    problems.push(`${path}: can't be read as JSON: ${messageOf(error)}`);
    return given;
  }
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    problems.push(`${path}: has to hold one JSON object`);
    return given;
  }
  for (const [key, value] of Object.entries(settings)) {
    const option = configOptions.find((candidate) => candidate.key === key);
    if (option) given.set(option.key, { value, source: `${key} in ${path}` });
    else problems.push(`${key} in ${path}: is not a known setting`);
  }
  return given;
}

function show(option: ConfigOption, value: unknown): string {
  return option.secret ? '' : `, not ${JSON.stringify(value)}`;
}

/** The settings file lies in the data folder, so it can't name that folder itself. */
function dataDirOf(given: Given | undefined): string {
  return typeof given?.value === 'string' ? given.value : 'data';
}

/**
 * Builds the configuration: flag before environment before settings file (`settings.json` in the data folder)
 * before default.
 *
 * @throws ConfigError with every problem at once
 */
export function loadConfig({ args, environment }: ConfigSources): Config {
  const problems: string[] = [];
  const flags = readFlags(args, problems);
  const variables = readEnvironment(environment);
  const dataDir = dataDirOf(flags.get('dataDir') ?? variables.get('dataDir'));
  const settings = readSettings(join(dataDir, 'settings.json'), problems);
  const config: Record<string, unknown> = {};
  for (const option of configOptions) {
    const given = flags.get(option.key) ?? variables.get(option.key) ?? settings.get(option.key);
    const parsed = option.schema.safeParse(given?.value);
    if (parsed.success) config[option.key] = parsed.data;
    else {
      const reason = [...new Set(parsed.error.issues.map((issue) => issue.message))].join('; ');
      const shown = given?.source.startsWith('--') ? option.flag : `${given?.source} (${option.flag})`;
      problems.push(`${shown}: ${reason}${show(option, given?.value)}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config as Config;
}
