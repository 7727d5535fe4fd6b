/** CLI flags, environment and settings file become one validated configuration, in this precedence. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  configOptions,
  configSchema,
  minSecretLength,
  publicAdminKey,
  type Config,
  type ConfigKey,
  type ConfigOption,
  type SettingOrigin,
} from '../../contract/config.ts';
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

/** A configuration, and where each of its values came from. */
export interface LoadedConfig {
  readonly config: Config;
  readonly origins: Readonly<Record<ConfigKey, SettingOrigin>>;
  /** The settings file, whether there is one or not. */
  readonly settingsPath: string;
}

interface Given {
  readonly value: unknown;
  /** How the operator named it: a flag, an environment variable, or a key of the settings file. */
  readonly source: string;
}

type GivenValues = Map<ConfigKey, Given>;

const byFlag = new Map(configOptions.map((option) => [option.flag.slice(2), option]));

/** Whether an argument is one of the flags, with or without its value. */
function isFlag(argument: string): boolean {
  return argument.startsWith('--') && byFlag.has(nameOf(argument));
}

function nameOf(argument: string): string {
  return argument.slice(2).split('=', 1)[0] as string;
}

/** Reads `--flag value`, `--flag=value`, `--switch` and `--switch=false`; collects every problem. */
function readFlags(args: readonly string[], problems: string[]): GivenValues {
  const given: GivenValues = new Map();
  let afterUnknown = false;
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] as string;
    if (!argument.startsWith('-')) {
      // What follows an unknown flag is its value: perhaps a secret, and no problem of its own.
      if (!afterUnknown) problems.push(`${argument}: is not a command or a flag; see --help`);
      afterUnknown = false;
      continue;
    }
    const name = nameOf(argument);
    const option = argument.startsWith('--') ? byFlag.get(name) : undefined;
    afterUnknown = option === undefined;
    if (!option) {
      problems.push(`${argument.split('=', 1)[0]}: is not a known flag${suggest(name)}; see --help`);
    } else if (argument.includes('=')) {
      takeFlag(option, argument.slice(argument.indexOf('=') + 1), given, problems);
    } else {
      const next = args[index + 1];
      // `--api-port --no-chain`: the next flag is no value.
      const isValue = next !== undefined && !(option.bareValue ? next.startsWith('--') : isFlag(next));
      const hasValue = option.value !== undefined && isValue;
      takeFlag(option, hasValue ? next : undefined, given, problems);
      if (hasValue) index += 1;
    }
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
  const taken = value ?? (option.value === undefined ? 'true' : option.bareValue);
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
  if (name.length < 3) return '';
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

/** Where a JSON text breaks, if the parser says so. Its own message quotes the text, which may be a secret. */
function placeOf(error: SyntaxError, text: string): string {
  const position = /at position (\d+)/.exec(error.message)?.[1];
  if (position === undefined && !error.message.includes('end of JSON')) return '';
  const lines = text.slice(0, position === undefined ? undefined : Number(position)).split('\n');
  return ` (line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1})`;
}

/**
 * What the settings file holds, as it stands there; a missing one is empty, a broken one is a problem and is never
 * reset.
 */
export function readSettingsFile(path: string, problems: string[]): Readonly<Record<string, unknown>> {
  let text = '';
  let settings: unknown;
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    settings = JSON.parse(text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A data folder that can't be one is told of where it is made.
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    problems.push(
      error instanceof SyntaxError
        ? `${path}: is not JSON${placeOf(error, text)}; it was left as it is`
        : `${path}: can't be read: ${messageOf(error)}`,
    );
    return {};
  }
  if (typeof settings === 'object' && settings !== null && !Array.isArray(settings))
    return settings as Record<string, unknown>;
  problems.push(`${path}: has to hold one JSON object`);
  return {};
}

function readSettings(
  path: string,
  settings: Readonly<Record<string, unknown>>,
  problems: string[],
): GivenValues {
  const given: GivenValues = new Map();
  for (const [key, value] of Object.entries(settings)) {
    const option = configOptions.find((candidate) => candidate.key === key);
    if (key === 'dataDir')
      problems.push(`${key} in ${path}: can't be set here; the file lies in that folder (--data-dir)`);
    else if (option) given.set(option.key, { value, source: `${key} in ${path}` });
    else problems.push(`${key} in ${path}: is not a known setting`);
  }
  return given;
}

