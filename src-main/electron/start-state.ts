/** What the start page shows: the state of the platform in the words of a person, with what can be done. */
import { createServer } from 'node:net';
import type { StartFailure, StartState, StartWords } from '../contract/ipc/start-page.ts';
import { ConfigError } from '../platform/config/load-config.ts';
import { DatabaseProblem, messageOf } from '../platform/kernel/app-error.ts';
import { PortTaken } from '../platform/kernel/listen.ts';
import type { LogBuffer } from '../platform/kernel/log-buffer.ts';
import { toText, type LogRecord } from '../platform/kernel/logger.ts';
import { listBackups } from '../platform/operations/backups.ts';
import { localHost, type PlatformHost } from './platform-host.ts';
import { wordsOf, type SpokenLanguage, type Words } from './words.ts';

/** So many lines of the log are shown, and so many backups. */
const maxLogLines = 40;
const maxBackups = 5;

/** How long something at a taken port has to answer. */
const existingWithinMs = 1500;

/** Ports above the taken one that are tried before any free one is taken. */
const portsTried = 20;

/** While nothing is known yet. */
export function describeStart(language: SpokenLanguage): StartState {
  return { kind: 'starting', language, sentence: wordsOf(language).start.starting };
}

/** Everything about a failed start. */
export async function describeFailure(
  error: unknown,
  host: PlatformHost,
  log: LogBuffer,
  language: SpokenLanguage,
): Promise<StartFailure> {
  const texts = wordsOf(language).start;
  const failed = (failure: StartFailure['failure'], more: Partial<StartFailure> = {}): StartFailure => ({
    kind: 'failed',
    language,
    failure,
    words: buttonWords(texts, failure, more.freePort ?? null),
    problems: problemsOf(error),
    freePort: null,
    existing: '',
    backups: [],
    log: newestLines(log),
    dataFolder: host.dataFolder,
    ...more,
  });
  if (error instanceof PortTaken) {
    const config = host.settings?.inForce.config;
    const isApi = error.flag === '--api-port';
    const listenHost = (isApi ? config?.apiHost : config?.mqttHost) ?? '127.0.0.1';
    const canChange = host.settings?.overrideOf(isApi ? 'apiPort' : 'mqttPort') === undefined;
    return failed('port_taken', {
      problems: [isApi ? texts.apiPortTaken(error.port) : texts.mqttPortTaken(error.port)],
      freePort: canChange ? await findFreePort(listenHost, error.port + 1) : null,
      existing: isApi ? await findExisting(listenHost, error.port) : '',
    });
  }
  if (error instanceof ConfigError) return failed('settings');
  if (error instanceof DatabaseProblem) return failed('database', { backups: await backupsOf(host) });
  return failed('other');
}

function buttonWords(
  texts: Words['start'],
  failure: StartFailure['failure'],
  freePort: number | null,
): StartWords {
  const isBroken = failure === 'renderer';
  return {
    title: texts.titles[failure],
    usePort: freePort === null ? '' : texts.usePort(freePort),
    openExisting: isBroken ? texts.openInBrowser : texts.openExisting,
    retry: isBroken ? texts.reopen : texts.retry,
    showLog: texts.showLog,
    showDataFolder: texts.showDataFolder,
    quit: texts.quit,
    backups: texts.backups,
    backupsHint: texts.backupsHint,
    restore: texts.restore,
    log: texts.log,
  };
}

/** The page of the dashboard ended by itself, again and again. */
export function describeBrokenPage(
  reason: string,
  host: PlatformHost,
  log: LogBuffer,
  language: SpokenLanguage,
): StartFailure {
  const texts = wordsOf(language).start;
  return {
    kind: 'failed',
    language,
    failure: 'renderer',
    words: buttonWords(texts, 'renderer', null),
    problems: [texts.pageEnded(reason)],
    freePort: null,
    existing: host.url === undefined ? '' : `${host.url}/dashboard`,
    backups: [],
    log: newestLines(log),
    dataFolder: host.dataFolder,
  };
}

function problemsOf(error: unknown): string[] {
  return error instanceof ConfigError ? [...error.problems] : [messageOf(error)];
}

function newestLines(log: LogBuffer): string[] {
  return [...log.after(log.lastSequence - maxLogLines)].map(({ line }) =>
    toText(JSON.parse(line) as LogRecord).trimEnd(),
  );
}

async function backupsOf(host: PlatformHost): Promise<StartFailure['backups']> {
  const config = host.settings?.inForce.config;
  if (!config) return [];
  try {
    const { backups } = await listBackups(config);
    return backups
      .filter(({ verification }) => verification?.ok !== false)
      .slice(0, maxBackups)
      .map((backup) => ({
        name: backup.name,
        createdAt: backup.created_at,
        sizeBytes: backup.size_bytes,
      }));
  } catch {
    // A folder that can't be read has none to offer; the problem of the database is what is told.
    return [];
  }
}

/** Where the other server of a port shows a dashboard; empty: nothing there answers as this program does. */
async function findExisting(host: string, port: number): Promise<string> {
  const url = `http://${localHost(host)}:${port}`;
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(existingWithinMs) });
    return response.ok ? `${url}/dashboard` : '';
  } catch {
    return '';
  }
}

async function findFreePort(host: string, from: number): Promise<number | null> {
  for (let port = from; port < from + portsTried && port <= 65_535; port += 1)
    if ((await listenOnce(host, port)) !== null) return port;
  return listenOnce(host, 0);
}

/** The port that could be had; null when it is taken. */
function listenOnce(host: string, port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });
}
