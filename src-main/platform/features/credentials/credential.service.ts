/** Credentials of workers: what a miner shows to the broker to speak for its worker. */
import { randomBytes } from 'node:crypto';
import { isWorkerId, operatorUser } from '../../../contract/mqtt/topics.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import { hashKey, isSameHash } from '../auth/index.ts';
import type { CredentialRepository, CredentialRow } from './credential.repository.ts';

export interface WorkerCredentialsOptions {
  readonly repository: CredentialRepository;
  readonly clock: Clock;
  /** Ends the connections of a worker. */
  readonly disconnect: (workerId: string) => void;
}

/** Compared with when there is nothing to compare with, so that both take the same time. */
const nobodysHash = '0'.repeat(64);

export class WorkerCredentials implements Component {
  readonly name = 'worker-credentials';
  readonly #options: WorkerCredentialsOptions;
  readonly #byWorker = new Map<string, CredentialRow>();

  constructor(options: WorkerCredentialsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#byWorker.clear();
    for (const row of await this.#options.repository.all()) this.#byWorker.set(row.worker_id, row);
  }

  stop(): void {
    this.#byWorker.clear();
  }

  /** Whether the worker has credentials. */
  has(workerId: string): boolean {
    return this.#byWorker.has(workerId);
  }

  /** When the worker's credentials were made; undefined when it has none. */
  createdAtMs(workerId: string): number | undefined {
    return this.#byWorker.get(workerId)?.created_at_ms;
  }

  /** Compares in constant time. */
  matches(workerId: string, password: string): boolean {
    const known = this.#byWorker.get(workerId);
    return isSameHash(hashKey(password), known?.secret_hash ?? nobodysHash) && known !== undefined;
  }

  /**
   * Makes credentials, in the place of earlier ones, and ends the worker's connections: from now on nobody speaks
   * for it without them. The password is never readable again.
   *
   * @throws AppError `bad_request` when no worker can have this id
   */
  async create(workerId: string): Promise<{ username: string; password: string }> {
    if (!isWorkerId(workerId))
      throw new AppError('bad_request', 'A worker id is text without / + # and control characters.');
    if (workerId === operatorUser)
      throw new AppError('bad_request', `The user name ${operatorUser} is the operator's own.`);
    const password = `xw_${randomBytes(32).toString('base64url')}`;
    const row = {
      worker_id: workerId,
      secret_hash: hashKey(password),
      created_at_ms: this.#options.clock.nowMs(),
    };
    await this.#options.repository.save(row);
    this.#byWorker.set(workerId, row);
    this.#options.disconnect(workerId);
    return { username: workerId, password };
  }

  /** Ends the credentials and the connections of a worker. @throws AppError `not_found` when it has none */
  async revoke(workerId: string): Promise<void> {
    if (!this.has(workerId)) throw new AppError('not_found', `Worker ${workerId} has no credentials.`);
    await this.#options.repository.remove(workerId);
    this.#byWorker.delete(workerId);
    this.#options.disconnect(workerId);
  }
}
