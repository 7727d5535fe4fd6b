/** Replacing the operator's key without a running platform. */
import { existsSync } from 'node:fs';
import type { Config } from '../../contract/config.ts';
import { AccountRepository, Accounts } from '../features/accounts/index.ts';
import { KeyRepository, OperatorKey } from '../features/auth/index.ts';
import { AuditLog, AuditRepository } from '../features/audit/index.ts';
import { StartupError } from '../kernel/app-error.ts';
import { anonymousCaller } from '../kernel/caller.ts';
import { systemClock } from '../kernel/clock.ts';
import { ComponentStack } from '../kernel/component.ts';
import { createLogger } from '../kernel/logger.ts';
import { DatabaseInUse, Storage } from '../storage/storage.ts';
import { databasePathOf } from '../wiring/parts.ts';

const silent = createLogger({ level: 'silent', format: 'json', write: () => undefined });

/**
 * Replaces the operator's key in the database and in its file, and returns the new one.
 *
 * @throws StartupError when a platform holds the database, or there is none
 * @throws AppError when the configuration gives the key
 */
export async function rotateAdminKey(config: Config): Promise<string> {
  const path = databasePathOf(config);
  if (!existsSync(path))
    throw new StartupError(`There is no database ${path}: the first start makes the operator's key.`);
  const clock = systemClock;
  const storage = new Storage({ path, logger: silent.module('storage') });
  const accounts = new Accounts({
    repository: new AccountRepository(storage),
    clock,
    isWorker: () => false,
  });
  const operatorKey = new OperatorKey({
    repository: new KeyRepository(storage),
    clock,
    config,
    onReplaced: () => undefined,
  });
  const audit = new AuditLog({
    repository: new AuditRepository(storage),
    clock,
    logger: silent.module('audit'),
  });
  const stack = new ComponentStack([storage, audit, accounts, operatorKey]);
  try {
    await stack.start();
    const key = await operatorKey.rotate();
    await audit.record({
      caller: { ...anonymousCaller, accountId: 'system' },
      remoteAddress: 'command line',
      action: 'admin.rotate_key',
      target: '',
      result: 'ok',
      reason: '',
      body: undefined,
    });
    return key;
  } catch (error) {
    if (!(error instanceof DatabaseInUse)) throw error;
    throw new StartupError(
      `A running platform holds the database ${path}: replace the key with POST /api/admin/key there, or stop it first.`,
    );
  } finally {
    await stack.stop();
  }
}
