/** Creates what knows accounts and credentials. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../contract/config.ts';
import type { Broker } from '../broker/broker.ts';
import {
  AccountListRepository,
  AccountRepository,
  Accounts,
  type AccountsOptions,
} from '../features/accounts/index.ts';
import {
  ApiKeys,
  Auth,
  BrowserSessions,
  EndedSessionRepository,
  keepSecret,
  KeyRepository,
  OperatorKey,
  Ownership,
} from '../features/auth/index.ts';
import {
  BrokerLogins,
  CredentialRepository,
  WorkerCredentials,
  type BrokerLoginsOptions,
} from '../features/credentials/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import type { Storage } from '../storage/storage.ts';

export interface IdentitySources {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly loggers: LoggerFactory;
  readonly ownerOf: (workerId: string) => string | undefined;
  readonly partiesOf: (leaseId: string) => Promise<{ consumerId: string; providerId: string } | undefined>;
  readonly commandOwnerOf: (commandId: string) => Promise<string | undefined>;
  readonly isWorker: AccountsOptions['isWorker'];
  readonly broker: Broker;
  readonly ownWorkers: BrokerLoginsOptions['ownWorkers'];
}

/** Accounts, keys, sign-in, credentials of workers, and who owns what. */
export function createIdentity(config: Config, sources: IdentitySources) {
  const { storage, clock, loggers, ownerOf, partiesOf, commandOwnerOf, isWorker, broker, ownWorkers } =
    sources;
  const accounts = new Accounts({ repository: new AccountRepository(storage), clock, isWorker });
  const keyRepository = new KeyRepository(storage);
  const keys = new ApiKeys({ repository: keyRepository, clock, logger: loggers.module('auth') });
  const operatorKey = new OperatorKey({
    repository: keyRepository,
    clock,
    config,
    onReplaced: () => broker.disconnectOperators(),
  });
  const known = { accounts, keys, operatorKey, clock, readSecret: () => readJwtSecret(config) };
  const auth = new Auth(known);
  const browserSessions = new BrowserSessions({
    ...known,
    auth,
    repository: new EndedSessionRepository(storage),
  });
  const ownership = new Ownership({ accounts, ownerOf, partiesOf, commandOwnerOf });
  const credentials = new WorkerCredentials({
    repository: new CredentialRepository(storage),
    clock,
    disconnect: (workerId) => broker.disconnectWorker(workerId),
  });
  const logins = new BrokerLogins({
    access: config.access,
    credentials,
    ownWorkers,
    isOperatorKey: (key) => auth.isOperatorKey(key),
    clock,
    maxFailuresPerMin: config.signInMaxPerMin,
  });
  const accountList = new AccountListRepository(storage);
  return { accounts, accountList, keys, operatorKey, auth, browserSessions, ownership, credentials, logins };
}

function readJwtSecret({ jwtSecret, jwtSecretFile, dataDir }: Config): string {
  if (jwtSecret !== undefined) return jwtSecret;
  if (jwtSecretFile !== undefined) return readFileSync(jwtSecretFile, 'utf8').trim();
  return keepSecret(join(dataDir, 'jwt-secret'));
}
