/** The operator's key: made at the first start, shown once, kept as a hash and in a file for the operator. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../../contract/config.ts';
import { operatorAccountId } from '../../../contract/domain/account.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import { hashKey, isSameHash, makeKey } from './api-keys.ts';
import { operatorKeyLabel, type KeyRepository } from './key.repository.ts';
import { readSecretFile, writeSecretFile } from './secret-file.ts';

export interface OperatorKeyOptions {
  readonly repository: KeyRepository;
  readonly clock: Clock;
  readonly config: Pick<Config, 'dataDir' | 'adminKey' | 'adminKeyFile'>;
  /** What came in with the old key ends. */
  readonly onReplaced: () => void;
}

/** The file in the data folder from which the operator can read the key. */
export function operatorKeyFile(dataDir: string): string {
  return join(dataDir, 'admin-key');
}

export class OperatorKey implements Component {
  readonly name = 'operator-key';
  readonly #options: OperatorKeyOptions;
  #hash = '';
  #isGiven = false;
  #generated: string | undefined;

  constructor(options: OperatorKeyOptions) {
    this.#options = options;
  }

  /** The key, when this start made it. */
  get generated(): string | undefined {
    return this.#generated;
  }

  /** @throws StartupError when the key's file can't be read or written */
  async start(): Promise<void> {
    const { repository, config } = this.#options;
    const given = givenKey(config);
    this.#isGiven = given !== undefined;
    this.#generated = undefined;
    if (given !== undefined) return void (this.#hash = hashKey(given));
    const rows = await repository.ofAccount(operatorAccountId);
    const known = rows.find((row) => row.label === operatorKeyLabel && row.revoked_at_ms === null);
    if (known) this.#hash = known.key_hash;
    else await this.#adopt(readSecretFile(operatorKeyFile(config.dataDir)));
  }

  stop(): void {
    this.#hash = '';
    this.#generated = undefined;
  }

  /** Stands for the key of now and tells nothing of it to who does not know `secret`; another key has another mark. */
  mark(secret: string): string {
    return createHmac('sha256', secret).update(this.#hash).digest('base64url').slice(0, 22);
  }

  /** Compares in constant time. */
  matches(key: string): boolean {
    return this.#hash !== '' && isSameHash(hashKey(key), this.#hash);
  }

  /**
   * Replaces the key; the old one ends at once.
   *
   * @throws AppError `bad_request` when it is given by the configuration
   */
  async rotate(): Promise<string> {
    if (this.#isGiven)
      throw new AppError(
        'bad_request',
        'The key is given by --admin-key, --admin-key-file or XENBLOCKS_ADMIN_KEY; change it there.',
      );
    const key = await this.#adopt(undefined);
    this.#options.onReplaced();
    return key;
  }

  /** A key that lies in the data folder already (of another database) is the operator's, too. */
  async #adopt(existing: string | undefined): Promise<string> {
    const { repository, clock, config } = this.#options;
    const made = makeKey(operatorAccountId, operatorKeyLabel, clock.nowMs());
    const key = existing ?? made.key;
    const row = { ...made.row, key_hash: hashKey(key) };
    // The file first: a hash without a key that anybody knows would lock the operator out.
    if (existing === undefined) writeSecretFile(operatorKeyFile(config.dataDir), key);
    await repository.add(row, Number.POSITIVE_INFINITY, operatorKeyLabel);
    this.#hash = row.key_hash;
    if (existing === undefined) this.#generated = key;
    return key;
  }
}

function givenKey({ adminKey, adminKeyFile }: OperatorKeyOptions['config']): string | undefined {
  return adminKeyFile === undefined ? adminKey : readFileSync(adminKeyFile, 'utf8').trim();
}
