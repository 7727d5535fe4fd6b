/** All SQL of API keys. */
import type { Selectable } from 'kysely';
import type { ApiKeysTable } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';

export type ApiKeyRow = Selectable<ApiKeysTable>;

/** Label of the operator's own key; no other key of the account has it. */
export const operatorKeyLabel = 'operator';

export class KeyRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  findByHash(keyHash: string): Promise<ApiKeyRow | undefined> {
    return this.#storage.read
      .selectFrom('api_keys')
      .selectAll()
      .where('key_hash', '=', keyHash)
      .executeTakeFirst();
  }

  find(keyId: string): Promise<ApiKeyRow | undefined> {
    return this.#storage.read
      .selectFrom('api_keys')
      .selectAll()
      .where('key_id', '=', keyId)
      .executeTakeFirst();
  }

  /** The keys of an account, newest first; revoked ones too. */
  ofAccount(accountId: string): Promise<ApiKeyRow[]> {
    return this.#storage.read
      .selectFrom('api_keys')
      .selectAll()
      .where('account_id', '=', accountId)
      .orderBy('created_at_ms', 'desc')
      .orderBy('key_id')
      .execute();
  }

  /**
   * Stores a key. False when the account has its limit of live keys: then nothing was done.
   *
   * @param replacesLabel live keys of this label end with it
   */
  add(row: ApiKeyRow, limit: number, replacesLabel?: string): Promise<boolean> {
    return this.#storage.write(async (db) => {
      const { account_id: accountId, created_at_ms: atMs } = row;
      if (replacesLabel !== undefined) {
        await db
          .updateTable('api_keys')
          .set({ revoked_at_ms: atMs })
          .where('account_id', '=', accountId)
          .where('label', '=', replacesLabel)
          .where('revoked_at_ms', 'is', null)
          .execute();
      }
      const { count } = await db
        .selectFrom('api_keys')
        .where('account_id', '=', accountId)
        .where('revoked_at_ms', 'is', null)
        .where((where) => where.or([where('expires_at_ms', 'is', null), where('expires_at_ms', '>', atMs)]))
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      if (count >= limit) return false;
      await db.insertInto('api_keys').values(row).execute();
      return true;
    });
  }

  /** Ends a key. False when the account has no such live key. */
  async revoke(accountId: string, keyId: string, atMs: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#storage.write((db) =>
      db
        .updateTable('api_keys')
        .set({ revoked_at_ms: atMs })
        .where('account_id', '=', accountId)
        .where('key_id', '=', keyId)
        .where('revoked_at_ms', 'is', null)
        .executeTakeFirst(),
    );
    return numUpdatedRows > 0n;
  }

  /** Keys that were ended, and when. */
  async revocations(): Promise<Map<string, number>> {
    const rows = await this.#storage.read
      .selectFrom('api_keys')
      .where('revoked_at_ms', 'is not', null)
      .select(['key_id', 'revoked_at_ms'])
      .execute();
    return new Map(rows.map((row) => [row.key_id, row.revoked_at_ms as number]));
  }

  /** Ends the keys among them that are live here. Returns how many. */
  revokeAll(revocations: ReadonlyMap<string, number>): Promise<number> {
    return this.#storage.write(async (db) => {
      let count = 0n;
      for (const [keyId, atMs] of revocations) {
        const { numUpdatedRows } = await db
          .updateTable('api_keys')
          .set({ revoked_at_ms: atMs })
          .where('key_id', '=', keyId)
          .where('revoked_at_ms', 'is', null)
          .executeTakeFirst();
        count += numUpdatedRows;
      }
      return Number(count);
    });
  }

  /** Remembers that keys were used. */
  async noteUse(uses: ReadonlyMap<string, number>): Promise<void> {
    await this.#storage.write(async (db) => {
      for (const [keyId, atMs] of uses) {
        await db.updateTable('api_keys').set({ last_used_at_ms: atMs }).where('key_id', '=', keyId).execute();
      }
    }, 'normal');
  }
}
