/** The headless command: starts the platform, stops it on a signal, and decides the exit code. */
import { ConfigStore } from '../platform/config/config-store.ts';
import { ConfigError } from '../platform/config/load-config.ts';
import { messageOf, StartupError } from '../platform/kernel/app-error.ts';
import { createLogger, type Logger } from '../platform/kernel/logger.ts';
import { createPlatform, type Platform } from '../platform/platform.ts';
import { version } from '../platform/version.ts';
import { bannerText, readyRecord } from './banner.ts';
import { commands } from './commands/index.ts';
import { helpText } from './help.ts';
import { watchNpm } from './watch-npm.ts';

const exitFailed = 1;
const exitWrongUsage = 2;

/** A stop that takes longer than this is ended. */
const maxStopMs = 8000;

function readSettings(args: readonly string[]): ConfigStore | undefined {
  try {
    return new ConfigStore({ args, environment: process.env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.problems.join('\n')}\nNothing was started. --help shows every flag.\n`);
    process.exitCode = exitWrongUsage;
    return undefined;
  }
}

function refuseCommand(name: string): void {
  const known = commands.map((command) => command.name).join(', ');
  process.stderr.write(`${name}: is not a command; the commands are ${known}. --help shows all.\n`);
  process.exitCode = exitWrongUsage;
}

/** Runs a command, or says how; returns when it is done, and ends the process. For what has an event loop of its own. */
export async function runToEnd(args: readonly string[]): Promise<never> {
  await run(args);
  // What was written to a pipe has to arrive first.
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))),
  );
  process.exit();
}

/** Runs the program with its arguments. Returns when it has started (or has not). */
export async function run(args: readonly string[]): Promise<void> {
  // A reader of our output that went away (`| head`) is no reason to fall.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const command = commands.find(({ name }) => name === args[0]);
  if (command) return void (process.exitCode = await command.run(args.slice(1)));
  if (args[0] !== undefined && !args[0].startsWith('-')) return refuseCommand(args[0]);
  if (args.includes('--help') || args.includes('-h')) return void process.stdout.write(helpText());
  if (args.includes('--version')) return void process.stdout.write(`${version}\n`);
  const settings = readSettings(args);
  if (!settings) return;
  const { config } = settings.inForce;
  const loggers = createLogger({
    level: config.logLevel,
    format: config.logFormat,
    write: (line) => void process.stdout.write(line),
  });
  const logger = loggers.module('server');
  const starting = new AbortController();
  const platform = createPlatform(config, {
    loggers,
    settings,
    signal: starting.signal,
    onLost(error) {
      logger.fatal({ err: error }, `could not start again: ${messageOf(error)}`);
      process.exit(exitFailed);
    },
  });
  const life = watchLife(platform, logger, starting);
  try {
    const addresses = await platform.start();
    process.stdout.write(
      config.logFormat === 'json'
        ? readyRecord(addresses)
        : bannerText(config, addresses, process.stdout.isTTY),
    );
    if (config.access === 'open')
      logger.warn('access is open: anyone who reaches this machine may do anything');
    life.started();
  } catch (error) {
    const asked = life.stopAsked;
    if (error instanceof StartupError) process.stderr.write(`${error.message}\n`);
    else logger.fatal({ err: error }, `could not start: ${messageOf(error)}`);
    process.exit(asked ?? exitFailed);
  }
}

/** Signals and uncaught errors: flush, close, exit; a second signal exits at once. */
function watchLife(
  platform: Platform,
  logger: Logger,
  starting: AbortController,
): { started(): void; readonly stopAsked: number | undefined } {
  let isStarted = false;
  let stopAsked: number | undefined;

  const stop = async (exitCode: number) => {
    if (stopAsked !== undefined) process.exit(exitCode === 0 ? exitFailed : exitCode);
    stopAsked = exitCode;
    setTimeout(() => {
      logger.fatal('the stop took too long');
      process.exit(exitFailed);
    }, maxStopMs).unref();
    if (!isStarted) return starting.abort();
    try {
      await platform.stop();
    } catch (error) {
      logger.fatal({ err: error }, `the stop failed: ${messageOf(error)}`);
      exitCode = exitFailed;
    }
    if (exitCode === 0) logger.info('stopped');
    process.exit(exitCode);
  };

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      logger.info(`${signal}: stopping`);
      void stop(0);
    });
  }
  watchNpm(() => {
    if (stopAsked !== undefined) return;
    logger.info('npm ended: stopping');
    void stop(0);
  });
  const die = (error: unknown) => {
    logger.fatal({ err: error }, `uncaught: ${messageOf(error)}`);
    void stop(exitFailed);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  return {
    get stopAsked() {
      return stopAsked;
    },
    started() {
      isStarted = true;
      const exitCode = stopAsked;
      stopAsked = undefined;
      if (exitCode !== undefined) void stop(exitCode);
    },
  };
}
