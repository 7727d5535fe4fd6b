/** What a start does with a database of the earlier platform. */
import { importDatabase, toSummary, type ImportProgress } from '../features/import/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import { Storage } from '../storage/storage.ts';

export interface TakeOverSources {
  readonly clock: Clock;
  readonly loggers: LoggerFactory;
  /** Ends it early, with the original as it was. */
  readonly signal: AbortSignal | undefined;
}

const logEveryMs = 2000;

/** Takes the database over and tells the log how far it is, and what became of it. */
function createTakeOver({ clock, loggers, signal }: TakeOverSources): (path: string) => Promise<void> {
  const logger = loggers.module('storage');
  return async (path) => {
    logger.info({ path }, 'database of the earlier platform: taking it over');
    let loggedAtMs = performance.now();
    const onProgress = ({ step, done, total }: ImportProgress) => {
      if (performance.now() - loggedAtMs < logEveryMs) return;
      loggedAtMs = performance.now();
      logger.info({ step, done, total }, 'taking over');
    };
    const job = { path, nowMs: clock.nowMs(), isTrial: false };
    const report = await importDatabase(job, { signal, onProgress });
    for (const line of toSummary(report).split('\n')) logger.info(line);
  };
}

/** The database file, which may be one of the earlier platform. */
export function createStorage(path: string, sources: TakeOverSources): Storage {
  return new Storage({
    path,
    logger: sources.loggers.module('storage'),
    takeOver: createTakeOver(sources),
  });
}
