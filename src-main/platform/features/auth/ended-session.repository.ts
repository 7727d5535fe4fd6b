/** All SQL of sessions that were ended before their time. */
import type { StorageAccess } from '../../storage/storage.ts';

/** Rows of sessions that would be over anyway, deleted with each new one: more than come, so that they get fewer. */
const forgottenAtOnce = 100;

export class EndedSessionRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  async has(sessionId: string): Promise<boolean> {
    const row = await this.#storage.read
      .selectFrom('ended_sessions')
      .select('session_id')
      .where('session_id', '=', sessionId)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Remembers an end until the session would be over by itself, and forgets some that are. */
  async add(sessionId: string, expiresAtMs: number, nowMs: number): Promise<void> {
    await this.addAll([{ session_id: sessionId, expires_at_ms: expiresAtMs }], nowMs);
  }

  /** The same for many; those that are known stay as they are. */
  addAll(
    rows: readonly { readonly session_id: string; readonly expires_at_ms: number }[],
    nowMs: number,
  ): Promise<void> {
    return this.#storage.write(async (db) => {
      for (const row of rows)
        await db
          .insertInto('ended_sessions')
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      await db
        .deleteFrom('ended_sessions')
        .where('session_id', 'in', (over) =>
          over
            .selectFrom('ended_sessions')
            .select('session_id')
            .where('expires_at_ms', '<=', nowMs)
            .orderBy('expires_at_ms')
            .limit(forgottenAtOnce),
        )
        .execute();
    });
  }

  /** All that are remembered. */
  all(): Promise<{ session_id: string; expires_at_ms: number }[]> {
    return this.#storage.read.selectFrom('ended_sessions').selectAll().execute();
  }
}
