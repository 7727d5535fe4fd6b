/** All SQL of the audit log. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Selectable } from 'kysely';
import type { AuditResult } from '../../../contract/domain/audit.ts';
import { chainHash, chainStart } from '../../kernel/hash-chain.ts';
import type { AuditLogTable } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';

export type AuditRow = Selectable<AuditLogTable>;

/** An entry before it has its place in the chain. */
export type NewAuditRow = Omit<AuditRow, 'audit_id' | 'previous_hash' | 'hash'>;

/** Which entries are wanted; what is absent or empty does not filter. */
export interface AuditFilter {
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  readonly result?: AuditResult | undefined;
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

/** Entries that one query looks at: a long log is read in portions, with turns of the event loop in between. */
const idsPerPortion = 4000;

/** The hash of an entry over everything that it says. */
export function auditHash(previousHash: string, row: Omit<AuditRow, 'previous_hash' | 'hash'>): string {
  return chainHash(previousHash, [
    row.audit_id,
    row.at_ms,
    row.actor,
    row.actor_role,
    row.remote_address,
    row.action,
    row.target,
    row.result,
    row.detail,
  ]);
}

export class AuditRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** Appends entries, in order; they are on disk when it settles. */
  async append(rows: readonly NewAuditRow[]): Promise<void> {
    await this.#storage.write(async (db) => {
      let tip = await db
        .selectFrom('audit_log')
        .select(['audit_id', 'hash'])
        .orderBy('audit_id', 'desc')
        .limit(1)
        .executeTakeFirst();
      for (const row of rows) {
        const numbered = { ...row, audit_id: (tip?.audit_id ?? 0) + 1 };
        const previousHash = tip?.hash ?? chainStart;
        const hash = auditHash(previousHash, numbered);
        await db
          .insertInto('audit_log')
          .values({ ...numbered, previous_hash: previousHash, hash })
          .execute();
        tip = { audit_id: numbered.audit_id, hash };
      }
    });
  }

  /** A page of matching entries, newest first, and how many there are. */
  async page(
    filter: AuditFilter,
    limit: number,
    offset: number,
  ): Promise<{ total: number; rows: AuditRow[] }> {
    const rows: AuditRow[] = [];
    let total = 0;
    for (let high = await this.#lastId(); high > 0; high -= idsPerPortion) {
      const matching = this.#matching(filter, high - idsPerPortion, high);
      const { count } = await matching
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      const skip = Math.max(0, offset - total);
      total += count;
      if (skip < count && rows.length < limit) {
        const found = await matching
          .selectAll()
          .orderBy('audit_id', 'desc')
          .limit(limit - rows.length)
          .offset(skip)
          .execute();
        rows.push(...found);
      }
      await nextTurn();
    }
    return { total, rows };
  }

  /** All matching entries, oldest first. */
  async *all(filter: AuditFilter): AsyncGenerator<AuditRow> {
    const last = await this.#lastId();
    const step = idsPerPortion / 8;
    for (let low = 0; low < last; low += step) {
      yield* await this.#matching(filter, low, Math.min(last, low + step))
        .selectAll()
        .orderBy('audit_id')
        .execute();
      await nextTurn();
    }
  }

  async #lastId(): Promise<number> {
    const { last } = await this.#storage.read
      .selectFrom('audit_log')
      .select(({ fn }) => fn.max<number | null>('audit_id').as('last'))
      .executeTakeFirstOrThrow();
    return last ?? 0;
  }

  /** @param low not included */
  #matching(filter: AuditFilter, low: number, high: number) {
    const { actor = '', action = '', target = '', result, sinceMs = 0, untilMs } = filter;
    let query = this.#storage.read
      .selectFrom('audit_log')
      .where('audit_id', '>', low)
      .where('audit_id', '<=', high);
    if (actor !== '') query = query.where('actor', '=', actor);
    if (action !== '') query = query.where('action', '=', action);
    if (target !== '') query = query.where('target', '=', target);
    if (result !== undefined) query = query.where('result', '=', result);
    if (sinceMs > 0) query = query.where('at_ms', '>=', sinceMs);
    if (untilMs !== undefined) query = query.where('at_ms', '<', untilMs);
    return query;
  }
}
