/** Logs: one line an event on stdout, in the earlier platform's format or as JSON, without secrets. */
import type { LogModule } from '../../contract/config.ts';
import { pino, type Logger as PinoLogger } from 'pino';

/** A module's logger. Fields come first, the sentence second, as in pino. */
export type Logger = Pick<
  PinoLogger,
  'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'isLevelEnabled'
>;

/** Makes the logger of a module; the same name gets the same level. */
export interface LoggerFactory {
  module(name: LogModule): Logger;
}

export interface LoggerOptions {
  /** `info`, or with levels of single modules: `info,broker=debug`. */
  readonly level: string;
  readonly format: 'text' | 'json';
  /** Takes whole lines that end with a line feed. */
  readonly write: (line: string) => void;
}

const redactedPaths = [
  'password',
  'secret',
  'jwtSecret',
  'token',
  'apiKey',
  'api_key',
  'authorization',
  'signature',
];

/** Level words of the earlier platform's log lines. */
const levelWords: Record<number, string> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARNING',
  50: 'ERROR',
  60: 'CRITICAL',
};

const recordFields = new Set(['time', 'level', 'module', 'msg', 'err']);

interface LogRecord {
  readonly time: number;
  readonly level: number;
  readonly module?: string;
  readonly msg?: string;
  readonly err?: { readonly stack?: string; readonly message?: string };
}

function toText(record: LogRecord): string {
  const time = new Date(record.time).toTimeString().slice(0, 8);
  const moduleName = (record.module ?? '').padEnd(10);
  const fields = Object.entries(record)
    .filter(([name]) => !recordFields.has(name))
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? quote(value) : JSON.stringify(value)}`);
  const error = record.err;
  const trace = error ? (error.stack ?? error.message ?? '').split('\n') : [];
  const line = `${time} [${moduleName}] ${levelWords[record.level] ?? ''} ${record.msg ?? ''}${fields.join('')}`;
  return `${[line, ...trace.map((entry) => `  ${entry}`)].map(visible).join('\n')}\n`;
}

/** Controls, line separators and what turns the direction of writing. */
// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const invisible = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text from outside never breaks a line, colours it or forges another one. */
function visible(text: string): string {
  return text.replace(invisible, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function quote(value: string): string {
  return /^[\w.:/@+-]+$/.test(value) ? value : JSON.stringify(value);
}

/** Creates the process's logger. Secrets are redacted by field name, one level deep. */
export function createLogger(options: LoggerOptions): LoggerFactory {
  const [level = 'info', ...moduleLevels] = options.level.split(',');
  const levels = new Map(moduleLevels.map((entry) => entry.split('=') as [string, string]));
  const destination = {
    write: (line: string) =>
      options.write(options.format === 'json' ? line : toText(JSON.parse(line) as LogRecord)),
  };
  const root = pino(
    {
      level,
      base: null,
      redact: {
        paths: [...redactedPaths, ...redactedPaths.map((path) => `*.${path}`)],
        censor: '[redacted]',
      },
    },
    destination,
  );
  return {
    module: (name) => root.child({ module: name }, { level: levels.get(name) ?? level }),
  };
}
