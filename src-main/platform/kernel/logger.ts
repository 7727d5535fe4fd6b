/** Logs: one line an event on stdout, in the earlier platform's format or as JSON, without secrets. */
import type { LogModule } from '../../contract/config.ts';
import { pino, type Logger as PinoLogger } from 'pino';
import { LogBuffer } from './log-buffer.ts';

/** A module's logger. Fields come first, the sentence second, as in pino. */
export type Logger = Pick<
  PinoLogger,
  'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'isLevelEnabled'
>;

/** Makes the logger of a module; the same name gets the same logger. */
export interface LoggerFactory {
  module(name: LogModule): Logger;
  /** The newest lines, without secrets. */
  readonly recent: LogBuffer;
  /** From now on, for the loggers that were made before, too. */
  configure(options: Pick<LoggerOptions, 'level' | 'format'>): void;
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

const recordHead = new Set(['time', 'level', 'module', 'msg']);

/** A line as pino writes it. */
export interface LogRecord {
  readonly time: number;
  readonly level: number;
  readonly module?: string;
  readonly msg?: string;
  readonly err?: { readonly stack?: string; readonly message?: string };
}

/** What a record holds beside its time, level, module and sentence; an error is `err`. */
export function fieldsOf(record: LogRecord): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !recordHead.has(name)));
}

/**
 * A record for people: a line, and below it the stack of its error, if it has one.
 *
 * @param withDate where the lines of several days stand together
 */
export function toText(record: LogRecord, withDate = false): string {
  const at = new Date(record.time);
  const time = at.toTimeString().slice(0, 8);
  const date = withDate ? `${at.toLocaleDateString('sv-SE')} ` : '';
  const moduleName = (record.module ?? '').padEnd(10);
  const { err: error, ...fields } = fieldsOf(record) as { err?: LogRecord['err'] };
  const shown = Object.entries(fields).map(
    ([name, value]) => ` ${name}=${typeof value === 'string' ? quote(value) : JSON.stringify(value)}`,
  );
  const trace = error ? (error.stack ?? error.message ?? '').split('\n') : [];
  const line = `${date}${time} [${moduleName}] ${levelWords[record.level] ?? ''} ${record.msg ?? ''}${shown.join('')}`;
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

/** `info,broker=debug` as the level of all modules, and those of single ones. */
function parseLevels(text: string): { level: string; ofModule: (name: string) => string } {
  const [level = 'info', ...moduleLevels] = text.split(',');
  const levels = new Map(moduleLevels.map((entry) => entry.split('=') as [string, string]));
  return { level, ofModule: (name) => levels.get(name) ?? level };
}

/** Creates the process's logger. Secrets are redacted by field name, one level deep. */
export function createLogger(options: LoggerOptions): LoggerFactory {
  let { format } = options;
  let levels = parseLevels(options.level);
  const recent = new LogBuffer();
  const destination = {
    write(line: string) {
      recent.add(line);
      options.write(format === 'json' ? line : toText(JSON.parse(line) as LogRecord));
    },
  };
  const root = pino(
    {
      level: levels.level,
      base: null,
      redact: {
        paths: [...redactedPaths, ...redactedPaths.map((path) => `*.${path}`)],
        censor: '[redacted]',
      },
    },
    destination,
  );
  const modules = new Map<LogModule, PinoLogger>();
  return {
    recent,
    module(name) {
      const known = modules.get(name);
      if (known) return known;
      const logger = root.child({ module: name }, { level: levels.ofModule(name) });
      modules.set(name, logger);
      return logger;
    },
    configure(changed) {
      format = changed.format;
      levels = parseLevels(changed.level);
      for (const [name, logger] of modules) logger.level = levels.ofModule(name);
    },
  };
}
