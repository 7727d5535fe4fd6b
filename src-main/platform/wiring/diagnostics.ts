/** Creates what tries the platform and packs what helps to find a fault. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../contract/config.ts';
import { operatorKeyFile } from '../features/auth/index.ts';
import { SelfCheck } from '../features/diagnostics/index.ts';
import { databasePathOf } from './database-path.ts';

export type DiagnosticsSources = Omit<
  ConstructorParameters<typeof SelfCheck>[0],
  'databasePath' | 'listening'
>;

function contentOf(path: string | undefined): string[] {
  if (path === undefined) return [];
  try {
    return [readFileSync(path, 'utf8').trim()];
  } catch {
    // What can't be read is in no bundle either.
    return [];
  }
}

/** Files of the data folder that the platform makes for itself. */
const ownSecrets = ['jwt-secret', 'alert-secret'] as const;

/** The secrets that the platform was given or made, as far as they are texts somewhere. */
export function knownSecretsOf(config: Config): string[] {
  const { adminKey, jwtSecret, adminKeyFile, jwtSecretFile, dataDir } = config;
  return [
    ...[adminKey, jwtSecret].filter((secret) => secret !== undefined),
    ...[
      adminKeyFile,
      jwtSecretFile,
      operatorKeyFile(dataDir),
      ...ownSecrets.map((name) => join(dataDir, name)),
    ].flatMap(contentOf),
  ];
}

export function createDiagnostics(config: Config, sources: DiagnosticsSources) {
  const { apiHost, mqttHost } = config;
  const databasePath = databasePathOf(config);
  const selfCheck = new SelfCheck({ ...sources, databasePath, listening: { apiHost, mqttHost } });
  return { selfCheck, databasePath, knownSecrets: () => knownSecretsOf(config) };
}
