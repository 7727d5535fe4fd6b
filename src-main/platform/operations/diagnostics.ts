/** The bundle of diagnostics, from the platform that runs, or without one. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Config } from '../../contract/config.ts';
import { diagnosticsRoute } from '../../contract/rest/diagnostics.routes.ts';
import { bundleName, createBundle, databasePart, machineParts } from '../features/diagnostics/index.ts';
import { checkLedger } from '../features/ledger/index.ts';
import { Settings } from '../features/settings/index.ts';
import { messageOf, StartupError } from '../kernel/app-error.ts';
import { createLogger } from '../kernel/logger.ts';
import { ownerOnly, partialSuffix } from '../kernel/whole-file.ts';
import { openSnapshotOfFile } from '../storage/snapshot.ts';
import { databasePathOf } from '../wiring/parts.ts';
import { knownSecretsOf } from '../wiring/diagnostics.ts';
import { askPlatform } from './ask-platform.ts';

/** A platform that hangs is looked at from outside. */
const answerMs = 5000;

export interface SavedDiagnostics {
  readonly path: string;
  /** Whether a running platform made it; then it has the log, metrics and connections, too. */
  readonly isFromPlatform: boolean;
  /** Why no platform made it; empty when one did. */
  readonly reason: string;
}

/**
 * Asks the platform of these settings for its bundle; where none answers, makes one of what lies on the disk.
 *
 * @param out the file; one with the time in its name, here, unless given
 * @throws StartupError when the file can't be written
 */
export async function saveDiagnostics(config: Config, out: string | undefined): Promise<SavedDiagnostics> {
  const madeAt = new Date();
  const path = out ?? bundleName(madeAt);
  const { response, reason } = await askPlatform(config, { ...diagnosticsRoute, answerMs });
  const source = response?.body ? Readable.fromWeb(response.body) : offlineBundle(config, madeAt, reason);
  const partial = `${path}${partialSuffix}`;
  try {
    await pipeline(source, createWriteStream(partial, { mode: ownerOnly }));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw new StartupError(`${path} can't be written: ${messageOf(error)}.`, { cause: error });
  }
  return { path, isFromPlatform: response !== undefined, reason };
}

function offlineBundle(config: Config, madeAt: Date, reason: string): Readable {
  const databasePath = databasePathOf(config);
  const settings = new Settings({
    config,
    store: undefined,
    examine: () => [],
    reconfigure: () => Promise.resolve(),
    logger: createLogger({ level: 'silent', format: 'json', write: () => undefined }).module('server'),
  });
  return createBundle({
    madeAt,
    heading: [`Made without a platform (${reason}): log, metrics and connections are not in it.`],
    secrets: knownSecretsOf(config),
    parts: [
      ...machineParts,
      { name: 'settings.json', about: 'every setting as a start would use it', read: () => settings.view() },
      databasePart(databasePath),
      {
        name: 'ledger.json',
        about: 'the proof that the ledger is right, or what is wrong in it',
        async read() {
          const snapshot = openSnapshotOfFile(databasePath);
          try {
            return await checkLedger(snapshot);
          } finally {
            snapshot.close();
          }
        },
      },
    ],
  });
}
