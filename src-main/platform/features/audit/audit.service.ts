/** The audit log: every change, who made it, on what, with what result. Append-only and hash-chained. */
import type { ChangeRecord } from '../../http/mount.ts';
import { messageOf } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { AuditFilter, AuditRepository, AuditRow, NewAuditRow } from './audit.repository.ts';
import { redactText, toDetail } from './redact.ts';
import { RefusalLimit } from './refusal-limit.ts';

export interface AuditLogOptions {
  readonly repository: AuditRepository;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Entries that could not be stored are tried again this often, and kept up to this many. */
const retryEveryMs = 60_000;
const maxUnsaved = 1000;

const maxTargetLength = 512;

export class AuditLog implements Component {
  readonly name = 'audit';
  readonly #options: AuditLogOptions;
  readonly #refusals = new RefusalLimit();
  #unsaved: NewAuditRow[] = [];
  #stopTimer: (() => void) | undefined;

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopTimer = this.#options.clock.every(retryEveryMs, () => void this.#save([]));
  }

  /** Stores what is still to be stored. */
  async stop(): Promise<void> {
    this.#stopTimer?.();
    await this.#save([]);
  }

  /**
   * Writes an entry; it is on disk when this settles. It never fails: what was recorded has happened, and the
   * caller's answer has to say so. An entry that can't be stored goes to the log, is kept, and is tried again
   * before the next one. Of refused calls only so many a minute are kept; how many were left out is an entry.
   */
  async record(change: ChangeRecord): Promise<void> {
    const { caller, remoteAddress } = change;
    const atMs = this.#options.clock.nowMs();
    const mayWrite =
      change.result === 'ok' || this.#refusals.take(`${caller.accountId} ${remoteAddress}`, atMs);
    const entry: NewAuditRow = {
      at_ms: atMs,
      actor: redactText(caller.accountId),
      actor_role: caller.role,
      remote_address: redactText(remoteAddress),
      action: change.action,
      target: redactText(change.target, maxTargetLength),
      result: change.result,
      detail: toDetail(change.body, change.reason),
    };
    if (mayWrite) await this.#save([entry]);
  }

  /** A page of entries, newest first. */
  page(filter: AuditFilter, limit: number, offset: number): Promise<{ total: number; rows: AuditRow[] }> {
    return this.#options.repository.page(filter, limit, offset);
  }

  /** All entries, oldest first. */
  all(filter: AuditFilter): AsyncGenerator<AuditRow> {
    return this.#options.repository.all(filter);
  }

  async #save(entries: readonly NewAuditRow[]): Promise<void> {
    const { repository, logger } = this.#options;
    const batch = [...this.#unsaved.splice(0), ...this.#leftOut(), ...entries];
    if (batch.length === 0) return;
    try {
      await repository.append(batch);
    } catch (error) {
      for (const entry of entries) logger.error({ entry }, `entry not stored: ${messageOf(error)}`);
      this.#unsaved = [...batch, ...this.#unsaved].slice(-maxUnsaved);
    }
  }

  #leftOut(): NewAuditRow[] {
    const atMs = this.#options.clock.nowMs();
    const count = this.#refusals.takeLeftOut(atMs);
    if (count === 0) return [];
    return [
      {
        at_ms: atMs,
        actor: 'system',
        actor_role: 'none',
        remote_address: '',
        action: 'audit.left_out',
        target: '',
        result: 'refused',
        detail: JSON.stringify({ reason: `${count} refused calls were too many to be written down` }),
      },
    ];
  }
}
