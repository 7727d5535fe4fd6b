/** API keys: shown once, kept as hashes, revocable, with the time of their last use. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError, messageOf } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Logger } from '../../kernel/logger.ts';
import { operatorKeyLabel, type ApiKeyRow, type KeyRepository } from './key.repository.ts';

/** Live keys of one account. */
const maxKeys = 20;

/** Uses are collected this long before they are stored. */
const noteEveryMs = 60_000;

/** SHA-256, hex. Keys are random, so a fast hash is enough. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Compares two hashes in constant time. */
export function isSameHash(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A new key and its row. */
export function makeKey(
  accountId: string,
  label: string,
  createdAtMs: number,
  expiresAtMs: number | null = null,
): { key: string; row: ApiKeyRow } {
  const keyId = randomBytes(6).toString('hex');
  const key = `xb_${keyId}_${randomBytes(32).toString('base64url')}`;
  const row = {
    key_id: keyId,
    account_id: accountId,
    key_hash: hashKey(key),
    label,
    created_at_ms: createdAtMs,
    expires_at_ms: expiresAtMs,
    last_used_at_ms: null,
    revoked_at_ms: null,
  };
  return { key, row };
}

export interface ApiKeysOptions {
  readonly repository: KeyRepository;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class ApiKeys implements Component {
  readonly name = 'api-keys';
  readonly #options: ApiKeysOptions;
  #uses = new Map<string, number>();
  #stopTimer: (() => void) | undefined;

  constructor(options: ApiKeysOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopTimer = this.#options.clock.every(noteEveryMs, () => void this.#noteUses());
  }

  async stop(): Promise<void> {
    this.#stopTimer?.();
    await this.#noteUses();
  }

  /** The live key that is meant; undefined when there is none. Counts as a use. */
  async findLive(key: string): Promise<ApiKeyRow | undefined> {
    return this.#use(await this.#options.repository.findByHash(hashKey(key)));
  }

  /** The live key of this id; undefined when there is none. Counts as a use. */
  async findLiveById(keyId: string): Promise<ApiKeyRow | undefined> {
    return this.#use(await this.#options.repository.find(keyId));
  }

  /** With the uses that are not stored yet. */
  async ofAccount(accountId: string): Promise<ApiKeyRow[]> {
    const rows = await this.#options.repository.ofAccount(accountId);
    return rows.map((row) => ({
      ...row,
      last_used_at_ms: this.#uses.get(row.key_id) ?? row.last_used_at_ms,
    }));
  }

  /**
   * Makes a key; it is never readable again.
   *
   * @param replacesLabel live keys of this label end with it
   * @throws AppError `bad_request` when the account has too many, or the label is the operator's
   */
  async create(
    accountId: string,
    label: string,
    expiresInSec?: number,
    replacesLabel?: string,
  ): Promise<{ key: string; row: ApiKeyRow }> {
    if (label === operatorKeyLabel)
      throw new AppError('bad_request', `The label ${operatorKeyLabel} is the operator's own.`);
    const nowMs = this.#options.clock.nowMs();
    const expiresAtMs = expiresInSec === undefined ? null : nowMs + expiresInSec * 1000;
    const made = makeKey(accountId, label, nowMs, expiresAtMs);
    if (await this.#options.repository.add(made.row, maxKeys, replacesLabel)) return made;
    throw new AppError('bad_request', `An account may have ${maxKeys} live keys; revoke one before.`);
  }

  /** @throws AppError `not_found` */
  async revoke(accountId: string, keyId: string): Promise<void> {
    const revoked = await this.#options.repository.revoke(accountId, keyId, this.#options.clock.nowMs());
    if (!revoked) throw new AppError('not_found', `There is no live key ${keyId} of this account.`);
  }

  #use(row: ApiKeyRow | undefined): ApiKeyRow | undefined {
    const nowMs = this.#options.clock.nowMs();
    if (!row || row.revoked_at_ms !== null || row.label === operatorKeyLabel) return undefined;
    if (row.expires_at_ms !== null && row.expires_at_ms <= nowMs) return undefined;
    this.#uses.set(row.key_id, nowMs);
    return row;
  }

  async #noteUses(): Promise<void> {
    const uses = this.#uses;
    if (uses.size === 0) return;
    this.#uses = new Map();
    try {
      await this.#options.repository.noteUse(uses);
    } catch (error) {
      this.#options.logger.error(`uses of keys not stored: ${messageOf(error)}`);
    }
  }
}