function show(option: ConfigOption, value: unknown): string {
  return option.secret ? '' : `, not ${JSON.stringify(Array.isArray(value) ? value.join(',') : value)}`;
}

/** The settings file lies in the data folder, so it can't name that folder itself. */
function dataDirOf(given: Given | undefined): string {
  const parsed = configSchema.shape.dataDir.safeParse(given?.value);
  return parsed.success ? parsed.data : configSchema.shape.dataDir.parse(undefined);
}

function portsCollide({ apiHost, apiPort, mqttHost, mqttPort }: Config): boolean {
  const wide = ['0.0.0.0', '::'];
  const meet = apiHost === mqttHost || wide.includes(apiHost) || wide.includes(mqttHost);
  return meet && apiPort !== 0 && apiPort === mqttPort;
}

/** Secrets that can be given as text or as a file. */
const secrets = [
  { text: 'jwtSecret', file: 'jwtSecretFile', textFlag: '--jwt-secret', fileFlag: '--jwt-secret-file' },
  { text: 'adminKey', file: 'adminKeyFile', textFlag: '--admin-key', fileFlag: '--admin-key-file' },
] as const;

/** A secret that can't be had is told of now, not at the first sign-in. */
function secretProblems(config: Config): string[] {
  return secrets.flatMap(({ text, file, textFlag, fileFlag }) => {
    const path = config[file];
    if (path === undefined) return [];
    if (config[text] !== undefined) return [`${textFlag} and ${fileFlag}: give only one of them`];
    try {
      const secret = readFileSync(path, 'utf8').trim();
      if (secret === publicAdminKey)
        return [`${fileFlag}: ${path} must not hold the key that everybody knows`];
      const isShort = secret.length < minSecretLength;
      return isShort ? [`${fileFlag}: ${path} must hold at least ${minSecretLength} characters`] : [];
    } catch (error) {
      return [`${fileFlag}: ${path} can't be read: ${messageOf(error)}`];
    }
  });
}

/** The settings file of a start: `settings.json` in the data folder, which flag or environment name. */
export function settingsPathOf(sources: ConfigSources): string {
  const given =
    readFlags(sources.args, []).get('dataDir') ?? readEnvironment(sources.environment).get('dataDir');
  return join(dataDirOf(given), 'settings.json');
}

/**
 * Builds the configuration: flag before environment before settings file (`settings.json` in the data folder)
 * before default.
 *
 * @param settings what the settings file would hold; what it holds unless given
 * @throws ConfigError with every problem at once
 */
export function loadSettings(
  sources: ConfigSources,
  settings?: Readonly<Record<string, unknown>>,
): LoadedConfig {
  const problems: string[] = [];
  const flags = readFlags(sources.args, problems);
  const variables = readEnvironment(sources.environment);
  const settingsPath = settingsPathOf(sources);
  const inFile = readSettings(settingsPath, settings ?? readSettingsFile(settingsPath, problems), problems);
  const config: Record<string, unknown> = {};
  const origins: Partial<Record<ConfigKey, SettingOrigin>> = {};
  for (const option of configOptions) {
    const { key, schema, flag } = option;
    const origin = originOf(key, { flag: flags, environment: variables, file: inFile });
    const given = { flag: flags, environment: variables, file: inFile, default: undefined }[origin]?.get(key);
    origins[key] = origin;
    const parsed = schema.safeParse(given?.value);
    if (parsed.success) config[key] = parsed.data;
    else {
      const reason = [...new Set(parsed.error.issues.map((issue) => issue.message))].join('; ');
      const shown = given?.source.startsWith('--') ? flag : `${given?.source} (${flag})`;
      problems.push(`${shown}: ${reason}${show(option, given?.value)}`);
    }
  }
  if (problems.length === 0 && portsCollide(config as Config))
    problems.push('--api-port and --mqtt-port: must not be the same port');
  if (problems.length === 0) problems.push(...secretProblems(config as Config));
  if (problems.length > 0) throw new ConfigError(problems);
  return { config: config as Config, origins: origins as LoadedConfig['origins'], settingsPath };
}

/** The configuration alone. @throws ConfigError with every problem at once */
export function loadConfig(sources: ConfigSources): Config {
  return loadSettings(sources).config;
}

function originOf(
  key: ConfigKey,
  given: Readonly<Record<Exclude<SettingOrigin, 'default'>, GivenValues>>,
): SettingOrigin {
  return (['flag', 'environment', 'file'] as const).find((origin) => given[origin].has(key)) ?? 'default';
}
